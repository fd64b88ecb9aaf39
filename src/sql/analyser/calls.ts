/** Function calls: arguments with the words some functions have among them, and OVER. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Call, Expression, Identifier, Sorting } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expressions.ts";
import { QualifiedName } from "./nodes.ts";
import { P } from "./operators.ts";
import { parseSortings } from "./sorting.ts";

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
export function parseCall(cursor: Cursor, schema: Identifier | undefined, name: Identifier): Expression {
  const start = (schema ?? name).start;
  const key = name.key;
  const clause = cursor.clause;
  const block = cursor.block;
  if (schema === undefined && (key === "cast" || key === "convert") && cursor.peek() === T.leftParen) {
    return parseCast(cursor, start, key);
  }
  let args: readonly Expression[] = NONE;
  let distinct = false;
  let orderBy: readonly Sorting[] = NONE;
  if (cursor.takeKind(T.leftParen)) {
    if (cursor.word() === K.DISTINCT || cursor.word() === K.DISTINCTROW) {
      distinct = true;
      cursor.at++;
    } else if (cursor.word() === K.ALL) {
      cursor.at++;
    }
    if (cursor.peek() === T.rightParen) {
      cursor.at++;
    } else {
      const list: Expression[] = [];
      args = list;
      parseArguments(cursor, key, list);
      if (cursor.word() === K.ORDER && cursor.word(1) === K.BY) {
        cursor.at += 2;
        orderBy = parseSortings(cursor);
      }
      if (cursor.take(K.SEPARATOR)) list.push(parseExpression(cursor, P.bitOr));
      // MariaDB: LIMIT in GROUP_CONCAT; JSON_VALUE's and JSON_OBJECT's words.
      if (cursor.peek() !== T.rightParen && WORDY.has(cursor.word())) cursor.skipToClose();
      cursor.closeParen();
    }
  }
  if (cursor.word() === K.RESPECT || cursor.word() === K.IGNORE && cursor.word(1) === K.NULLS) cursor.at += 2;
  if (
    cursor.word() === K.FROM && (cursor.word(1) === K.FIRST || cursor.word(1) === K.LAST) &&
    key === "nth_value"
  ) {
    cursor.at += 2;
  }
  const windowed = cursor.word() === K.OVER && (cursor.peek(1) === T.leftParen || cursor.isName(1));
  const aggregate = !windowed && schema === undefined && AGGREGATES.has(key);
  if (aggregate) cursor.aggregates++;
  const node: Call = {
    type: "call",
    start,
    end: cursor.lastEnd(),
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
  cursor.calls.push(node);
  const [sequence] = args;
  if (schema === undefined && sequence?.type === "column" && SEQUENCE_FUNCTIONS.has(key)) {
    cursor.readTable(new QualifiedName(sequence.table, sequence.name));
  }
  if (windowed) {
    cursor.at++;
    parseWindow(cursor);
  }
  return node;
}

/** MariaDB's functions that take a sequence by its name. */
const SEQUENCE_FUNCTIONS: ReadonlySet<string> = new Set(["nextval", "lastval", "setval"]);

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

function parseArguments(cursor: Cursor, key: string, list: Expression[]): void {
  if (
    key === "trim" &&
    (cursor.word() === K.LEADING || cursor.word() === K.TRAILING || cursor.word() === K.BOTH)
  ) {
    cursor.at++;
    if (cursor.take(K.FROM)) {
      list.push(parseExpression(cursor, P.lowest));
      return;
    }
  }
  if (key === "json_duality_object") return parseDualityPairs(cursor, list);
  // In POSITION(a IN b) the word is not the operator.
  list.push(parseExpression(cursor, key === "position" ? P.bitOr : P.lowest));
  for (;;) {
    if (cursor.takeKind(T.comma)) {
      list.push(parseExpression(cursor, P.lowest));
      continue;
    }
    switch (cursor.word()) {
      case K.FROM:
      case K.FOR:
        cursor.at++;
        list.push(parseExpression(cursor, P.lowest));
        continue;
      case K.IN:
        cursor.at++;
        list.push(parseExpression(cursor, P.lowest));
        continue;
      case K.USING:
        cursor.at++;
        if (!cursor.done()) cursor.at++;
        return;
      case K.AS:
        // WEIGHT_STRING(x AS CHAR(3)); its LEVEL clause goes too.
        cursor.skipToClose();
        return;
      case K.VALUE:
        // JSON_OBJECT(KEY a VALUE b)
        cursor.at++;
        list.push(parseExpression(cursor, P.lowest));
        continue;
    }
    if (cursor.peek() === T.colon) {
      // JSON_DUALITY_OBJECT('key': value)
      cursor.at++;
      list.push(parseExpression(cursor, P.lowest));
      continue;
    }
    return;
  }
}

/** `CAST(x AS type)`, `CONVERT(x, type)`, `CONVERT(x USING charset)`. */
function parseCast(cursor: Cursor, start: number, key: string): Expression {
  cursor.at++;
  const value = parseExpression(cursor, P.lowest);
  if (cursor.word() === K.AT) {
    // CAST(x AT TIME ZONE '+00:00' AS DATETIME)
    while (!cursor.done() && cursor.word() !== K.AS && cursor.peek() !== T.rightParen) cursor.at++;
  }
  const using = key === "convert" && cursor.take(K.USING);
  if (!using) {
    if (key === "cast") cursor.expect(K.AS);
    else cursor.expectKind(T.comma);
  }
  const from = cursor.at;
  cursor.skipToClose();
  const target = cursor.wordsBetween(from, cursor.at).toLowerCase().replace(/ ?([(),]) ?/g, "$1");
  cursor.closeParen();
  return { type: "cast", start, end: cursor.endFrom(start), value, target, using };
}

/** `OVER name` or `OVER (name PARTITION BY ... ORDER BY ... frame)`; OVER is passed. */
export function parseWindow(cursor: Cursor): void {
  const clause = cursor.clause;
  cursor.clause = "window";
  if (cursor.takeKind(T.leftParen)) {
    if (cursor.isName() && cursor.word() !== K.RANGE) cursor.at++;
    if (cursor.take2(K.PARTITION, K.BY)) parseSortings(cursor);
    if (cursor.take2(K.ORDER, K.BY)) parseSortings(cursor);
    // The frame, whose bounds are numbers, placeholders or intervals.
    if (cursor.peek() !== T.rightParen) cursor.skipToClose();
    cursor.closeParen();
  } else {
    cursor.name();
  }
  cursor.clause = clause;
}

/** `[WITH (INSERT, UPDATE, DELETE)] 'key': value, ...` of JSON_DUALITY_OBJECT. */
function parseDualityPairs(cursor: Cursor, list: Expression[]): void {
  if (cursor.take(K.WITH)) cursor.passGroup();
  do {
    list.push(parseExpression(cursor, P.lowest));
    cursor.expectKind(T.colon);
    list.push(parseExpression(cursor, P.lowest));
  } while (cursor.takeKind(T.comma));
}
