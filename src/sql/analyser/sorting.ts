/** ORDER BY and GROUP BY lists, LIMIT. */

import * as K from "../keyword_ids.ts";
import type { Limit, LimitValue, Sorting } from "../statement.ts";
import { T } from "../tokens.ts";
import { parseExpression } from "./expressions.ts";
import { decodeBytes } from "./nodes.ts";
import { P } from "./operators.ts";
import type { Walk } from "./walk.ts";

/** `a, b DESC, ...`; BY is passed. */
export function parseSortings(walk: Walk): Sorting[] {
  const list: Sorting[] = [];
  do {
    const expression = walk.root(parseExpression(walk, P.lowest));
    const direction = walk.take(K.ASC) ? "asc" : walk.take(K.DESC) ? "desc" : undefined;
    list.push({ start: expression.start, end: walk.endFrom(expression.start), expression, direction });
  } while (walk.takeKind(T.comma));
  return list;
}

/** `ORDER BY ...` where it is next. */
export function parseOrderBy(walk: Walk): Sorting[] | undefined {
  if (walk.word() !== K.ORDER) return undefined;
  walk.at++;
  walk.expect(K.BY);
  const clause = walk.clause;
  walk.clause = "order-by";
  const list = parseSortings(walk);
  walk.clause = clause;
  return list;
}

/** `LIMIT n`, `LIMIT m, n`, `LIMIT n OFFSET m`; also the standard's OFFSET and FETCH, which MariaDB has. */
export function parseLimit(walk: Walk): Limit | undefined {
  if (walk.word() === K.LIMIT) return parseLimitClause(walk);
  if (walk.word() === K.FETCH || walk.word() === K.OFFSET && isValue(walk, 1)) return parseFetch(walk);
  return undefined;
}

function parseLimitClause(walk: Walk): Limit {
  const start = walk.start();
  walk.at++;
  if (walk.word() === K.ROWS) {
    const rowsExamined = parseRowsExamined(walk);
    return {
      start,
      end: walk.lastEnd(),
      count: { ...noValue(walk), value: Infinity },
      offset: undefined,
      rowsExamined,
    };
  }
  let count = parseLimitValue(walk);
  let offset: LimitValue | undefined;
  if (walk.takeKind(T.comma)) {
    offset = count;
    count = parseLimitValue(walk);
  } else if (walk.take(K.OFFSET)) {
    offset = parseLimitValue(walk);
  }
  const rowsExamined = walk.word() === K.ROWS ? parseRowsExamined(walk) : undefined;
  return { start, end: walk.endFrom(start), count, offset, rowsExamined };
}

function parseRowsExamined(walk: Walk): LimitValue {
  walk.at++;
  if (!walk.takeSpelled("EXAMINED")) walk.unexpected();
  return parseLimitValue(walk);
}

/** `[OFFSET n ROWS] FETCH {FIRST | NEXT} n ROWS {ONLY | WITH TIES}` */
function parseFetch(walk: Walk): Limit {
  const start = walk.start();
  let offset: LimitValue | undefined;
  let count: LimitValue = { ...noValue(walk), value: Infinity };
  if (walk.take(K.OFFSET)) {
    offset = parseLimitValue(walk);
    if (walk.word() === K.ROW || walk.word() === K.ROWS) walk.at++;
  }
  if (walk.take(K.FETCH)) {
    if (walk.word() === K.FIRST || walk.word() === K.NEXT) walk.at++;
    else walk.unexpected();
    count = isValue(walk, 0) ? parseLimitValue(walk) : { ...noValue(walk), value: 1 };
    if (walk.word() === K.ROW || walk.word() === K.ROWS) walk.at++;
    if (!walk.take(K.ONLY)) walk.take2(K.WITH, K.TIES);
  }
  return { start, end: walk.endFrom(start), count, offset, rowsExamined: undefined };
}

function isValue(walk: Walk, ahead: number): boolean {
  const kind = walk.peek(ahead);
  return kind === T.integer || kind === T.placeholder || kind === T.userVariable;
}

function noValue(walk: Walk): LimitValue {
  return { start: walk.lastEnd(), end: walk.lastEnd(), value: undefined, placeholder: false };
}

function parseLimitValue(walk: Walk): LimitValue {
  const kind = walk.peek();
  const index = walk.at;
  if (kind === T.end) {
    walk.unexpected();
    return noValue(walk);
  }
  const start = walk.starts[index]!;
  const end = walk.ends[index]!;
  if (kind === T.integer || kind === T.hexLiteral || kind === T.decimal || kind === T.float) {
    walk.at++;
    return { start, end, value: Number(decodeBytes(walk.source, start, end)), placeholder: false };
  }
  if (kind === T.placeholder) {
    walk.at++;
    return { start, end, value: undefined, placeholder: true };
  }
  // A stored program's variable, or text that MySQL would refuse.
  const expression = parseExpression(walk, P.lowest);
  return { start: expression.start, end: expression.end, value: undefined, placeholder: false };
}
