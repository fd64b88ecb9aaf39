/** FROM, UPDATE's and DELETE's tables: joins and their conditions, flattened, without recursion for parentheses. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Identifier, IndexHint, JoinKind } from "../statement.ts";
import { NONE, Reference } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression, parseRoot } from "./expressions.ts";
import { isQualified } from "./nodes.ts";
import { P } from "./operators.ts";
import { joinParens, parenthesisedQuery, startsQuery } from "./query.ts";
import { parseAlias } from "./select.ts";

/** An open parenthesis of a join group, or the list itself. */
interface JoinLevel {
  /** Index of the first table of the group. */
  readonly first: number;
  /** Index of the first table since the last comma: what a RIGHT JOIN's left side begins with. */
  segment: number;
  /** The whole group stands on the side of an outer join that may be NULL. */
  readonly nullable: boolean;
  /** Joins that may still get an ON, innermost last; and how many of them are LEFT JOINs. */
  readonly pending: Reference[];
  pendingLeft: number;
  /** Tables before these are marked as standing left of a LEFT or a RIGHT JOIN. */
  preservedTo: number;
  nullableTo: number;
  /** Closed by `}`: ODBC's `{OJ ...}`. */
  readonly brace: boolean;
}

/** Table references up to the clause that follows; of TABLE t just one. Reads are registered. */
export function parseFrom(cursor: Cursor, single: boolean): Reference[] {
  const list = parseTables(cursor, single);
  for (const reference of list) registerRead(cursor, reference);
  return list;
}

/** Registers a stored table as read. */
export function registerRead(cursor: Cursor, reference: Reference): void {
  const { table, alias, start, end, cte } = reference;
  if (table === undefined || cte || reference.kind !== "table") return;
  cursor.reads.push({ start, end, table, alias, block: cursor.block });
}

/** Table references without registering reads. */
export function parseTables(cursor: Cursor, single: boolean): Reference[] {
  const list: Reference[] = [];
  const levels: JoinLevel[] = [newLevel(0, false, false)];
  let join: JoinKind = "first";
  let joinSpan: Reference["joinSpan"];
  for (;;) {
    let level = levels[levels.length - 1]!;
    for (let parens = 0;;) {
      const brace = cursor.peek() === T.leftBrace;
      if (!brace && parens === 0) parens = joinParens(cursor);
      if (!brace && parens-- === 0) break;
      cursor.at++;
      if (brace && !cursor.take(K.OJ)) cursor.unexpected();
      const nullable = level.nullable || opensNullable(join, level);
      level = newLevel(list.length, nullable, brace);
      levels.push(level);
    }
    const reference = parseFactor(cursor, join, levels.length - 1);
    reference.joinSpan = joinSpan;
    list.push(reference);
    const outer = levels.length > 1 && level.first === list.length - 1 ? levels[levels.length - 2]! : level;
    reference.nullable = level.nullable || opensNullable(join, outer);
    if (single) return list;
    const next = parseConditions(cursor, list, levels);
    if (next === undefined) break;
    join = next.join;
    joinSpan = { start: next.start, end: cursor.endFrom(next.start) };
    startJoin(list, levels[levels.length - 1]!, join);
  }
  for (let open = levels.length; open > 1; open--) {
    cursor.unexpected();
    if (!levels[open - 1]!.brace) {
      cursor.skipToClose();
      cursor.takeKind(T.rightParen);
    }
  }
  return list;
}

function newLevel(first: number, nullable: boolean, brace: boolean): JoinLevel {
  return {
    first,
    segment: first,
    nullable,
    pending: [],
    pendingLeft: 0,
    preservedTo: first,
    nullableTo: first,
    brace,
  };
}

function opensNullable(join: JoinKind, level: JoinLevel): boolean {
  return join === "left" || join === "natural-left" || join === "full" ||
    level.pendingLeft > 0;
}

/** Marks what stands left of an outer join. */
function startJoin(list: Reference[], level: JoinLevel, join: JoinKind): void {
  if (join === "comma") {
    level.segment = level.preservedTo = level.nullableTo = list.length;
    level.pending.length = level.pendingLeft = 0;
    return;
  }
  const left = join === "left" || join === "natural-left";
  const right = join === "right" || join === "natural-right" || join === "full";
  // Each table is marked once for either, so that a chain of joins costs no more than its length.
  if (right) {
    for (let index = level.nullableTo; index < list.length; index++) {
      list[index]!.nullable = true;
      list[index]!.preserved = false;
    }
    level.nullableTo = level.preservedTo = list.length;
  } else if (left) {
    for (let index = level.preservedTo; index < list.length; index++) {
      if (!list[index]!.nullable) list[index]!.preserved = true;
    }
    level.preservedTo = list.length;
  }
}

