/** Operands that begin with a keyword: CASE, INTERVAL, EXISTS, literals spelled as words, and keywords that are names. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { ColumnReference, Expression } from "../statement.ts";
import { parseCall } from "./calls.ts";
import type { Cursor } from "./cursor.ts";
import { extend, parseExpression } from "./expressions.ts";
import { Name, type StringNode } from "./nodes.ts";
import { column, opaque, parseColumnName, parseNamed, stringNode } from "./operands.ts";
import { P } from "./operators.ts";
import { subquery } from "./query.ts";

/** An operand that begins with a keyword. */
export function parseWord(cursor: Cursor): Expression {
  const index = cursor.at;
  const start = cursor.starts[index]!;
  const keyword = cursor.word();
  const next = cursor.peek(1);
  switch (keyword) {
    case K.NULL:
      cursor.at++;
      return { type: "null", start, end: cursor.ends[index]! };
    case K.TRUE:
    case K.FALSE:
      cursor.at++;
      return { type: "boolean", start, end: cursor.ends[index]!, value: keyword === K.TRUE };
    case K.NOT: {
      // Each pair of NOTs normalises to truth, which none of the rules can tell from the value itself.
      let negations = 0;
      while (cursor.take(K.NOT)) negations++;
      let operand = parseExpression(cursor, cursor.options.highNotPrecedence ? P.unary : P.not);
      for (let count = negations > 2 ? 2 - negations % 2 : negations; count > 0; count--) {
        operand = { type: "unary", start, end: operand.end, operator: "not", operand };
      }
      return operand;
    }
    case K.BINARY: {
      cursor.at++;
      const operand = parseExpression(cursor, P.unary);
      return { type: "unary", start, end: operand.end, operator: "binary", operand };
    }
    case K.EXISTS:
      if (next !== T.leftParen) break;
      cursor.at++;
      return subquery(cursor, "exists", true, start);
    case K.CASE:
      return parseCase(cursor);
    case K.INTERVAL:
      return parseInterval(cursor);
    case K.DATE:
    case K.TIME:
    case K.TIMESTAMP:
      if (next === T.string) {
        cursor.at++;
        const literal = stringNode(cursor) as StringNode;
        const form = keyword === K.DATE ? "date" : keyword === K.TIME ? "time" : "timestamp";
        return { type: "temporal", start, end: literal.end, form, value: literal.value };
      }
      break;
    case K.ROW:
      if (next === T.leftParen) {
        cursor.at++;
        return parseRow(cursor, start);
      }
      break;
    case K.DEFAULT:
      cursor.at++;
      return parseDefault(cursor, "default", start);
    case K.VALUES:
      if (next === T.leftParen) {
        cursor.at++;
        return parseDefault(cursor, "values", start);
      }
      break;
    case K.VALUE:
      if (next === T.leftParen && cursor.clause === "on-duplicate") {
        cursor.at++;
        return parseDefault(cursor, "values", start);
      }
      break;
    case K.MATCH:
      return parseMatch(cursor);
    case K.NEXT:
      if (cursor.word(1) === K.VALUE && cursor.word(2) === K.FOR) return parseNextValue(cursor);
      break;
    case K.CURRENT_TIMESTAMP:
    case K.CURRENT_DATE:
    case K.CURRENT_TIME:
    case K.CURRENT_USER:
    case K.LOCALTIME:
    case K.LOCALTIMESTAMP:
    case K.UTC_DATE:
    case K.UTC_TIME:
    case K.UTC_TIMESTAMP:
      if (next !== T.leftParen) return parseCall(cursor, undefined, cursor.takeName());
      break;
  }
  if (next === T.leftParen) return parseCall(cursor, undefined, cursor.takeName());
  if (cursor.isName()) return parseNamed(cursor);
  // Units of EXTRACT and the like are reserved words that stand where an expression may.
  if (isUnit(keyword)) return column(cursor, undefined, undefined, cursor.takeName());
  // A reserved word before a dot can only be a name: MySQL refuses it, older servers may not.
  if (next === T.dot) return parseNamed(cursor);
  return opaque(cursor);
}

function isUnit(keyword: number): boolean {
  switch (keyword) {
    case K.DAY_HOUR:
    case K.DAY_MICROSECOND:
    case K.DAY_MINUTE:
    case K.DAY_SECOND:
    case K.HOUR_MICROSECOND:
    case K.HOUR_MINUTE:
    case K.HOUR_SECOND:
    case K.MINUTE_MICROSECOND:
    case K.MINUTE_SECOND:
    case K.SECOND_MICROSECOND:
    case K.YEAR_MONTH:
    case K.MAXVALUE:
      return true;
    default:
      return false;
  }
}

