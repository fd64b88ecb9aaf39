/** Operands that begin with a keyword: CASE, INTERVAL, EXISTS, literals spelled as words, and keywords that are names. */

import * as K from "../keyword_ids.ts";
import type { ColumnReference, Expression } from "../statement.ts";
import { T } from "../tokens.ts";
import { parseCall } from "./calls.ts";
import { extend, parseExpression } from "./expressions.ts";
import { Name, type StringNode } from "./nodes.ts";
import { column, opaque, parseColumnName, parseNamed, stringNode } from "./operands.ts";
import { P } from "./operators.ts";
import { subquery } from "./select.ts";
import type { Walk } from "./walk.ts";

/** An operand that begins with a keyword. */
export function parseWord(walk: Walk): Expression {
  const index = walk.at;
  const start = walk.starts[index]!;
  const keyword = walk.word();
  const next = walk.peek(1);
  switch (keyword) {
    case K.NULL:
      walk.at++;
      return { type: "null", start, end: walk.ends[index]! };
    case K.TRUE:
    case K.FALSE:
      walk.at++;
      return { type: "boolean", start, end: walk.ends[index]!, value: keyword === K.TRUE };
    case K.NOT: {
      // Each pair of NOTs normalises to truth, which none of the rules can tell from the value itself.
      let negations = 0;
      while (walk.take(K.NOT)) negations++;
      let operand = parseExpression(walk, walk.options.highNotPrecedence ? P.unary : P.not);
      for (let count = negations > 2 ? 2 - negations % 2 : negations; count > 0; count--) {
        operand = { type: "unary", start, end: operand.end, operator: "not", operand };
      }
      return operand;
    }
    case K.BINARY: {
      walk.at++;
      const operand = parseExpression(walk, P.unary);
      return { type: "unary", start, end: operand.end, operator: "binary", operand };
    }
    case K.EXISTS:
      if (next !== T.leftParen) break;
      walk.at++;
      return subquery(walk, "exists", true, start);
    case K.CASE:
      return parseCase(walk);
    case K.INTERVAL:
      return parseInterval(walk);
    case K.DATE:
    case K.TIME:
    case K.TIMESTAMP:
      if (next === T.string) {
        walk.at++;
        const literal = stringNode(walk) as StringNode;
        const form = keyword === K.DATE ? "date" : keyword === K.TIME ? "time" : "timestamp";
        return { type: "temporal", start, end: literal.end, form, value: literal.value };
      }
      break;
    case K.ROW:
      if (next === T.leftParen) {
        walk.at++;
        return parseRow(walk, start);
      }
      break;
    case K.DEFAULT:
      walk.at++;
      return parseDefault(walk, "default", start);
    case K.VALUES:
      if (next === T.leftParen) {
        walk.at++;
        return parseDefault(walk, "values", start);
      }
      break;
    case K.VALUE:
      if (next === T.leftParen && walk.clause === "on-duplicate") {
        walk.at++;
        return parseDefault(walk, "values", start);
      }
      break;
    case K.MATCH:
      return parseMatch(walk);
    case K.NEXT:
      if (walk.word(1) === K.VALUE && walk.word(2) === K.FOR) return parseNextValue(walk);
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
      if (next !== T.leftParen) return parseCall(walk, undefined, walk.takeName());
      break;
  }
  if (next === T.leftParen) return parseCall(walk, undefined, walk.takeName());
  if (walk.isName()) return parseNamed(walk);
  // Units of EXTRACT and the like are reserved words that stand where an expression may.
  if (isUnit(keyword)) return column(walk, undefined, undefined, walk.takeName());
  // A reserved word before a dot can only be a name: MySQL refuses it, older servers may not.
  if (next === T.dot) return parseNamed(walk);
  return opaque(walk);
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

function parseCase(walk: Walk): Expression {
  const start = walk.start();
  walk.at++;
  const value = walk.word() === K.WHEN ? undefined : parseExpression(walk, P.lowest);
  const branches = [];
  while (walk.take(K.WHEN)) {
    const when = parseExpression(walk, P.lowest);
    walk.expect(K.THEN);
    const then = parseExpression(walk, P.lowest);
    branches.push({ when, then });
  }
  const otherwise = walk.take(K.ELSE) ? parseExpression(walk, P.lowest) : undefined;
  walk.expect(K.END);
  return { type: "case", start, end: walk.endFrom(start), value, branches, otherwise };
}

/** `INTERVAL 1 DAY`, and the function INTERVAL(n, ...). */
function parseInterval(walk: Walk): Expression {
  const start = walk.start();
  const name = walk.takeName();
  if (walk.peek() === T.leftParen) {
    const row = parseRow(walk, start);
    if (row.type === "row" && row.items.length > 1) {
      const call = {
        type: "call",
        start,
        end: row.end,
        clause: walk.clause,
        block: walk.block,
        schema: undefined,
        name,
        key: name.key,
        args: row.items,
        distinct: false,
        aggregate: false,
        windowed: false,
        orderBy: [],
      } as const;
      walk.calls.push(call);
      return call;
    }
    const value = extend(walk, row.type === "row" && row.items.length === 1 ? row.items[0]! : row, P.lowest);
    return { type: "interval", start, value, unit: unitOf(walk), end: walk.lastEnd() };
  }
  const value = parseExpression(walk, P.lowest);
  return { type: "interval", start, value, unit: unitOf(walk), end: walk.lastEnd() };
}

function unitOf(walk: Walk): string {
  const kind = walk.peek();
  if (kind !== T.keyword && kind !== T.identifier) {
    walk.unexpected();
    return "";
  }
  return walk.takeName().text.toUpperCase();
}

/** `(a, b, ...)` as a list, whatever its length. */
function parseRow(walk: Walk, start: number): Expression {
  walk.at++;
  const items: Expression[] = [];
  while (!walk.done() && walk.peek() !== T.rightParen) {
    items.push(parseExpression(walk, P.lowest));
    if (!walk.takeKind(T.comma)) break;
  }
  walk.closeParen();
  return { type: "row", start, end: walk.endFrom(start), items };
}

function parseDefault(walk: Walk, type: "default" | "values", start: number): Expression {
  let named: ColumnReference | undefined;
  if (walk.takeKind(T.leftParen)) {
    named = parseColumnName(walk);
    walk.closeParen();
  }
  return { type, start, end: walk.endFrom(start), clause: walk.clause, block: walk.block, column: named };
}

/** `MATCH (a, b) AGAINST ('x' IN BOOLEAN MODE)`. */
function parseMatch(walk: Walk): Expression {
  const start = walk.start();
  const clause = walk.clause;
  const block = walk.block;
  walk.at++;
  const parenthesised = walk.takeKind(T.leftParen);
  const columns = [parseExpression(walk, P.bitOr)];
  while (walk.takeKind(T.comma)) columns.push(parseExpression(walk, P.bitOr));
  if (parenthesised) walk.closeParen();
  walk.expect(K.AGAINST);
  walk.expectKind(T.leftParen);
  const against = parseExpression(walk, P.bitOr);
  // IN NATURAL LANGUAGE MODE, IN BOOLEAN MODE, WITH QUERY EXPANSION
  if (walk.word() === K.IN || walk.word() === K.WITH) walk.skipToClose();
  walk.closeParen();
  return { type: "match", start, end: walk.endFrom(start), clause, block, columns, against };
}

/** MariaDB's and Vitess's sequences. */
function parseNextValue(walk: Walk): Expression {
  const start = walk.start();
  const name = new Name(walk.source, start, walk.ends[walk.at + 2]!, false);
  walk.at += 3;
  const sequence = walk.objectName();
  const call = {
    type: "call",
    start,
    end: sequence.end,
    clause: walk.clause,
    block: walk.block,
    schema: undefined,
    name,
    key: "nextval",
    args: [column(walk, undefined, sequence.schema, sequence.name)],
    distinct: false,
    aggregate: false,
    windowed: false,
    orderBy: [],
  } as const;
  walk.calls.push(call);
  return call;
}
