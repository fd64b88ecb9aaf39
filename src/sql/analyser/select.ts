/** Query expressions: WITH, set operations, and the blocks they are made of. */

import * as K from "../lexer/keyword_ids.ts";
import type {
  BlockRole,
  CommonTable,
  Expression,
  Identifier,
  Locking,
  SelectItem,
  SetOperator,
  Subquery,
} from "../statement.ts";
import { T } from "../lexer/tokens.ts";
import { Block, NONE, Query } from "./block.ts";
import { parseWindow } from "./calls.ts";
import { parseExpression, parseRoot } from "./expressions.ts";
import { parseFrom } from "./from.ts";
import { parseInto } from "./into.ts";
import { P } from "./operators.ts";
import { parseLimit, parseOrderBy, parseSortings } from "./sorting.ts";
import { type Cursor, MAX_DEPTH } from "./cursor.ts";

/** Common table expressions in scope that are known by name. */
const MAX_CTES = 1000;

/** Whether a parenthesis and a query's first word are next. */
export function startsQuery(cursor: Cursor, ahead: number): boolean {
  if (cursor.peek(ahead) !== T.leftParen) return false;
  const word = cursor.word(ahead + 1);
  if (word === K.SELECT || word === K.WITH || word === K.TABLE) return true;
  return word === K.VALUES && (cursor.word(ahead + 2) === K.ROW || cursor.peek(ahead + 2) === T.leftParen) &&
    cursor.clause !== "on-duplicate";
}

/** Whether parentheses, any number of them, lead to a query. Linear in their number. */
export function leadsToQuery(cursor: Cursor): boolean {
  let ahead = 0;
  while (cursor.peek(ahead) === T.leftParen) ahead++;
  return ahead > 0 && startsQuery(cursor, ahead - 1);
}

/** A query in parentheses as an expression. */
export function subquery(cursor: Cursor, role: BlockRole, exists: boolean, from?: number): Subquery {
  const start = from ?? cursor.start();
  const { clause, block } = cursor;
  const query = parenthesisedQuery(cursor, role);
  cursor.subqueries++;
  return { type: "subquery", start, end: cursor.endFrom(start), clause, block, exists, query };
}

/** `( query )`, with what surrounds it kept as it was. */
export function parenthesisedQuery(cursor: Cursor, role: BlockRole): Query {
  cursor.expectKind(T.leftParen);
  const query = nested(cursor, role);
  cursor.closeParen();
  return query;
}

/** A query within something else: the cursor's place is restored after it. */
export function nested(cursor: Cursor, role: BlockRole): Query {
  if (cursor.depth >= MAX_DEPTH) {
    const start = cursor.start();
    cursor.skipToClose();
    cursor.problem("too-deep", start, cursor.lastEnd(), "Nested more deeply than is followed");
    return new Query(role, start);
  }
  const { clause, block, aggregates, subqueries } = cursor;
  cursor.depth += 2;
  cursor.queryDepth++;
  const query = parseQuery(cursor, role);
  cursor.queryDepth--;
  cursor.depth -= 2;
  cursor.clause = clause;
  cursor.block = block;
  cursor.aggregates = aggregates;
  cursor.subqueries = subqueries;
  return query;
}

/** A whole query expression: WITH, blocks, set operators and what follows them. */
export function parseQuery(cursor: Cursor, role: BlockRole): Query {
  const query = new Query(role, cursor.start());
  cursor.queries.push(query);
  const scope = cursor.cteScope.length;
  if (cursor.word() === K.WITH) parseWith(cursor, query);
  parseBody(cursor, query, true);
  cursor.cteScope.length = scope;
  return query;
}

/** Whether a set operator, or a clause of a whole query, is next: what stands before it in parentheses was a query. */
export function continuesQuery(cursor: Cursor): boolean {
  switch (cursor.word()) {
    case K.UNION:
    case K.EXCEPT:
    case K.INTERSECT:
    case K.ORDER:
    case K.LIMIT:
      return true;
    default:
      return false;
  }
}

/** `((SELECT 1) UNION (SELECT 2))`: the inner parentheses were taken for a scalar subquery's. */
export function continueSubquery(cursor: Cursor, expression: Subquery): void {
  const { clause, block, aggregates, subqueries } = cursor;
  cursor.queryDepth++;
  parseBody(cursor, expression.query as Query, false);
  cursor.queryDepth--;
  cursor.clause = clause;
  cursor.block = block;
  cursor.aggregates = aggregates;
  cursor.subqueries = subqueries;
}