function parseCase(cursor: Cursor): Expression {
  const start = cursor.start();
  cursor.at++;
  const value = cursor.word() === K.WHEN ? undefined : parseExpression(cursor, P.lowest);
  const branches = [];
  while (cursor.take(K.WHEN)) {
    const when = parseExpression(cursor, P.lowest);
    cursor.expect(K.THEN);
    const then = parseExpression(cursor, P.lowest);
    branches.push({ when, then });
  }
  const otherwise = cursor.take(K.ELSE) ? parseExpression(cursor, P.lowest) : undefined;
  cursor.expect(K.END);
  return { type: "case", start, end: cursor.endFrom(start), value, branches, otherwise };
}

/** `INTERVAL 1 DAY`, and the function INTERVAL(n, ...). */
function parseInterval(cursor: Cursor): Expression {
  const start = cursor.start();
  const name = cursor.takeName();
  if (cursor.peek() === T.leftParen) {
    const row = parseRow(cursor, start);
    if (row.type === "row" && row.items.length > 1) {
      const call = {
        type: "call",
        start,
        end: row.end,
        clause: cursor.clause,
        block: cursor.block,
        schema: undefined,
        name,
        key: name.key,
        args: row.items,
        distinct: false,
        aggregate: false,
        windowed: false,
        orderBy: [],
      } as const;
      cursor.calls.push(call);
      return call;
    }
    const value = extend(
      cursor,
      row.type === "row" && row.items.length === 1 ? row.items[0]! : row,
      P.lowest,
    );
    return { type: "interval", start, value, unit: unitOf(cursor), end: cursor.lastEnd() };
  }
  const value = parseExpression(cursor, P.lowest);
  return { type: "interval", start, value, unit: unitOf(cursor), end: cursor.lastEnd() };
}

function unitOf(cursor: Cursor): string {
  const kind = cursor.peek();
  if (kind !== T.keyword && kind !== T.identifier) {
    cursor.unexpected();
    return "";
  }
  return cursor.takeName().text.toUpperCase();
}

/** `(a, b, ...)` as a list, whatever its length. */
function parseRow(cursor: Cursor, start: number): Expression {
  cursor.at++;
  const items: Expression[] = [];
  while (!cursor.done() && cursor.peek() !== T.rightParen) {
    items.push(parseExpression(cursor, P.lowest));
    if (!cursor.takeKind(T.comma)) break;
  }
  cursor.closeParen();
  return { type: "row", start, end: cursor.endFrom(start), items };
}

function parseDefault(cursor: Cursor, type: "default" | "values", start: number): Expression {
  let named: ColumnReference | undefined;
  if (cursor.takeKind(T.leftParen)) {
    named = parseColumnName(cursor);
    cursor.closeParen();
  }
  return {
    type,
    start,
    end: cursor.endFrom(start),
    clause: cursor.clause,
    block: cursor.block,
    column: named,
  };
}

/** `MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE)`. */
function parseMatch(cursor: Cursor): Expression {
  const start = cursor.start();
  const clause = cursor.clause;
  const block = cursor.block;
  cursor.at++;
  const parenthesised = cursor.takeKind(T.leftParen);
  const columns = [parseExpression(cursor, P.bitOr)];
  while (cursor.takeKind(T.comma)) columns.push(parseExpression(cursor, P.bitOr));
  if (parenthesised) cursor.closeParen();
  cursor.expect(K.AGAINST);
  cursor.expectKind(T.leftParen);
  const against = parseExpression(cursor, P.bitOr);
  // IN NATURAL LANGUAGE MODE, IN BOOLEAN MODE, WITH QUERY EXPANSION
  if (cursor.word() === K.IN || cursor.word() === K.WITH) cursor.skipToClose();
  cursor.closeParen();
  return { type: "match", start, end: cursor.endFrom(start), clause, block, columns, against };
}

/** MariaDB's and Vitess's sequences. */
function parseNextValue(cursor: Cursor): Expression {
  const start = cursor.start();
  const name = new Name(cursor.source, start, cursor.ends[cursor.at + 2]!, false);
  cursor.at += 3;
  const sequence = cursor.objectName();
  cursor.readTable(sequence);
  const call = {
    type: "call",
    start,
    end: sequence.end,
    clause: cursor.clause,
    block: cursor.block,
    schema: undefined,
    name,
    key: "nextval",
    args: [column(cursor, undefined, sequence.schema, sequence.name)],
    distinct: false,
    aggregate: false,
    windowed: false,
    orderBy: [],
  } as const;
  cursor.calls.push(call);
  return call;
}