/** ON, USING and closing parentheses after a table, then the next join; undefined at the end of the list. */
function parseConditions(
  cursor: Cursor,
  list: Reference[],
  levels: JoinLevel[],
): { readonly join: JoinKind; readonly start: number } | undefined {
  let current = list[list.length - 1]!;
  addPending(levels[levels.length - 1]!, current);
  for (;;) {
    const level = levels[levels.length - 1]!;
    switch (cursor.peek()) {
      case T.rightParen:
      case T.rightBrace:
        if (levels.length === 1) return undefined;
        cursor.at++;
        levels.pop();
        current = list[level.first]!;
        if (current.join !== "first") addPending(levels[levels.length - 1]!, current);
        continue;
      case T.comma:
        cursor.at++;
        return { join: "comma", start: cursor.starts[cursor.at - 1]! };
    }
    const word = cursor.word();
    // INSERT ... SELECT ... FROM a JOIN b ON DUPLICATE KEY UPDATE: not the join's.
    if (word === K.ON && cursor.word(1) === K.DUPLICATE && cursor.word(2) === K.KEY) return undefined;
    if (word === K.ON || word === K.USING) {
      const target = level.pending.pop() ?? current;
      if (target.join === "left" && level.pendingLeft > 0) level.pendingLeft--;
      cursor.at++;
      if (word === K.USING) {
        target.using = cursor.nameList();
      } else {
        const clause = cursor.clause;
        cursor.clause = "on";
        const on = parseRoot(cursor);
        cursor.clause = clause;
        // A second ON for one join would be refused by MySQL; what comes first decides.
        target.on ??= on;
      }
      target.end = cursor.lastEnd();
      continue;
    }
    return parseJoin(cursor);
  }
}

function addPending(level: JoinLevel, reference: Reference): void {
  switch (reference.join) {
    case "inner":
    case "cross":
    case "straight":
    case "left":
    case "right":
    case "full":
      level.pending.push(reference);
      if (reference.join === "left") level.pendingLeft++;
  }
}

function parseJoin(cursor: Cursor): { readonly join: JoinKind; readonly start: number } | undefined {
  const start = cursor.start();
  switch (cursor.word()) {
    case K.JOIN:
      cursor.at++;
      return { join: "inner", start };
    case K.INNER:
    case K.CROSS: {
      const join = cursor.word() === K.CROSS ? "cross" : "inner";
      cursor.at++;
      cursor.expect(K.JOIN);
      return { join, start };
    }
    case K.STRAIGHT_JOIN:
      cursor.at++;
      return { join: "straight", start };
    case K.LEFT:
    case K.RIGHT: {
      const join = cursor.word() === K.LEFT ? "left" : "right";
      cursor.at++;
      cursor.take(K.OUTER);
      cursor.expect(K.JOIN);
      return { join, start };
    }
    case K.NATURAL: {
      cursor.at++;
      let join: JoinKind = "natural";
      if (cursor.take(K.LEFT)) join = "natural-left";
      else if (cursor.take(K.RIGHT)) join = "natural-right";
      else cursor.take(K.INNER);
      cursor.take(K.OUTER);
      cursor.expect(K.JOIN);
      return { join, start };
    }
    case K.FULL:
      cursor.at++;
      cursor.take(K.OUTER);
      cursor.expect(K.JOIN);
      return { join: "full", start };
    default:
      return undefined;
  }
}

function parseFactor(cursor: Cursor, join: JoinKind, nesting: number): Reference {
  const reference = new Reference(cursor.start(), join, nesting);
  const lateral = cursor.take(K.LATERAL);
  if (cursor.peek() === T.leftParen) {
    reference.kind = "derived";
    reference.lateral = lateral;
    reference.query = parenthesisedQuery(cursor, lateral ? "lateral" : "derived");
    reference.alias = parseAlias(cursor, false);
    if (cursor.peek() === T.leftParen) cursor.nameList();
  } else if (cursor.word() === K.JSON_TABLE && cursor.peek(1) === T.leftParen) {
    reference.kind = "json-table";
    cursor.at += 2;
    // The document may be a column or a call; the path and COLUMNS hold no expression.
    cursor.root(parseExpression(cursor, P.lowest));
    cursor.skipToClose();
    cursor.closeParen();
    reference.alias = parseAlias(cursor, false);
  } else {
    parseTableFactor(cursor, reference);
  }
  reference.end = cursor.endFrom(reference.start);
  return reference;
}