/** `WITH [RECURSIVE] name [(columns)] AS (query), ...`; WITH is next. Names stay in scope until the caller ends it. */
export function parseWith(cursor: Cursor, query: { ctes: readonly CommonTable[]; recursive: boolean }): void {
  cursor.at++;
  const recursive = cursor.take(K.RECURSIVE);
  const list: CommonTable[] = [];
  query.recursive = recursive;
  query.ctes = list;
  do {
    const name = cursor.name();
    const entry = { key: name.key, used: false };
    const columns = cursor.peek() === T.leftParen ? cursor.nameList() : NONE;
    cursor.expect(K.AS);
    // More names than anyone writes are taken for stored tables, so that looking one up stays cheap.
    const known = cursor.cteScope.length < MAX_CTES;
    if (recursive && known) cursor.cteScope.push(entry);
    const common = parenthesisedQuery(cursor, "cte");
    if (!recursive && known) cursor.cteScope.push(entry);
    list.push({
      start: name.start,
      end: cursor.lastEnd(),
      name,
      columns,
      query: common,
      recursive: entry.used,
    });
    entry.used = false;
    // MariaDB: CYCLE columns RESTRICT
    if (cursor.takeSpelled("CYCLE")) {
      cursor.nameSequence();
      cursor.take(K.RESTRICT);
    }
  } while (cursor.takeKind(T.comma));
}

/** Blocks, set operators and parentheses in any arrangement, without recursion. */
function parseBody(cursor: Cursor, query: Query, wantsBlock: boolean): void {
  /** For each open level of parentheses, the index of its first block. */
  const levels = [0];
  for (;;) {
    if (wantsBlock) {
      while (cursor.takeKind(T.leftParen)) levels.push(query.blocks.length);
      if (cursor.word() === K.WITH) parseWith(cursor, query);
      if (!parseBlock(cursor, query)) break;
      wantsBlock = false;
    }
    parseTail(cursor, query, levels[levels.length - 1]!);
    const operator = setOperator(cursor);
    if (operator !== undefined) {
      if (query.operators.length === 0) query.operators = [];
      (query.operators as SetOperator[]).push(operator);
      wantsBlock = true;
    } else if (levels.length > 1 && cursor.takeKind(T.rightParen)) {
      levels.pop();
    } else {
      break;
    }
  }
  // Parentheses left open were noted by whoever expected more; leave their groups.
  for (let open = levels.length; open > 1; open--) cursor.closeParen();
  query.end = cursor.lastEnd();
}

function setOperator(cursor: Cursor): SetOperator | undefined {
  const word = cursor.word();
  const operator = word === K.UNION
    ? "union"
    : word === K.EXCEPT || cursor.spelled("MINUS") && cursor.options.dialect === "mariadb"
    ? "except"
    : word === K.INTERSECT
    ? "intersect"
    : undefined;
  if (operator === undefined) return undefined;
  const start = cursor.start();
  cursor.at++;
  const all = cursor.take(K.ALL);
  const distinct = !all && cursor.take(K.DISTINCT);
  return { start, end: cursor.endFrom(start), operator, all, distinct };
}

/** One SELECT, TABLE or VALUES, up to but without ORDER BY and what follows. */
function parseBlock(cursor: Cursor, query: Query): boolean {
  const word = cursor.word();
  if (word !== K.SELECT && word !== K.TABLE && word !== K.VALUES) {
    cursor.unexpected();
    return false;
  }
  const block = new Block(query.role, cursor.enclosing(), cursor.start(), cursor.columns);
  block.depth = cursor.queryDepth;
  cursor.blocks.push(block);
  query.blocks.push(block);
  cursor.at++;
  cursor.block = block;
  if (word === K.SELECT) parseSelect(cursor, block);
  else if (word === K.TABLE) parseTable(cursor, block);
  else parseValueRows(cursor, block);
  block.end = cursor.lastEnd();
  block.lastColumn = cursor.columns.length;
  return true;
}

function parseTable(cursor: Cursor, block: Block): void {
  block.form = "table";
  cursor.clause = "from";
  block.from = parseFrom(cursor, true);
}

