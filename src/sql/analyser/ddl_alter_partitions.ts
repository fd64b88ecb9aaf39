/** ALTER TABLE's items on partitions and tablespaces. */

import * as K from "../lexer/keyword_ids.ts";
import type { AlterItem, Identifier, ObjectName, PartitionAction } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parsePartitionDefinitions } from "./ddl_partitions.ts";

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
export function isPartitionAction(cursor: Cursor): boolean {
  const next = cursor.word(1);
  if (cursor.word() === K.DISCARD || cursor.word() === K.IMPORT) {
    return next === K.TABLESPACE || next === K.PARTITION;
  }
  return ACTIONS.has(cursor.word()) && next === K.PARTITION;
}

/** One such item. */
export function parsePartitionAction(cursor: Cursor): AlterItem {
  const start = cursor.start();
  const word = cursor.word();
  cursor.at++;
  if (word === K.DISCARD || word === K.IMPORT) {
    const partitions = cursor.take(K.PARTITION) ? partitionNames(cursor) : NONE;
    cursor.expect(K.TABLESPACE);
    const change = word === K.DISCARD ? "discard" : "import";
    return { action: "tablespace", start, end: cursor.endFrom(start), change, partitions };
  }
  const action = ACTIONS.get(word) ?? "analyze-partition";
  cursor.at++;
  if (!cursor.take(K.NO_WRITE_TO_BINLOG)) cursor.take(K.LOCAL);
  let partitions: readonly Identifier[] = NONE;
  let count: number | undefined;
  let definitions: ReturnType<typeof parsePartitionDefinitions> | readonly never[] = NONE;
  let exchangeWith: ObjectName | undefined;
  const all = cursor.take(K.ALL);
  if (action === "coalesce-partition") count = cursor.number();
  else if (!all && !cursor.done()) partitions = partitionNames(cursor);
  if (action === "reorganize-partition" && cursor.take(K.INTO)) {
    definitions = parsePartitionDefinitions(cursor);
  }
  if (action === "exchange-partition") {
    cursor.expect(K.WITH);
    cursor.expect(K.TABLE);
    exchangeWith = cursor.objectName();
    const { start, end } = exchangeWith;
    cursor.writes.push({
      start,
      end,
      action: "alter",
      table: exchangeWith,
      alias: undefined,
      unresolved: false,
    });
    if (cursor.take(K.WITH) || cursor.take(K.WITHOUT)) cursor.expect(K.VALIDATION);
  }
  // Options of CHECK and REPAIR.
  while (CHECK_OPTIONS.has(cursor.word())) cursor.at++;
  cursor.take2(K.FOR, K.UPGRADE);
  return { action, start, end: cursor.endFrom(start), partitions, all, count, definitions, exchangeWith };
}

const CHECK_OPTIONS: ReadonlySet<number> = new Set([
  K.QUICK,
  K.FAST,
  K.MEDIUM,
  K.EXTENDED,
  K.CHANGED,
  K.USE_FRM,
]);

function partitionNames(cursor: Cursor): readonly Identifier[] {
  return cursor.take(K.ALL) ? NONE : cursor.nameSequence();
}
