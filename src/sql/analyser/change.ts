/** UPDATE and DELETE, in their single-table and multiple-table forms. */

import * as K from "../keyword_ids.ts";
import type { Assignment, DeleteDetail, ObjectName, UpdateDetail, WriteAction } from "../statement.ts";
import { T } from "../tokens.ts";
import { MAX_TABLES, NONE, type Reference } from "./block.ts";
import { parseTables, registerRead } from "./from.ts";
import { parseAssignments, parseReturning } from "./insert.ts";
import { QualifiedName } from "./nodes.ts";
import { parseWhere } from "./select.ts";
import { parseLimit, parseOrderBy } from "./sorting.ts";
import type { Walk } from "./walk.ts";

/** UPDATE is next. The reach is added by the statement. */
export function parseUpdate(walk: Walk): Omit<UpdateDetail, "reach"> {
  walk.at++;
  const lowPriority = walk.take(K.LOW_PRIORITY);
  const ignore = walk.take(K.IGNORE);
  walk.clause = "from";
  const tables = parseTables(walk, false);
  parsePeriod(walk);
  walk.expect(K.SET);
  const assignments = parseAssignments(walk, "set");
  const rest = parseRest(walk);
  registerUpdated(walk, tables, assignments);
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
export function parseDelete(walk: Walk): Omit<DeleteDetail, "reach"> {
  walk.at++;
  let lowPriority = false;
  let quick = false;
  let ignore = false;
  for (;;) {
    if (walk.take(K.LOW_PRIORITY)) lowPriority = true;
    else if (walk.word() === K.QUICK && walk.peek(1) !== T.dot && walk.peek(1) !== T.comma) {
      walk.at++;
      quick = true;
    } else if (walk.take(K.IGNORE)) ignore = true;
    else break;
  }
  walk.clause = "from";
  const history = walk.word() === K.HISTORY && walk.word(1) === K.FROM;
  if (history) walk.at++;
  let targets: readonly ObjectName[] = NONE;
  let usingForm = false;
  let listed = true;
  if (walk.take(K.FROM)) {
    usingForm = leadsToUsing(walk);
    listed = usingForm;
    if (usingForm) {
      targets = parseTargets(walk);
      walk.at++;
    }
  } else {
    targets = parseTargets(walk);
    walk.expect(K.FROM);
  }
  const tables = parseTables(walk, false);
  const first = tables[0];
  if (!listed && first !== undefined) {
    // The single-table form has its alias before PARTITION.
    if (walk.word() === K.PARTITION && walk.peek(1) === T.leftParen) {
      walk.at++;
      first.partitions = walk.nameList();
    }
    parsePeriod(walk);
    // MariaDB: DELETE HISTORY FROM t BEFORE SYSTEM_TIME x
    if (history && walk.word() === K.BEFORE) walk.at = walk.stop;
    targets = first.table === undefined ? NONE : [first.table];
    if (tables.length > 1) {
      walk.problem("unexpected-token", tables[1]!.start, tables[1]!.end, "DELETE lacks its targets");
    }
  }
  const rest = parseRest(walk);
  if (listed) registerTargets(walk, tables, targets, "delete");
  else registerAll(walk, tables, "delete");
  const returning = parseReturning(walk);
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
function parsePeriod(walk: Walk): void {
  if (walk.word() !== K.FOR || !walk.spelled("PORTION", 1)) return;
  while (!walk.done() && walk.word() !== K.SET && walk.word() !== K.WHERE) walk.at++;
}

function parseRest(walk: Walk) {
  const where = parseWhere(walk);
  const orderBy = parseOrderBy(walk) ?? NONE;
  const limit = walk.word() === K.LIMIT ? parseLimit(walk) : undefined;
  return {
    where: where?.condition,
    whereSpan: where === undefined ? undefined : { start: where.start, end: where.end },
    orderBy,
    limit,
  };
}

/** Whether names, commas and `.*` lead to USING: `DELETE FROM a, b.* USING ...`. */
function leadsToUsing(walk: Walk): boolean {
  let ahead = 0;
  for (;;) {
    const kind = walk.peek(ahead);
    if (kind === T.keyword && walk.word(ahead) === K.USING) return ahead > 0;
    const part = kind === T.identifier || kind === T.quotedIdentifier || kind === T.dot || kind === T.star ||
      kind === T.comma || kind === T.keyword && walk.isName(ahead);
    if (!part) return false;
    ahead++;
  }
}

/** `a, db.b, c.*, db.d.*` */
function parseTargets(walk: Walk): ObjectName[] {
  const targets: ObjectName[] = [];
  do {
    walk.takeKind(T.dot);
    const first = walk.name();
    let target = new QualifiedName(undefined, first);
    if (walk.takeKind(T.dot) && !walk.takeKind(T.star)) {
      target = new QualifiedName(first, walk.takeName());
      if (walk.takeKind(T.dot)) walk.expectKind(T.star);
    }
    targets.push(target);
  } while (walk.takeKind(T.comma));
  return targets;
}

function write(walk: Walk, reference: Reference, action: WriteAction): void {
  const { table, alias, start, end, cte } = reference;
  if (table === undefined) return;
  walk.writes.push({ start, end, action, table, alias, unresolved: cte });
}

function registerAll(walk: Walk, tables: readonly Reference[], action: WriteAction): void {
  for (const reference of tables) write(walk, reference, action);
}

/** The tables that a multiple-table DELETE names, aliases resolved; the others are read. */
function registerTargets(
  walk: Walk,
  tables: readonly Reference[],
  targets: readonly ObjectName[],
  action: WriteAction,
): void {
  if (tables.length > MAX_TABLES) return registerAll(walk, tables, action);
  const written = new Set<Reference>();
  for (const target of targets) {
    const reference = findTable(tables, target);
    if (reference === undefined || reference.table === undefined) {
      const { start, end } = target;
      walk.writes.push({ start, end, action, table: target, alias: undefined, unresolved: true });
    } else if (!written.has(reference)) {
      written.add(reference);
      write(walk, reference, action);
    }
  }
  for (const reference of tables) if (!written.has(reference)) registerRead(walk, reference);
}

/** The reference that a target or a column's qualifier names. */
export function findTable(tables: readonly Reference[], target: ObjectName): Reference | undefined {
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
function registerUpdated(walk: Walk, tables: readonly Reference[], assignments: readonly Assignment[]): void {
  if (tables.length === 1 || tables.length > MAX_TABLES) return registerAll(walk, tables, "update");
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
    if (written.has(reference)) write(walk, reference, "update");
    if (!written.has(reference) || assignments.length === 0) registerRead(walk, reference);
  }
}