/** `VALUES ROW(1, 2), ROW(3, 4)`, and MariaDB's `VALUES (1, 2)`. */
function parseValueRows(cursor: Cursor, block: Block): void {
  block.form = "values";
  cursor.clause = "values";
  do {
    cursor.take(K.ROW);
    cursor.expectKind(T.leftParen);
    block.rowCount++;
    const items: SelectItem[] = [];
    while (!cursor.done() && cursor.peek() !== T.rightParen) {
      const expression = block.rowCount <= 16 ? parseRoot(cursor) : parseExpression(cursor, P.lowest);
      if (block.rowCount === 1) {
        const { start, end } = expression;
        items.push({ start, end, expression, alias: undefined, hasAggregate: false, hasSubquery: false });
      }
      if (!cursor.takeKind(T.comma)) break;
    }
    cursor.closeParen();
    if (block.rowCount === 1) block.items = items;
  } while (cursor.takeKind(T.comma));
}

function parseSelect(cursor: Cursor, block: Block): void {
  parseModifiers(cursor, block);
  block.items = parseItems(cursor, "select");
  block.selectSpan = { start: block.start, end: cursor.endFrom(block.start) };
  if (cursor.word() === K.INTO) block.into = parseInto(cursor);
  if (cursor.take(K.FROM)) {
    cursor.clause = "from";
    if (cursor.word() === K.DUAL) {
      cursor.at++;
      block.fromDual = true;
    } else {
      block.from = parseFrom(cursor, false);
    }
  }
  if (cursor.word() === K.WHERE) {
    const start = cursor.start();
    cursor.at++;
    cursor.clause = "where";
    block.where = parseRoot(cursor);
    block.whereSpan = { start, end: cursor.endFrom(start) };
  }
  if (cursor.word() === K.GROUP) {
    cursor.at++;
    cursor.expect(K.BY);
    cursor.clause = "group-by";
    const grouped = parseSortings(cursor);
    block.groupBy = grouped;
    if (cursor.take2(K.WITH, K.ROLLUP)) block.rollup = true;
    const first = grouped[0]?.expression;
    if (first?.type === "call" && first.key === "rollup") block.rollup = true;
  }
  if (cursor.take(K.HAVING)) {
    cursor.clause = "having";
    block.having = parseRoot(cursor);
  }
  if (cursor.take(K.WINDOW)) {
    const windows: Identifier[] = [];
    do {
      windows.push(cursor.name());
      cursor.expect(K.AS);
      parseWindow(cursor);
    } while (cursor.takeKind(T.comma));
    block.windows = windows;
  }
  if (cursor.take(K.QUALIFY)) {
    cursor.clause = "having";
    block.qualify = parseRoot(cursor);
  }
}

function parseModifiers(cursor: Cursor, block: Block): void {
  for (;;) {
    switch (cursor.word()) {
      case K.DISTINCT:
      case K.DISTINCTROW:
        block.distinct = true;
        break;
      case K.ALL:
        break;
      case K.STRAIGHT_JOIN:
        block.straightJoin = true;
        break;
      case K.SQL_CALC_FOUND_ROWS:
        block.sqlCalcFoundRows = true;
        break;
      case K.HIGH_PRIORITY:
      case K.SQL_SMALL_RESULT:
      case K.SQL_BIG_RESULT:
      case K.SQL_BUFFER_RESULT:
      case K.SQL_NO_CACHE:
        addModifier(cursor, block);
        break;
      default:
        if (cursor.spelled("SQL_CACHE") && cursor.peek(1) !== T.comma) {
          addModifier(cursor, block);
          break;
        }
        return;
    }
    cursor.at++;
  }
}

function addModifier(cursor: Cursor, block: Block): void {
  block.modifiers = [...block.modifiers, cursor.wordsBetween(cursor.at, cursor.at + 1)];
}

/** A select list, also RETURNING's. */
export function parseItems(cursor: Cursor, clause: "select" | "returning"): SelectItem[] {
  cursor.clause = clause;
  const items: SelectItem[] = [];
  do {
    cursor.aggregates = 0;
    cursor.subqueries = 0;
    const expression = parseRoot(cursor);
    const hasAggregate = cursor.aggregates > 0;
    const hasSubquery = cursor.subqueries > 0;
    const alias = parseAlias(cursor, true);
    items.push({
      start: expression.start,
      end: cursor.lastEnd(),
      expression,
      alias,
      hasAggregate,
      hasSubquery,
    });
  } while (cursor.takeKind(T.comma));
  return items;
}

