/** Query expressions: WITH, set operations, and the blocks they are made of. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { BlockRole, CommonTable, SetOperator, Subquery } from "../statement.ts";
import { NONE, Query } from "./block.ts";
import { Cursor, MAX_DEPTH } from "./cursor.ts";
import { parseBlock, parseTail } from "./select.ts";

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

/**
 * How many of the parentheses in a row that are next stand around something other than one query: `(a JOIN b)` and
 * `((SELECT 1) x JOIN y)`, but neither `(SELECT 1)` nor `((SELECT 1) UNION (SELECT 2))`.
 */
export function joinParens(cursor: Cursor): number {
  let count = 0;
  while (cursor.peek(count) === T.leftParen) count++;
  if (count === 0 || !startsQuery(cursor, count - 1)) return count;
  // From the innermost outwards: what behind its closing parenthesis goes on with the query, or closes again, is one too.
  let level = count;
  for (let ahead = count, depth = count; level > 0; ahead++) {
    const kind = cursor.peek(ahead);
    if (kind === T.end) break;
    if (kind === T.leftParen) depth++;
    else if (kind === T.rightParen && --depth < level) {
      level--;
      const next = cursor.peek(ahead + 1);
      if (level > 0 && next !== T.rightParen && !continuesQuery(cursor, ahead + 1)) break;
    }
  }
  return level;
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
function nested(cursor: Cursor, role: BlockRole): Query {
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
export function continuesQuery(cursor: Cursor, ahead = 0): boolean {
  switch (cursor.word(ahead)) {
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
  // Parentheses left open were noted where more was expected; leave their groups.
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
