/** ALTER TABLE ... ADD. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { AlterItem } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseColumn, parsePosition } from "./ddl_columns.ts";
import { parseConstraint, parseElement, type TableElements } from "./ddl_create.ts";
import { isKeyDefinition } from "./ddl_indexes.ts";
import { parsePartitionDefinitions } from "./ddl_partitions.ts";

/** ADD is next. `ADD (a INT, b INT)` gives several items. */
export function parseAdd(cursor: Cursor, items: AlterItem[]): void {
  const start = cursor.start();
  cursor.at++;
  if (cursor.word() === K.PARTITION) {
    items.push(parseAddPartition(cursor, start));
    return;
  }
  if (cursor.word() === K.SYSTEM && cursor.spelled("VERSIONING", 1)) {
    cursor.at += 2;
    items.push({ action: "other", start, end: cursor.endFrom(start) });
    return;
  }
  const elements: TableElements = { columns: [], indexes: [], foreignKeys: [], checks: [] };
  if (isKeyDefinition(cursor)) {
    const ifNotExists = cursor.word(1) === K.IF || cursor.word(2) === K.IF;
    parseConstraint(cursor, elements);
    pushKeys(items, elements, start, cursor.lastEnd(), ifNotExists);
    return;
  }
  cursor.take(K.COLUMN);
  const ifNotExists = cursor.word() === K.IF && cursor.word(1) === K.NOT;
  if (ifNotExists) cursor.at += 3;
  if (cursor.peek() === T.leftParen) {
    cursor.at++;
    do {
      const elementStart = cursor.start();
      const before = elements.columns.length;
      parseElement(cursor, elements);
      const column = elements.columns[before];
      const end = cursor.lastEnd();
      if (column !== undefined) {
        items.push({
          action: "add-column",
          start: elementStart,
          end,
          column,
          position: undefined,
          ifNotExists,
        });
      } else {
        pushKeys(items, elements, elementStart, end, ifNotExists);
      }
    } while (cursor.takeKind(T.comma));
    cursor.closeParen();
    return;
  }
  const column = parseColumn(cursor);
  const position = parsePosition(cursor);
  items.push({ action: "add-column", start, end: cursor.endFrom(start), column, position, ifNotExists });
}

/** The keys and checks gathered, as items; the lists are emptied. */
function pushKeys(
  items: AlterItem[],
  from: TableElements,
  start: number,
  end: number,
  ifNotExists: boolean,
): void {
  for (const index of from.indexes.splice(0)) {
    items.push({ action: "add-index", start, end, index, ifNotExists });
  }
  for (const foreignKey of from.foreignKeys.splice(0)) {
    items.push({ action: "add-foreign-key", start, end, foreignKey });
  }
  for (const check of from.checks.splice(0)) items.push({ action: "add-check", start, end, check });
}

function parseAddPartition(cursor: Cursor, start: number): AlterItem {
  cursor.at++;
  if (cursor.word() === K.IF) cursor.at += 3;
  if (!cursor.take(K.NO_WRITE_TO_BINLOG)) cursor.take(K.LOCAL);
  if (cursor.take(K.PARTITIONS)) {
    const count = cursor.number();
    return { action: "add-partition", start, end: cursor.endFrom(start), definitions: NONE, count };
  }
  const definitions = parsePartitionDefinitions(cursor);
  return { action: "add-partition", start, end: cursor.endFrom(start), definitions, count: undefined };
}
