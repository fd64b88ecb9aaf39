/** UPDATE and DELETE, in their single-table and multiple-table forms. */

import * as K from "../lexer/keyword_ids.ts";
import { MAX_TABLES } from "../condition/reach.ts";
import { T } from "../lexer/tokens.ts";
import type { Assignment, DeleteDetail, ObjectName, UpdateDetail, WriteAction } from "../statement.ts";
import { NONE, type Reference } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseTables, registerRead } from "./from.ts";
import { parseAssignments, parseReturning } from "./insert.ts";
import { QualifiedName } from "./nodes.ts";
import { parseWhere } from "./select.ts";
import { parseLimit, parseOrderBy } from "./sorting.ts";

/** UPDATE is next. The reach is added by the statement. */
export function parseUpdate(cursor: Cursor): Omit<UpdateDetail, "reach"> {
  cursor.at++;
  const lowPriority = cursor.take(K.LOW_PRIORITY);
  const ignore = cursor.take(K.IGNORE);
  cursor.clause = "from";
  const tables = parseTables(cursor, false);
  parsePeriod(cursor);
  cursor.expect(K.SET);
  const assignments = parseAssignments(cursor, "set");
  const rest = parseRest(cursor);
  registerUpdated(cursor, tables, assignments);
  return {
    kind: "update",
    tables,
    multiTable: isMultiTable(tables),
    ignore,
    lowPriority,
    assignments,
    ...rest,
  };
}

/** DELETE is next. */
export function parseDelete(cursor: Cursor): Omit<DeleteDetail, "reach"> {
  cursor.at++;
  let lowPriority = false;
  let quick = false;
  let ignore = false;
  for (;;) {
    if (cursor.take(K.LOW_PRIORITY)) lowPriority = true;
    else if (cursor.word() === K.QUICK && cursor.peek(1) !== T.dot && cursor.peek(1) !== T.comma) {
      cursor.at++;
      quick = true;
    } else if (cursor.take(K.IGNORE)) ignore = true;
    else break;
  }
  cursor.clause = "from";
  const history = cursor.word() === K.HISTORY && cursor.word(1) === K.FROM;
  if (history) cursor.at++;
  let targets: readonly ObjectName[] = NONE;
  let usingForm = false;
  let listed = true;
  if (cursor.take(K.FROM)) {
    usingForm = leadsToUsing(cursor);
    listed = usingForm;
    if (usingForm) {
      targets = parseTargets(cursor);
      cursor.at++;
    }
  } else {
    targets = parseTargets(cursor);
    cursor.expect(K.FROM);
  }
  const tables = parseTables(cursor, false);
  const first = tables[0];
  if (!listed && first !== undefined) {
    // The single-table form has its alias before PARTITION.
    if (cursor.word() === K.PARTITION && cursor.peek(1) === T.leftParen) {
      cursor.at++;
      first.partitions = cursor.nameList();
    }
    parsePeriod(cursor);
    // MariaDB: DELETE HISTORY FROM t BEFORE SYSTEM_TIME x
    if (history && cursor.word() === K.BEFORE) cursor.skipRest();
    targets = first.table === undefined ? NONE : [first.table];
    if (tables.length > 1) {
      cursor.problem("unexpected-token", tables[1]!.start, tables[1]!.end, "DELETE lacks its targets");
    }
  }
  const rest = parseRest(cursor);
  if (listed) registerTargets(cursor, tables, targets, "delete");
  else registerAll(cursor, tables, "delete");
  const returning = parseReturning(cursor);
  const multiTable = listed || isMultiTable(tables);
  return {
    kind: "delete",
    tables,
    multiTable,
    ignore,
    lowPriority,
    quick,
    targets,
    usingForm,
    returning,
    ...rest,
  };
}

function isMultiTable(tables: readonly Reference[]): boolean {
  return tables.length > 1 || tables[0]?.kind !== "table";
}

/** MariaDB: FOR PORTION OF period FROM a TO b. */
function parsePeriod(cursor: Cursor): void {
  if (cursor.word() !== K.FOR || !cursor.spelled("PORTION", 1)) return;
  while (!cursor.done() && cursor.word() !== K.SET && cursor.word() !== K.WHERE) cursor.at++;
}

