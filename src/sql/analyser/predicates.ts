/** The operators that give a truth: comparisons, IS, LIKE, BETWEEN and IN. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Comparison, Expression, InList, Matching } from "../statement.ts";
import { NONE } from "./block.ts";
import { Cursor } from "./cursor.ts";
import { parseExpression } from "./expressions.ts";
import { P } from "./operators.ts";
import { joinParens, subquery } from "./query.ts";

/** Items of an IN list that are kept as nodes whatever they are. */
const KEPT_ITEMS = 256;

/** `NOT IN`, `NOT LIKE` and so on. */
export function parseNegated(cursor: Cursor, left: Expression, power: number): Expression | undefined {
  if (power > P.predicate) return undefined;
  switch (cursor.word(1)) {
    case K.IN:
      cursor.at++;
      return parseIn(cursor, left, true);
    case K.LIKE:
      cursor.at++;
      return parseMatching(cursor, left, "like", true);
    case K.REGEXP:
    case K.RLIKE:
      cursor.at++;
      return parseMatching(cursor, left, "regexp", true);
    case K.BETWEEN:
      cursor.at++;
      return parseBetween(cursor, left, true);
    default:
      return undefined;
  }
}

export function parseComparison(
  cursor: Cursor,
  left: Expression,
  power: number,
  operator: Comparison["operator"],
): Expression | undefined {
  if (power > P.comparison) return undefined;
  const clause = cursor.clause;
  const block = cursor.block;
  cursor.at++;
  let quantifier: Comparison["quantifier"];
  let right: Expression;
  const word = cursor.word();
  if ((word === K.ALL || word === K.ANY || word === K.SOME) && cursor.peek(1) === T.leftParen) {
    quantifier = word === K.ALL ? "all" : "any";
    cursor.at++;
    right = subquery(cursor, "quantified", false);
  } else {
    right = parseExpression(cursor, P.comparison + 1);
  }
  const node: Comparison = {
    type: "comparison",
    start: left.start,
    end: right.end,
    clause,
    block,
    operator,
    left,
    right,
    quantifier,
  };
  cursor.predicates.push(node);
  return node;
}

export function parseIs(cursor: Cursor, left: Expression, power: number): Expression | undefined {
  if (power > P.comparison) return undefined;
  cursor.at++;
  const negated = cursor.take(K.NOT);
  let test: "null" | "true" | "false" | "unknown" | "json" = "null";
  switch (cursor.word()) {
    case K.NULL:
      break;
    case K.TRUE:
      test = "true";
      break;
    case K.FALSE:
      test = "false";
      break;
    case K.UNKNOWN:
      test = "unknown";
      break;
    case K.JSON:
      test = "json";
      break;
    default:
      cursor.unexpected();
      return { type: "opaque", start: left.start, end: cursor.endFrom(left.start) };
  }
  cursor.at++;
  const node = {
    type: "is",
    start: left.start,
    end: cursor.lastEnd(),
    clause: cursor.clause,
    block: cursor.block,
    negated,
    value: left,
    test,
  } as const;
  cursor.predicates.push(node);
  return node;
}

export function parseMatching(
  cursor: Cursor,
  left: Expression,
  operator: Matching["operator"],
  negated: boolean,
): Expression {
  cursor.at++;
  if (operator === "member-of") cursor.take(K.OF);
  const clause = cursor.clause;
  const block = cursor.block;
  const pattern = parseExpression(cursor, operator === "regexp" ? P.bitOr : P.concat);
  const escape = operator === "like" && cursor.take(K.ESCAPE) ? parseExpression(cursor, P.concat) : undefined;
  const node: Matching = {
    type: "matching",
    start: left.start,
    end: cursor.lastEnd(),
    clause,
    block,
    operator,
    negated,
    left,
    pattern,
    escape,
  };
  cursor.predicates.push(node);
  return node;
}

export function parseBetween(cursor: Cursor, left: Expression, negated: boolean): Expression {
  cursor.at++;
  const clause = cursor.clause;
  const block = cursor.block;
  const low = parseExpression(cursor, P.bitOr);
  cursor.expect(K.AND);
  const high = parseExpression(cursor, P.predicate);
  const node = {
    type: "between",
    start: left.start,
    end: high.end,
    clause,
    block,
    negated,
    value: left,
    low,
    high,
  } as const;
  cursor.predicates.push(node);
  return node;
}

export function parseIn(cursor: Cursor, left: Expression, negated: boolean): Expression {
  cursor.at++;
  const clause = cursor.clause;
  const block = cursor.block;
  let items: readonly Expression[] = NONE;
  let query: InList["query"];
  let count = 0;
  let hasNull = false;
  // `IN ((SELECT 1) UNION SELECT 2)` too, but `IN ((SELECT 1), 2)` is a list.
  if (cursor.peek() === T.leftParen && joinParens(cursor) === 0) {
    query = subquery(cursor, "in", false).query;
  } else if (cursor.takeKind(T.leftParen)) {
    const kept: Expression[] = [];
    items = kept;
    while (!cursor.done() && cursor.peek() !== T.rightParen) {
      count++;
      if (kept.length >= KEPT_ITEMS && isPlainItem(cursor)) {
        if (cursor.word() === K.NULL) hasNull = true;
        cursor.at++;
      } else {
        const item = parseExpression(cursor, P.lowest);
        if (item.type === "null") hasNull = true;
        kept.push(item);
      }
      if (!cursor.takeKind(T.comma)) break;
    }
    cursor.closeParen();
  } else {
    // `IN ?`, `IN :ids`, and vtgate's `IN ::ids`: a list bound as a whole.
    const item = parseExpression(cursor, P.bitOr);
    items = [item];
    count = 1;
  }
  const node: InList = {
    type: "in",
    start: left.start,
    end: cursor.lastEnd(),
    clause,
    block,
    negated,
    left,
    items,
    count,
    hasNull,
    query,
  };
  cursor.predicates.push(node);
  return node;
}

/** Whether a literal that is a whole list item is next. */
function isPlainItem(cursor: Cursor): boolean {
  const after = cursor.peek(1);
  if (after !== T.comma && after !== T.rightParen) return false;
  const kind = cursor.peek();
  return kind === T.integer || kind === T.string || kind === T.decimal || kind === T.placeholder ||
    kind === T.float || kind === T.hexLiteral || kind === T.keyword && cursor.word() === K.NULL;
}