/** `[AS] name`; a string may be one where `texts` says so. */
export function parseAlias(cursor: Cursor, texts: boolean): Identifier | undefined {
  if (cursor.take(K.AS)) return texts ? cursor.nameOrText() : cursor.name();
  const kind = cursor.peek();
  if (kind === T.identifier || kind === T.quotedIdentifier || texts && kind === T.string) {
    return cursor.takeName();
  }
  return kind === T.keyword && cursor.isName() ? cursor.takeName() : undefined;
}

/** ORDER BY, LIMIT, PROCEDURE, INTO and the locking clauses: of the one block of this level, or of the whole. */
function parseTail(cursor: Cursor, query: Query, firstBlock: number): void {
  const block = query.blocks.length - firstBlock === 1 ? query.blocks[firstBlock]! : undefined;
  const last = query.blocks[query.blocks.length - 1]!;
  cursor.block = last;
  for (;;) {
    switch (cursor.word()) {
      case K.ORDER: {
        const orderBy = parseOrderBy(cursor) ?? NONE;
        if (block !== undefined && block.orderBy.length === 0) block.orderBy = orderBy;
        else query.orderBy = orderBy;
        break;
      }
      case K.LIMIT:
      case K.FETCH:
      case K.OFFSET: {
        const limit = parseLimit(cursor);
        if (limit === undefined) return;
        if (block !== undefined && block.limit === undefined) block.limit = limit;
        else query.limit = limit;
        break;
      }
      case K.PROCEDURE:
        cursor.at++;
        last.procedure = cursor.name();
        cursor.skipGroup();
        break;
      case K.INTO:
        last.into = parseInto(cursor);
        break;
      case K.FOR: {
        const word = cursor.word(1);
        if (word !== K.UPDATE && word !== K.SHARE) return;
        last.locking = [...last.locking, parseLocking(cursor)];
        break;
      }
      case K.LOCK:
        if (cursor.word(1) !== K.IN) return;
        last.locking = [...last.locking, parseLocking(cursor)];
        break;
      default:
        last.end = Math.max(last.end, block === undefined ? 0 : cursor.lastEnd());
        last.lastColumn = cursor.columns.length;
        return;
    }
  }
}

/** `FOR UPDATE`, `FOR SHARE`, `LOCK IN SHARE MODE` with what qualifies them. */
function parseLocking(cursor: Cursor): Locking {
  const start = cursor.start();
  let strength: "update" | "share" = "share";
  let of: readonly Identifier[] = NONE;
  const legacy = cursor.take(K.LOCK);
  if (legacy) {
    cursor.at++;
    cursor.expect(K.SHARE);
    cursor.expect(K.MODE);
  } else {
    cursor.at++;
    if (cursor.word() === K.UPDATE) strength = "update";
    cursor.at++;
    if (cursor.take(K.OF)) of = tableNames(cursor);
  }
  let wait: Locking["wait"];
  if (cursor.take(K.NOWAIT)) wait = "nowait";
  else if (cursor.take2(K.SKIP, K.LOCKED)) wait = "skip-locked";
  else if (cursor.take(K.WAIT)) {
    wait = "wait";
    cursor.number();
  }
  return { start, end: cursor.endFrom(start), strength, legacy, of, wait };
}

function tableNames(cursor: Cursor): Identifier[] {
  const names: Identifier[] = [];
  do names.push(cursor.objectName().name); while (cursor.takeKind(T.comma));
  return names;
}

/** The WHERE of a statement that is no query: its condition and span. */
export function parseWhere(
  cursor: Cursor,
): { condition: Expression; start: number; end: number } | undefined {
  if (cursor.word() !== K.WHERE) return undefined;
  const start = cursor.start();
  cursor.at++;
  const clause = cursor.clause;
  cursor.clause = "where";
  const condition = parseRoot(cursor);
  cursor.clause = clause;
  return { condition, start, end: cursor.endFrom(start) };
}

/** A query whose WITH clause is passed already. */
export function parseQueryAfterWith(
  cursor: Cursor,
  role: BlockRole,
  start: number,
  given: { readonly ctes: readonly CommonTable[]; readonly recursive: boolean },
): Query {
  const query = new Query(role, start);
  query.ctes = given.ctes;
  query.recursive = given.recursive;
  cursor.queries.push(query);
  parseBody(cursor, query, true);
  return query;
}
