/** ALTER TABLE ... ADD. */

import * as K from "../keyword_ids.ts";
import type { AlterItem } from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseColumn, parsePosition } from "./ddl_columns.ts";
import { parseConstraint, parseElement, type TableElements } from "./ddl_create.ts";
import { isKeyDefinition } from "./ddl_indexes.ts";
import { parsePartitionDefinitions } from "./ddl_partitions.ts";
import type { Walk } from "./walk.ts";

/** ADD is next. `ADD (a INT, b INT)` gives several items. */
export function parseAdd(walk: Walk, items: AlterItem[]): void {
  const start = walk.start();
  walk.at++;
  if (walk.word() === K.PARTITION) {
    items.push(parseAddPartition(walk, start));
    return;
  }
  if (walk.word() === K.SYSTEM && walk.spelled("VERSIONING", 1)) {
    walk.at += 2;
    items.push({ action: "other", start, end: walk.endFrom(start) });
    return;
  }
  const elements: TableElements = { columns: [], indexes: [], foreignKeys: [], checks: [] };
  if (isKeyDefinition(walk)) {
    const ifNotExists = walk.word(1) === K.IF || walk.word(2) === K.IF;
    parseConstraint(walk, elements);
    pushKeys(items, elements, start, walk.lastEnd(), ifNotExists);
    return;
  }
  walk.take(K.COLUMN);
  const ifNotExists = walk.word() === K.IF && walk.word(1) === K.NOT;
  if (ifNotExists) walk.at += 3;
  if (walk.peek() === T.leftParen) {
    walk.at++;
    do {
      const elementStart = walk.start();
      const before = elements.columns.length;
      parseElement(walk, elements);
      const column = elements.columns[before];
      const end = walk.lastEnd();
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
    } while (walk.takeKind(T.comma));
    walk.closeParen();
    return;
  }
  const column = parseColumn(walk);
  const position = parsePosition(walk);
  items.push({ action: "add-column", start, end: walk.endFrom(start), column, position, ifNotExists });
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

function parseAddPartition(walk: Walk, start: number): AlterItem {
  walk.at++;
  if (walk.word() === K.IF) walk.at += 3;
  if (!walk.take(K.NO_WRITE_TO_BINLOG)) walk.take(K.LOCAL);
  if (walk.take(K.PARTITIONS)) {
    const count = walk.number();
    return { action: "add-partition", start, end: walk.endFrom(start), definitions: NONE, count };
  }
  const definitions = parsePartitionDefinitions(walk);
  return { action: "add-partition", start, end: walk.endFrom(start), definitions, count: undefined };
}
