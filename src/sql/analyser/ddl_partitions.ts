/** PARTITION BY and partition definitions. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Option, PartitionDefinition, Partitioning } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { isTableOption, parseOption } from "./options.ts";

/** PARTITION BY is passed. */
export function parsePartitioning(cursor: Cursor, start: number): Partitioning {
  const linear = cursor.take(K.LINEAR);
  let type: Partitioning["type"] = "hash";
  let columns = false;
  if (cursor.take(K.RANGE)) type = "range";
  else if (cursor.take(K.LIST)) type = "list";
  else if (cursor.take(K.KEY)) {
    type = "key";
    if (cursor.take(K.ALGORITHM)) {
      cursor.takeKind(T.equal);
      cursor.number();
    }
  } else if (!cursor.take(K.HASH) && !cursor.takeSpelled("SYSTEM_TIME")) cursor.unexpected();
  if (cursor.take(K.COLUMNS)) columns = true;
  if (cursor.peek() === T.leftParen && (type !== "hash" || !startsDefinitions(cursor))) cursor.passGroup();
  // MariaDB: SYSTEM_TIME INTERVAL 1 WEEK LIMIT 3 AUTO
  while (
    !cursor.done() && (cursor.word() === K.INTERVAL || cursor.word() === K.LIMIT || cursor.word() === K.AUTO)
  ) {
    cursor.at += cursor.word() === K.INTERVAL ? 3 : cursor.word() === K.LIMIT ? 2 : 1;
  }
  const count = cursor.take(K.PARTITIONS) ? cursor.number() : undefined;
  let subpartition = false;
  if (cursor.take(K.SUBPARTITION)) {
    subpartition = true;
    cursor.expect(K.BY);
    cursor.take(K.LINEAR);
    if (cursor.take(K.KEY)) {
      if (cursor.take(K.ALGORITHM)) {
        cursor.takeKind(T.equal);
        cursor.number();
      }
    } else cursor.expect(K.HASH);
    cursor.passGroup();
    if (cursor.take(K.SUBPARTITIONS)) cursor.number();
  }
  const definitions = cursor.peek() === T.leftParen ? parsePartitionDefinitions(cursor) : NONE;
  return { start, end: cursor.endFrom(start), type, linear, columns, subpartition, count, definitions };
}

function startsDefinitions(cursor: Cursor): boolean {
  return cursor.word(1) === K.PARTITION;
}

/** `(PARTITION name VALUES ... options, ...)`. */
export function parsePartitionDefinitions(cursor: Cursor): PartitionDefinition[] {
  const list: PartitionDefinition[] = [];
  cursor.expectKind(T.leftParen);
  while (!cursor.done() && cursor.peek() !== T.rightParen) {
    list.push(parsePartitionDefinition(cursor));
    if (!cursor.takeKind(T.comma)) break;
  }
  cursor.closeParen();
  return list;
}

function parsePartitionDefinition(cursor: Cursor): PartitionDefinition {
  const start = cursor.start();
  cursor.expect(K.PARTITION);
  const name = cursor.nameOrText();
  if (cursor.take(K.VALUES)) {
    if (cursor.take(K.LESS)) cursor.expect(K.THAN);
    else cursor.expect(K.IN);
    if (!cursor.take(K.MAXVALUE)) cursor.passGroup();
  }
  // MariaDB: HISTORY, CURRENT
  if (cursor.word() === K.HISTORY || cursor.word() === K.CURRENT) cursor.at++;
  const options: Option[] = [];
  while (!cursor.done() && isTableOption(cursor)) options.push(parseOption(cursor));
  if (cursor.peek() === T.leftParen) cursor.passGroup();
  return { start, end: cursor.endFrom(start), name, options };
}
