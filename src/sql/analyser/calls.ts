/** Function calls: arguments with the words some functions have among them, and OVER. */

import * as K from "../keyword_ids.ts";
import type { Call, Expression, Identifier, Sorting } from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseExpression } from "./expressions.ts";
import { P } from "./operators.ts";
import { parseSortings } from "./sorting.ts";
import type { Walk } from "./walk.ts";

const AGGREGATES: ReadonlySet<string> = new Set([
  "any_value",
  "avg",
  "bit_and",
  "bit_or",
  "bit_xor",
  "count",
  "group_concat",
  "json_arrayagg",
  "json_objectagg",
  "max",
  "min",
  "st_collect",
  "std",
  "stddev",
  "stddev_pop",
  "stddev_samp",
  "sum",
  "variance",
  "var_pop",
  "var_samp",
]);

/** A call whose name is passed. Without parentheses it is one of the functions that need none. */
export function parseCall(walk: Walk, schema: Identifier | undefined, name: Identifier): Expression {
  const start = (schema ?? name).start;
  const key = name.key;
  const clause = walk.clause;
  const block = walk.block;
  if (schema === undefined && (key === "cast" || key === "convert") && walk.peek() === T.leftParen) {
    return parseCast(walk, start, key);
  }
  let args: readonly Expression[] = NONE;
  let distinct = false;
  let orderBy: readonly Sorting[] = NONE;
  if (walk.takeKind(T.leftParen)) {
    if (walk.word() === K.DISTINCT || walk.word() === K.DISTINCTROW) {
      distinct = true;
      walk.at++;
    } else if (walk.word() === K.ALL) {
      walk.at++;
    }
    if (walk.peek() === T.rightParen) {
      walk.at++;
    } else {
      const list: Expression[] = [];
      args = list;
      parseArguments(walk, key, list);
      if (walk.word() === K.ORDER && walk.word(1) === K.BY) {
        walk.at += 2;
        orderBy = parseSortings(walk);
      }
      if (walk.take(K.SEPARATOR)) list.push(parseExpression(walk, P.bitOr));
      // MariaDB: LIMIT in GROUP_CONCAT; JSON_VALUE's and JSON_OBJECT's words.
      if (walk.peek() !== T.rightParen && WORDY.has(walk.word())) walk.skipToClose();
      walk.closeParen();
    }
  }
  if (walk.word() === K.RESPECT || walk.word() === K.IGNORE && walk.word(1) === K.NULLS) walk.at += 2;
  if (
    walk.word() === K.FROM && (walk.word(1) === K.FIRST || walk.word(1) === K.LAST) && key === "nth_value"
  ) {
    walk.at += 2;
  }
  const windowed = walk.word() === K.OVER && (walk.peek(1) === T.leftParen || walk.isName(1));
  const aggregate = !windowed && schema === undefined && AGGREGATES.has(key);
  if (aggregate) walk.aggregates++;
  const node: Call = {
    type: "call",
    start,
    end: walk.lastEnd(),
    clause,
    block,
    schema,
    name,
    key,
    args,
    distinct,
    aggregate,
    windowed,
    orderBy,
  };
  walk.calls.push(node);
  if (windowed) {
    walk.at++;
    parseWindow(walk);
  }
  return node;
}

/** Words that may stand after the arguments of JSON functions, of MariaDB's GROUP_CONCAT, and of CHAR. */
const WORDY: ReadonlySet<number> = new Set([
  K.RETURNING,
  K.ABSENT,
  K.NULL,
  K.ERROR,
  K.DEFAULT,
  K.LIMIT,
  K.ON,
  K.AT,
]);

function parseArguments(walk: Walk, key: string, list: Expression[]): void {
  if (key === "trim" && (walk.word() === K.LEADING || walk.word() === K.TRAILING || walk.word() === K.BOTH)) {
    walk.at++;
    if (walk.take(K.FROM)) {
      list.push(parseExpression(walk, P.lowest));
      return;
    }
  }
  // In POSITION(a IN b) the word is not the operator.
  list.push(parseExpression(walk, key === "position" ? P.bitOr : P.lowest));
  for (;;) {
    if (walk.takeKind(T.comma)) {
      list.push(parseExpression(walk, P.lowest));
      continue;
    }
    switch (walk.word()) {
      case K.FROM:
      case K.FOR:
        walk.at++;
        list.push(parseExpression(walk, P.lowest));
        continue;
      case K.IN:
        walk.at++;
        list.push(parseExpression(walk, P.lowest));
        continue;
      case K.USING:
        walk.at++;
        if (!walk.done()) walk.at++;
        return;
      case K.AS:
        // WEIGHT_STRING(x AS CHAR(3)); its LEVEL clause goes too.
        walk.skipToClose();
        return;
      case K.VALUE:
        // JSON_OBJECT(KEY a VALUE b)
        walk.at++;
        list.push(parseExpression(walk, P.lowest));
        continue;
    }
    if (walk.peek() === T.colon) {
      // JSON_DUALITY_OBJECT('key': value)
      walk.at++;
      list.push(parseExpression(walk, P.lowest));
      continue;
    }
    return;
  }
}

/** `CAST(x AS type)`, `CONVERT(x, type)`, `CONVERT(x USING charset)`. */
function parseCast(walk: Walk, start: number, key: string): Expression {
  walk.at++;
  const value = parseExpression(walk, P.lowest);
  if (walk.word() === K.AT) {
    // CAST(x AT TIME ZONE '+00:00' AS DATETIME)
    while (!walk.done() && walk.word() !== K.AS && walk.peek() !== T.rightParen) walk.at++;
  }
  const using = key === "convert" && walk.take(K.USING);
  if (!using) {
    if (key === "cast") walk.expect(K.AS);
    else walk.expectKind(T.comma);
  }
  const from = walk.at;
  walk.skipToClose();
  const target = walk.wordsBetween(from, walk.at).toLowerCase().replace(/ ?([(),]) ?/g, "$1");
  walk.closeParen();
  return { type: "cast", start, end: walk.endFrom(start), value, target, using };
}

/** `OVER name` or `OVER (name PARTITION BY ... ORDER BY ... frame)`; OVER is passed. */
export function parseWindow(walk: Walk): void {
  const clause = walk.clause;
  walk.clause = "window";
  if (walk.takeKind(T.leftParen)) {
    if (walk.isName() && walk.word() !== K.RANGE) walk.at++;
    if (walk.take2(K.PARTITION, K.BY)) parseSortings(walk);
    if (walk.take2(K.ORDER, K.BY)) parseSortings(walk);
    // The frame, whose bounds are numbers, placeholders or intervals.
    if (walk.peek() !== T.rightParen) walk.skipToClose();
    walk.closeParen();
  } else {
    walk.name();
  }
  walk.clause = clause;
}
