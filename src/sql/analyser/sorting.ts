/** ORDER BY and GROUP BY lists, LIMIT. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Limit, LimitValue, Sorting } from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expressions.ts";
import { decodeBytes } from "./nodes.ts";
import { P } from "./operators.ts";

/** `a, b DESC, ...`; BY is passed. */
export function parseSortings(cursor: Cursor): Sorting[] {
  const list: Sorting[] = [];
  do {
    const expression = cursor.root(parseExpression(cursor, P.lowest));
    const direction = cursor.take(K.ASC) ? "asc" : cursor.take(K.DESC) ? "desc" : undefined;
    list.push({ start: expression.start, end: cursor.endFrom(expression.start), expression, direction });
  } while (cursor.takeKind(T.comma));
  return list;
}

/** `GROUPING SETS ((a, b), (a), ())`, of which GROUPING is next: all their expressions. */
export function parseGroupingSets(cursor: Cursor): Sorting[] {
  const all: Sorting[] = [];
  cursor.at += 2;
  cursor.expectKind(T.leftParen);
  do {
    if (cursor.peek() === T.leftParen && cursor.peek(1) === T.rightParen) cursor.at += 2;
    else if (cursor.takeKind(T.leftParen)) {
      all.push(...parseSortings(cursor));
      cursor.closeParen();
    } else all.push(...parseSortings(cursor));
  } while (cursor.takeKind(T.comma));
  cursor.closeParen();
  return all;
}

/** `ORDER BY ...` where it is next. */
export function parseOrderBy(cursor: Cursor): Sorting[] | undefined {
  if (cursor.word() !== K.ORDER) return undefined;
  cursor.at++;
  cursor.expect(K.BY);
  const clause = cursor.clause;
  cursor.clause = "order-by";
  const list = parseSortings(cursor);
  cursor.clause = clause;
  return list;
}

/** `LIMIT n`, `LIMIT m, n`, `LIMIT n OFFSET m`; also the standard's OFFSET and FETCH, which MariaDB has. */
export function parseLimit(cursor: Cursor): Limit | undefined {
  if (cursor.word() === K.LIMIT) return parseLimitClause(cursor);
  if (cursor.word() === K.FETCH || cursor.word() === K.OFFSET && isValue(cursor, 1)) {
    return parseFetch(cursor);
  }
  return undefined;
}

function parseLimitClause(cursor: Cursor): Limit {
  const start = cursor.start();
  cursor.at++;
  if (cursor.word() === K.ROWS) {
    const rowsExamined = parseRowsExamined(cursor);
    return {
      start,
      end: cursor.lastEnd(),
      count: { ...noValue(cursor), value: Infinity },
      offset: undefined,
      rowsExamined,
    };
  }
  let count = parseLimitValue(cursor);
  let offset: LimitValue | undefined;
  if (cursor.takeKind(T.comma)) {
    offset = count;
    count = parseLimitValue(cursor);
  } else if (cursor.take(K.OFFSET)) {
    offset = parseLimitValue(cursor);
  }
  const rowsExamined = cursor.word() === K.ROWS ? parseRowsExamined(cursor) : undefined;
  return { start, end: cursor.endFrom(start), count, offset, rowsExamined };
}

function parseRowsExamined(cursor: Cursor): LimitValue {
  cursor.at++;
  if (!cursor.takeSpelled("EXAMINED")) cursor.unexpected();
  return parseLimitValue(cursor);
}

/** `[OFFSET n ROWS] FETCH {FIRST | NEXT} n ROWS {ONLY | WITH TIES}` */
function parseFetch(cursor: Cursor): Limit {
  const start = cursor.start();
  let offset: LimitValue | undefined;
  let count: LimitValue = { ...noValue(cursor), value: Infinity };
  if (cursor.take(K.OFFSET)) {
    offset = parseLimitValue(cursor);
    if (cursor.word() === K.ROW || cursor.word() === K.ROWS) cursor.at++;
  }
  if (cursor.take(K.FETCH)) {
    if (cursor.word() === K.FIRST || cursor.word() === K.NEXT) cursor.at++;
    else cursor.unexpected();
    count = isValue(cursor, 0) ? parseLimitValue(cursor) : { ...noValue(cursor), value: 1 };
    if (cursor.word() === K.ROW || cursor.word() === K.ROWS) cursor.at++;
    if (!cursor.take(K.ONLY)) cursor.take2(K.WITH, K.TIES);
  }
  return { start, end: cursor.endFrom(start), count, offset, rowsExamined: undefined };
}

function isValue(cursor: Cursor, ahead: number): boolean {
  const kind = cursor.peek(ahead);
  return kind === T.integer || kind === T.placeholder || kind === T.userVariable;
}

function noValue(cursor: Cursor): LimitValue {
  return { start: cursor.lastEnd(), end: cursor.lastEnd(), value: undefined, placeholder: false };
}

function parseLimitValue(cursor: Cursor): LimitValue {
  const kind = cursor.peek();
  const index = cursor.at;
  if (kind === T.end) {
    cursor.unexpected();
    return noValue(cursor);
  }
  const start = cursor.starts[index]!;
  const end = cursor.ends[index]!;
  if (kind === T.integer || kind === T.hexLiteral || kind === T.decimal || kind === T.float) {
    cursor.at++;
    return { start, end, value: Number(decodeBytes(cursor.source, start, end)), placeholder: false };
  }
  if (kind === T.placeholder) {
    cursor.at++;
    return { start, end, value: undefined, placeholder: true };
  }
  // A stored program's variable, or text that MySQL would refuse.
  const expression = parseExpression(cursor, P.lowest);
  return { start: expression.start, end: expression.end, value: undefined, placeholder: false };
}
