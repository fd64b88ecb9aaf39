/** PARTITION BY and partition definitions. */

import * as K from "../keyword_ids.ts";
import type { Option, PartitionDefinition, Partitioning } from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { isTableOption, parseOption } from "./options.ts";
import type { Walk } from "./walk.ts";

/** PARTITION BY is passed. */
export function parsePartitioning(walk: Walk, start: number): Partitioning {
  const linear = walk.take(K.LINEAR);
  let type: Partitioning["type"] = "hash";
  let columns = false;
  if (walk.take(K.RANGE)) type = "range";
  else if (walk.take(K.LIST)) type = "list";
  else if (walk.take(K.KEY)) {
    type = "key";
    if (walk.take(K.ALGORITHM)) {
      walk.takeKind(T.equal);
      walk.number();
    }
  } else if (!walk.take(K.HASH) && !walk.takeSpelled("SYSTEM_TIME")) walk.unexpected();
  if (walk.take(K.COLUMNS)) columns = true;
  if (walk.peek() === T.leftParen && (type !== "hash" || !startsDefinitions(walk))) walk.skipGroup();
  // MariaDB: SYSTEM_TIME INTERVAL 1 WEEK LIMIT 3 AUTO
  while (!walk.done() && (walk.word() === K.INTERVAL || walk.word() === K.LIMIT || walk.word() === K.AUTO)) {
    walk.at += walk.word() === K.INTERVAL ? 3 : walk.word() === K.LIMIT ? 2 : 1;
  }
  const count = walk.take(K.PARTITIONS) ? walk.number() : undefined;
  let subpartition = false;
  if (walk.take(K.SUBPARTITION)) {
    subpartition = true;
    walk.expect(K.BY);
    walk.take(K.LINEAR);
    if (walk.take(K.KEY)) {
      if (walk.take(K.ALGORITHM)) {
        walk.takeKind(T.equal);
        walk.number();
      }
    } else walk.expect(K.HASH);
    walk.skipGroup();
    if (walk.take(K.SUBPARTITIONS)) walk.number();
  }
  const definitions = walk.peek() === T.leftParen ? parsePartitionDefinitions(walk) : NONE;
  return { start, end: walk.endFrom(start), type, linear, columns, subpartition, count, definitions };
}

function startsDefinitions(walk: Walk): boolean {
  return walk.word(1) === K.PARTITION;
}

/** `(PARTITION name VALUES ... options, ...)`. */
export function parsePartitionDefinitions(walk: Walk): PartitionDefinition[] {
  const list: PartitionDefinition[] = [];
  walk.expectKind(T.leftParen);
  while (!walk.done() && walk.peek() !== T.rightParen) {
    list.push(parsePartitionDefinition(walk));
    if (!walk.takeKind(T.comma)) break;
  }
  walk.closeParen();
  return list;
}

function parsePartitionDefinition(walk: Walk): PartitionDefinition {
  const start = walk.start();
  walk.expect(K.PARTITION);
  const name = walk.nameOrText();
  if (walk.take(K.VALUES)) {
    if (walk.take(K.LESS)) walk.expect(K.THAN);
    else walk.expect(K.IN);
    if (!walk.take(K.MAXVALUE)) walk.skipGroup();
  }
  // MariaDB: HISTORY, CURRENT
  if (walk.word() === K.HISTORY || walk.word() === K.CURRENT) walk.at++;
  const options: Option[] = [];
  while (!walk.done() && isTableOption(walk)) options.push(parseOption(walk));
  if (walk.peek() === T.leftParen) walk.skipGroup();
  return { start, end: walk.endFrom(start), name, options };
}
