/** INSERT and REPLACE. */

import * as K from "../keyword_ids.ts";
import type { Assignment, Identifier, InsertDetail, SelectItem, Span } from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseRoot } from "./expressions.ts";
import { parseColumnName } from "./operands.ts";
import { leadsToQuery, parseItems, parseQuery } from "./select.ts";
import { parseRows } from "./values.ts";
import type { Walk } from "./walk.ts";

/** INSERT or REPLACE is next. */
export function parseInsert(walk: Walk): InsertDetail {
  const kind = walk.word() === K.REPLACE ? "replace" : "insert";
  walk.at++;
  let priority: InsertDetail["priority"];
  let ignore = false;
  for (;;) {
    if (walk.take(K.LOW_PRIORITY)) priority = "low";
    else if (walk.take(K.HIGH_PRIORITY)) priority = "high";
    else if (walk.take(K.DELAYED)) priority = "delayed";
    else if (walk.take(K.IGNORE)) ignore = true;
    else break;
  }
  walk.take(K.INTO);
  const target = walk.objectName();
  walk.writes.push({
    start: target.start,
    end: target.end,
    action: kind,
    table: target,
    alias: undefined,
    unresolved: false,
  });
  let partitions: readonly Identifier[] = NONE;
  if (walk.take(K.PARTITION)) partitions = walk.nameList();
  let columns: readonly Identifier[] | undefined;
  let columnsSpan: Span | undefined;
  if (walk.peek() === T.leftParen && !leadsToQuery(walk)) {
    const start = walk.start();
    columns = parseColumns(walk);
    columnsSpan = { start, end: walk.endFrom(start) };
  }
  let source: InsertDetail["source"] = "values";
  let values: InsertDetail["values"];
  let query: InsertDetail["query"];
  let assignments: readonly Assignment[] = NONE;
  switch (walk.word()) {
    case K.VALUES:
    case K.VALUE:
      if (walk.word(1) === K.ROW) {
        source = "row-values";
        query = parseQuery(walk, "insert-source");
      } else {
        walk.at++;
        values = parseRows(walk, columns?.length);
      }
      break;
    case K.SET:
      source = "set";
      walk.at++;
      assignments = parseAssignments(walk, "set");
      break;
    case K.TABLE:
      source = "table";
      query = parseQuery(walk, "insert-source");
      break;
    case K.SELECT:
    case K.WITH:
      source = "select";
      query = parseQuery(walk, "insert-source");
      break;
    default:
      if (leadsToQuery(walk)) {
        source = "select";
        query = parseQuery(walk, "insert-source");
      } else {
        walk.unexpected();
      }
  }
  walk.block = undefined;
  let rowAlias: Identifier | undefined;
  let rowAliasColumns: readonly Identifier[] = NONE;
  if (walk.take(K.AS)) {
    rowAlias = walk.name();
    if (walk.peek() === T.leftParen) rowAliasColumns = walk.nameList();
  }
  let onDuplicate: readonly Assignment[] | undefined;
  let onDuplicateSpan: Span | undefined;
  if (walk.word() === K.ON) {
    const start = walk.start();
    walk.at++;
    walk.expect(K.DUPLICATE);
    walk.expect(K.KEY);
    walk.expect(K.UPDATE);
    onDuplicate = parseAssignments(walk, "on-duplicate");
    onDuplicateSpan = { start, end: walk.endFrom(start) };
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
    returning: parseReturning(walk),
  };
}

/** `(a, t.b, c)`: a column list, whose names may be qualified. */
function parseColumns(walk: Walk): Identifier[] {
  const names: Identifier[] = [];
  walk.at++;
  while (!walk.done() && walk.peek() !== T.rightParen) {
    walk.takeKind(T.dot);
    let name = walk.name();
    while (walk.peek() === T.dot) {
      walk.at++;
      name = walk.takeName();
    }
    names.push(name);
    if (!walk.takeKind(T.comma)) break;
  }
  walk.closeParen();
  return names;
}

/** `a = 1, t.b = DEFAULT, ...` */
export function parseAssignments(walk: Walk, clause: "set" | "on-duplicate"): Assignment[] {
  const outer = walk.clause;
  walk.clause = clause;
  const list: Assignment[] = [];
  do {
    const start = walk.at;
    const target = parseColumnName(walk);
    if (!walk.takeKind(T.equal) && !walk.takeKind(T.assign)) {
      walk.unexpected();
      if (walk.at === start) break;
    }
    const value = parseRoot(walk);
    list.push({ start: target.start, end: value.end, target, value });
  } while (walk.takeKind(T.comma));
  walk.clause = outer;
  return list;
}

/** MariaDB's RETURNING. */
export function parseReturning(walk: Walk): readonly SelectItem[] | undefined {
  if (!walk.take(K.RETURNING)) return undefined;
  return parseItems(walk, "returning");
}