function parseTableFactor(cursor: Cursor, reference: Reference): void {
  const table = cursor.objectName();
  if (cursor.peek() === T.leftParen && !startsQuery(cursor, 0) && table.name.end > table.name.start) {
    // A table function: none in MySQL, but vtgate, MariaDB's plugins and typos have them.
    reference.kind = "table-function";
    cursor.skipGroup();
    reference.alias = parseAlias(cursor, false);
    return;
  }
  reference.table = table;
  if (!isQualified(table)) reference.cte = usesCte(cursor, table.name.key);
  if (cursor.word() === K.PARTITION && cursor.peek(1) === T.leftParen) {
    cursor.at++;
    reference.partitions = cursor.nameList();
  }
  // MariaDB: FOR SYSTEM_TIME AS OF ...
  if (cursor.word() === K.FOR && cursor.spelled("SYSTEM_TIME", 1)) parseSystemTime(cursor);
  if (cursor.word() !== K.FULL || cursor.word(1) !== K.JOIN && cursor.word(1) !== K.OUTER) {
    if (!startsClause(cursor)) reference.alias = parseAlias(cursor, false);
  }
  if (cursor.word() === K.TABLESAMPLE) {
    cursor.at++;
    cursor.takeName();
    cursor.skipGroup();
  }
  if (isHint(cursor)) {
    const hints: IndexHint[] = [];
    while (isHint(cursor)) {
      hints.push(parseHint(cursor));
    }
    reference.indexHints = hints;
  }
}

/** Words that may be names but, after a table, begin a clause. */
function startsClause(cursor: Cursor): boolean {
  const word = cursor.word();
  return word === K.RETURNING && cursor.options.dialect === "mariadb" ||
    word === K.OFFSET && cursor.peek(1) === T.integer;
}

function parseSystemTime(cursor: Cursor): void {
  cursor.at += 2;
  if (cursor.take(K.ALL)) return;
  if (cursor.take2(K.AS, K.OF)) {
    cursor.take(K.TIMESTAMP);
    if (cursor.word() === K.TRANSACTION) cursor.at++;
    cursor.root(parseExpression(cursor, P.bitOr));
    return;
  }
  const between = cursor.take(K.BETWEEN);
  if (!between) cursor.expect(K.FROM);
  cursor.root(parseExpression(cursor, P.bitOr));
  cursor.expect(between ? K.AND : K.TO);
  cursor.root(parseExpression(cursor, P.bitOr));
}

function isHint(cursor: Cursor): boolean {
  const word = cursor.word();
  if (word !== K.USE && word !== K.IGNORE && word !== K.FORCE) return false;
  return cursor.word(1) === K.INDEX || cursor.word(1) === K.KEY;
}

function parseHint(cursor: Cursor): IndexHint {
  const start = cursor.start();
  const word = cursor.word();
  const action = word === K.USE ? "use" : word === K.IGNORE ? "ignore" : "force";
  cursor.at += 2;
  let purpose: IndexHint["purpose"];
  if (cursor.take(K.FOR)) {
    if (cursor.take(K.JOIN)) purpose = "join";
    else if (cursor.take2(K.ORDER, K.BY)) purpose = "order-by";
    else if (cursor.take2(K.GROUP, K.BY)) purpose = "group-by";
    else cursor.unexpected();
  }
  const indexes: Identifier[] = [];
  cursor.expectKind(T.leftParen);
  while (!cursor.done() && cursor.peek() !== T.rightParen) {
    // PRIMARY is a reserved word and an index's name.
    indexes.push(cursor.word() === K.PRIMARY ? cursor.takeName() : cursor.name());
    if (!cursor.takeKind(T.comma)) break;
  }
  cursor.closeParen();
  return {
    start,
    end: cursor.endFrom(start),
    action,
    purpose,
    indexes: indexes.length === 0 ? NONE : indexes,
  };
}

/** Whether a name is that of a common table expression in scope, which is then noted as used. */
function usesCte({ cteScope }: Cursor, key: string): boolean {
  const found = cteScope.findLast((cte) => cte.key === key);
  if (found !== undefined) found.used = true;
  return found !== undefined;
}
