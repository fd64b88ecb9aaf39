/** ALTER TABLE's items on partitions and tablespaces. */

import * as K from "../keyword_ids.ts";
import type { AlterItem, Identifier, ObjectName, PartitionAction } from "../statement.ts";
import { NONE } from "./block.ts";
import { parsePartitionDefinitions } from "./ddl_partitions.ts";
import type { Walk } from "./walk.ts";

const ACTIONS: ReadonlyMap<number, PartitionAction> = new Map([
  [K.TRUNCATE, "truncate-partition"],
  [K.COALESCE, "coalesce-partition"],
  [K.REORGANIZE, "reorganize-partition"],
  [K.EXCHANGE, "exchange-partition"],
  [K.ANALYZE, "analyze-partition"],
  [K.CHECK, "check-partition"],
  [K.OPTIMIZE, "optimize-partition"],
  [K.REBUILD, "rebuild-partition"],
  [K.REPAIR, "repair-partition"],
]);

/** Whether an item on partitions or a tablespace is next. */
export function isPartitionAction(walk: Walk): boolean {
  const next = walk.word(1);
  if (walk.word() === K.DISCARD || walk.word() === K.IMPORT) {
    return next === K.TABLESPACE || next === K.PARTITION;
  }
  return ACTIONS.has(walk.word()) && next === K.PARTITION;
}

/** One such item. */
export function parsePartitionAction(walk: Walk): AlterItem {
  const start = walk.start();
  const word = walk.word();
  walk.at++;
  if (word === K.DISCARD || word === K.IMPORT) {
    const partitions = walk.take(K.PARTITION) ? partitionNames(walk) : NONE;
    walk.expect(K.TABLESPACE);
    const change = word === K.DISCARD ? "discard" : "import";
    return { action: "tablespace", start, end: walk.endFrom(start), change, partitions };
  }
  const action = ACTIONS.get(word) ?? "analyze-partition";
  walk.at++;
  if (!walk.take(K.NO_WRITE_TO_BINLOG)) walk.take(K.LOCAL);
  let partitions: readonly Identifier[] = NONE;
  let count: number | undefined;
  let definitions: ReturnType<typeof parsePartitionDefinitions> | readonly never[] = NONE;
  let exchangeWith: ObjectName | undefined;
  const all = walk.take(K.ALL);
  if (action === "coalesce-partition") count = walk.number();
  else if (!all && !walk.done()) partitions = partitionNames(walk);
  if (action === "reorganize-partition" && walk.take(K.INTO)) definitions = parsePartitionDefinitions(walk);
  if (action === "exchange-partition") {
    walk.expect(K.WITH);
    walk.expect(K.TABLE);
    exchangeWith = walk.objectName();
    const { start, end } = exchangeWith;
    walk.writes.push({
      start,
      end,
      action: "alter",
      table: exchangeWith,
      alias: undefined,
      unresolved: false,
    });
    if (walk.take(K.WITH) || walk.take(K.WITHOUT)) walk.expect(K.VALIDATION);
  }
  // Options of CHECK and REPAIR.
  while (CHECK_OPTIONS.has(walk.word())) walk.at++;
  walk.take2(K.FOR, K.UPGRADE);
  return { action, start, end: walk.endFrom(start), partitions, all, count, definitions, exchangeWith };
}

const CHECK_OPTIONS: ReadonlySet<number> = new Set([
  K.QUICK,
  K.FAST,
  K.MEDIUM,
  K.EXTENDED,
  K.CHANGED,
  K.USE_FRM,
]);

function partitionNames(walk: Walk): readonly Identifier[] {
  return walk.take(K.ALL) ? NONE : walk.nameSequence();
}
