/** INSERT and REPLACE. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Assignment, Identifier, InsertDetail, SelectItem, Span } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseRoot } from "./expressions.ts";
import { parseColumnName } from "./operands.ts";
import { leadsToQuery, parseQuery } from "./query.ts";
import { parseItems } from "./select.ts";
import { parseRows } from "./values.ts";

/** INSERT or REPLACE is next. */
export function parseInsert(cursor: Cursor): InsertDetail {
  const kind = cursor.word() === K.REPLACE ? "replace" : "insert";
  cursor.at++;
  let priority: InsertDetail["priority"];
  let ignore = false;
  for (;;) {
    if (cursor.take(K.LOW_PRIORITY)) priority = "low";
    else if (cursor.take(K.HIGH_PRIORITY)) priority = "high";
    else if (cursor.take(K.DELAYED)) priority = "delayed";
    else if (cursor.take(K.IGNORE)) ignore = true;
    else break;
  }
  cursor.take(K.INTO);
  const target = cursor.objectName();
  cursor.writes.push({
    start: target.start,
    end: target.end,
    action: kind,
    table: target,
    alias: undefined,
    unresolved: false,
  });
  let partitions: readonly Identifier[] = NONE;
  if (cursor.take(K.PARTITION)) partitions = cursor.nameList();
  let columns: readonly Identifier[] | undefined;
  let columnsSpan: Span | undefined;
  if (cursor.peek() === T.leftParen && !leadsToQuery(cursor)) {
    const start = cursor.start();
    columns = parseColumns(cursor);
    columnsSpan = { start, end: cursor.endFrom(start) };
  }
  let source: InsertDetail["source"] = "values";
  let values: InsertDetail["values"];
  let query: InsertDetail["query"];
  let assignments: readonly Assignment[] = NONE;
  switch (cursor.word()) {
    case K.VALUES:
    case K.VALUE:
      if (cursor.word(1) === K.ROW) {
        source = "row-values";
        query = parseQuery(cursor, "insert-source");
      } else {
        cursor.at++;
        values = parseRows(cursor, columns?.length);
      }
      break;
    case K.SET:
      source = "set";
      cursor.at++;
      assignments = parseAssignments(cursor, "set");
      break;
    case K.TABLE:
      source = "table";
      query = parseQuery(cursor, "insert-source");
      break;
    case K.SELECT:
    case K.WITH:
      source = "select";
      query = parseQuery(cursor, "insert-source");
      break;
    default:
      if (leadsToQuery(cursor)) {
        source = "select";
        query = parseQuery(cursor, "insert-source");
      } else {
        cursor.unexpected();
      }
  }
  cursor.block = undefined;
  let rowAlias: Identifier | undefined;
  let rowAliasColumns: readonly Identifier[] = NONE;
  if (cursor.take(K.AS)) {
    rowAlias = cursor.name();
    if (cursor.peek() === T.leftParen) rowAliasColumns = cursor.nameList();
  }
  let onDuplicate: readonly Assignment[] | undefined;
  let onDuplicateSpan: Span | undefined;
  if (cursor.word() === K.ON) {
    const start = cursor.start();
    cursor.at++;
    cursor.expect(K.DUPLICATE);
    cursor.expect(K.KEY);
    cursor.expect(K.UPDATE);
    onDuplicate = parseAssignments(cursor, "on-duplicate");
    onDuplicateSpan = { start, end: cursor.endFrom(start) };
  }
  return {
    kind,
    target,
    ignore,
    priority,
    partitions,
    columns,
    columnsSpan,
    source,
    values,
    assignments,
    query,
    rowAlias,
    rowAliasColumns,
    onDuplicate,
    onDuplicateSpan,
    returning: parseReturning(cursor),
  };
}

/** `(a, t.b, c)`: a column list, whose names may be qualified. */
function parseColumns(cursor: Cursor): Identifier[] {
  const names: Identifier[] = [];
  cursor.at++;
  while (!cursor.done() && cursor.peek() !== T.rightParen) {
    cursor.takeKind(T.dot);
    let name = cursor.name();
    while (cursor.peek() === T.dot) {
      cursor.at++;
      name = cursor.takeName();
    }
    names.push(name);
    if (!cursor.nextInList()) break;
  }
  cursor.closeParen();
  return names;
}

/** `a = 1, t.b = DEFAULT, ...` */
export function parseAssignments(cursor: Cursor, clause: "set" | "on-duplicate"): Assignment[] {
  const outer = cursor.clause;
  cursor.clause = clause;
  const list: Assignment[] = [];
  do {
    const start = cursor.at;
    const target = parseColumnName(cursor);
    if (!cursor.takeKind(T.equal) && !cursor.takeKind(T.assign)) {
      cursor.unexpected();
      if (cursor.at === start) break;
    }
    const value = parseRoot(cursor);
    list.push({ start: target.start, end: value.end, target, value });
  } while (cursor.takeKind(T.comma));
  cursor.clause = outer;
  return list;
}

/** MariaDB's RETURNING. */
export function parseReturning(cursor: Cursor): readonly SelectItem[] | undefined {
  if (!cursor.take(K.RETURNING)) return undefined;
  return parseItems(cursor, "returning");
}