function parseRest(cursor: Cursor) {
  const where = parseWhere(cursor);
  const orderBy = parseOrderBy(cursor) ?? NONE;
  const limit = cursor.word() === K.LIMIT ? parseLimit(cursor) : undefined;
  return {
    where: where?.condition,
    whereSpan: where === undefined ? undefined : { start: where.start, end: where.end },
    orderBy,
    limit,
  };
}

/** Whether names, commas and `.*` lead to USING: `DELETE FROM a, b.* USING ...`. */
function leadsToUsing(cursor: Cursor): boolean {
  let ahead = 0;
  for (;;) {
    const kind = cursor.peek(ahead);
    if (kind === T.keyword && cursor.word(ahead) === K.USING) return ahead > 0;
    const part = kind === T.identifier || kind === T.quotedIdentifier || kind === T.dot || kind === T.star ||
      kind === T.comma || kind === T.keyword && cursor.isName(ahead);
    if (!part) return false;
    ahead++;
  }
}

/** `a, db.b, c.*, db.d.*` */
function parseTargets(cursor: Cursor): ObjectName[] {
  const targets: ObjectName[] = [];
  do {
    cursor.takeKind(T.dot);
    const first = cursor.name();
    let target = new QualifiedName(undefined, first);
    if (cursor.takeKind(T.dot) && !cursor.takeKind(T.star)) {
      target = new QualifiedName(first, cursor.takeName());
      if (cursor.takeKind(T.dot)) cursor.expectKind(T.star);
    }
    targets.push(target);
  } while (cursor.takeKind(T.comma));
  return targets;
}

function write(cursor: Cursor, reference: Reference, action: WriteAction): void {
  const { table, alias, start, end, cte } = reference;
  if (table === undefined) return;
  cursor.writes.push({ start, end, action, table, alias, unresolved: cte });
}

function registerAll(cursor: Cursor, tables: readonly Reference[], action: WriteAction): void {
  for (const reference of tables) write(cursor, reference, action);
}

/** The tables that a multiple-table DELETE names, aliases resolved; the others are read. */
function registerTargets(
  cursor: Cursor,
  tables: readonly Reference[],
  targets: readonly ObjectName[],
  action: WriteAction,
): void {
  if (tables.length > MAX_TABLES) return registerAll(cursor, tables, action);
  const written = new Set<Reference>();
  for (const target of targets) {
    const reference = findTable(tables, target);
    if (reference === undefined || reference.table === undefined) {
      const { start, end } = target;
      cursor.writes.push({ start, end, action, table: target, alias: undefined, unresolved: true });
    } else if (!written.has(reference)) {
      written.add(reference);
      write(cursor, reference, action);
    }
  }
  for (const reference of tables) if (!written.has(reference)) registerRead(cursor, reference);
}

/** The reference that a target or a column's qualifier names. */
function findTable(tables: readonly Reference[], target: ObjectName): Reference | undefined {
  return tables.find((reference) =>
    target.schema === undefined
      ? (reference.alias ?? reference.table?.name)?.key === target.name.key
      : reference.alias === undefined && reference.table?.name.key === target.name.key &&
        (reference.table.schema === undefined || reference.table.schema.key === target.schema.key)
  ) ?? (target.schema === undefined
    ? tables.find((reference) =>
      reference.table?.name.key === target.name.key && reference.alias === undefined
    )
    : undefined);
}

/** The tables whose columns are set; with a column that no table is named for, any may be meant. */
function registerUpdated(
  cursor: Cursor,
  tables: readonly Reference[],
  assignments: readonly Assignment[],
): void {
  if (tables.length === 1 || tables.length > MAX_TABLES) return registerAll(cursor, tables, "update");
  const written = new Set<Reference>();
  for (const { target } of assignments) {
    if (written.size === tables.length) break;
    const named = target.table === undefined
      ? undefined
      : findTable(tables, new QualifiedName(target.schema, target.table));
    if (named !== undefined) written.add(named);
    else for (const reference of tables) written.add(reference);
  }
  for (const reference of tables) {
    if (written.has(reference)) write(cursor, reference, "update");
    if (!written.has(reference) || assignments.length === 0) registerRead(cursor, reference);
  }
}
