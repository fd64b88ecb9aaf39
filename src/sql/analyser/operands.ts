/** Operands of expressions: literals, names, variables, calls, parentheses, prefix operators. */

import { T } from "../lexer/tokens.ts";
import type { ColumnReference, Expression, Identifier, VariableScope } from "../statement.ts";
import { parseCall } from "./calls.ts";
import type { Cursor } from "./cursor.ts";
import { extend, noteLong, parseExpression } from "./expressions.ts";
import { BinaryNode, decodeBytes, decodeQuoted, NumberNode, StringNode } from "./nodes.ts";
import { P } from "./operators.ts";
import { continuesQuery, continueSubquery, startsQuery, subquery } from "./query.ts";
import { parseWord } from "./words.ts";

/** One operand with its prefix operators. Never passes a token that cannot belong to an expression. */
export function parseOperand(cursor: Cursor): Expression {
  const kind = cursor.peek();
  switch (kind) {
    case T.identifier:
    case T.quotedIdentifier:
      return parseNamed(cursor);
    case T.integer:
      return numberNode(cursor, "integer");
    case T.decimal:
      return numberNode(cursor, "decimal");
    case T.float:
      return numberNode(cursor, "float");
    case T.string:
    case T.nationalString:
    case T.dollarString:
      return stringNode(cursor);
    case T.charsetIntroducer:
      return introduced(cursor);
    case T.hexLiteral:
    case T.bitLiteral: {
      const index = cursor.at++;
      const type = kind === T.hexLiteral ? "hex" : "bit";
      return new BinaryNode(cursor.source, cursor.starts[index]!, cursor.ends[index]!, type);
    }
    case T.placeholder: {
      const index = cursor.at++;
      return { type: "placeholder", start: cursor.starts[index]!, end: cursor.ends[index]! };
    }
    case T.userVariable:
      return userVariable(cursor);
    case T.systemVariable:
      return systemVariable(cursor);
    case T.leftParen:
      return parseParenthesised(cursor);
    case T.keyword:
      return parseWord(cursor);
    case T.minus:
    case T.plus:
    case T.tilde:
    case T.exclamation:
      return parsePrefixed(cursor);
    case T.star: {
      const index = cursor.at++;
      const start = cursor.starts[index]!;
      return { type: "star", start, end: cursor.ends[index]!, schema: undefined, table: undefined };
    }
    case T.leftBrace:
      return parseBraces(cursor);
    case T.dot:
      // `.column`, and `.table.column` of old.
      if (cursor.peek(1) === T.identifier || cursor.peek(1) === T.quotedIdentifier) {
        cursor.at++;
        return parseNamed(cursor);
      }
      return opaque(cursor);
    default:
      return opaque(cursor);
  }
}

/** What is no operand: noted, and passed unless it may close or separate something. */
export function opaque(cursor: Cursor): Expression {
  const start = cursor.start();
  cursor.unexpected();
  const kind = cursor.peek();
  if (
    kind !== T.end && kind !== T.rightParen && kind !== T.comma && kind !== T.keyword && kind !== T.semicolon
  ) {
    cursor.at++;
  }
  return { type: "opaque", start, end: Math.max(start, cursor.lastEnd()) };
}

function numberNode(cursor: Cursor, form: "integer" | "decimal" | "float"): Expression {
  const index = cursor.at++;
  return new NumberNode(cursor.source, cursor.starts[index]!, cursor.ends[index]!, form);
}

/** A string and those that follow it directly, which are one with it. */
export function stringNode(cursor: Cursor): Expression {
  const first = cursor.at++;
  const start = cursor.starts[first]!;
  const escapes = !cursor.options.noBackslashEscapes;
  if (cursor.peek() !== T.string) {
    return new StringNode(cursor.source, start, cursor.ends[first]!, escapes, undefined, start);
  }
  const pieces = [start, cursor.ends[first]!];
  while (cursor.peek() === T.string) {
    pieces.push(cursor.starts[cursor.at]!, cursor.ends[cursor.at]!);
    cursor.at++;
  }
  return new StringNode(cursor.source, start, cursor.lastEnd(), escapes, pieces, start);
}

/** `_utf8mb4'x'`, `_binary 0x41`. */
function introduced(cursor: Cursor): Expression {
  const index = cursor.at++;
  const start = cursor.starts[index]!;
  const introducerEnd = cursor.ends[index]!;
  const kind = cursor.peek();
  if (kind === T.placeholder) return parseOperand(cursor);
  if (kind === T.hexLiteral || kind === T.bitLiteral) {
    const introducer = decodeBytes(cursor.source, start + 1, introducerEnd).toLowerCase();
    const at = cursor.at++;
    const type = kind === T.hexLiteral ? "hex" : "bit";
    return new BinaryNode(cursor.source, cursor.starts[at]!, cursor.ends[at]!, type, introducer);
  }
  if (kind !== T.string) return opaque(cursor);
  cursor.at++;
  while (cursor.peek() === T.string) cursor.at++;
  const escapes = !cursor.options.noBackslashEscapes;
  return new StringNode(cursor.source, start, cursor.lastEnd(), escapes, undefined, introducerEnd);
}

function userVariable(cursor: Cursor): Expression {
  const index = cursor.at++;
  const start = cursor.starts[index]!;
  const end = cursor.ends[index]!;
  const node = {
    type: "variable",
    start,
    end,
    clause: cursor.clause,
    block: cursor.block,
    kind: "user",
    scope: undefined,
    name: variableName(cursor, start + 1, end),
  } as const;
  if (cursor.peek() !== T.assign) {
    cursor.variables.push(node);
    return node;
  }
  const clause = cursor.clause;
  const block = cursor.block;
  cursor.at++;
  const value = parseExpression(cursor, P.lowest);
  const assignment = {
    type: "assignment",
    start,
    end: value.end,
    clause,
    block,
    target: node,
    value,
  } as const;
  cursor.variableAssignments.push(assignment);
  return assignment;
}

function variableName(cursor: Cursor, start: number, end: number): string {
  const code = cursor.source[start];
  const quoted = code === 0x60 || code === 0x27 || code === 0x22;
  const text = quoted
    ? decodeQuoted(cursor.source, start, end, false)
    : decodeBytes(cursor.source, start, end);
  return text.toLowerCase();
}

/** `@@name`, `@@global.name`, `@@cache.key_buffer_size`. */
export function systemVariable(cursor: Cursor): Expression {
  const start = cursor.start();
  cursor.at++;
  const parts: Identifier[] = [];
  if (cursor.peek() === T.keyword || cursor.isName()) {
    parts.push(cursor.takeName());
    while (cursor.peek() === T.dot && parts.length < 3) {
      cursor.at++;
      parts.push(cursor.takeName());
    }
  } else {
    cursor.unexpected();
  }
  let scope: VariableScope | undefined;
  if (parts.length > 1) {
    scope = VARIABLE_SCOPES[parts[0]!.key];
    if (scope !== undefined) parts.shift();
  }
  const node = {
    type: "variable",
    start,
    end: cursor.lastEnd(),
    clause: cursor.clause,
    block: cursor.block,
    kind: "system",
    scope,
    name: parts.map((part) => part.key).join("."),
  } as const;
  cursor.variables.push(node);
  return node;
}

/** The scopes of system variables by their words. */
export const VARIABLE_SCOPES: Readonly<Record<string, VariableScope>> = {
  global: "global",
  session: "session",
  local: "session",
  persist: "persist",
  persist_only: "persist_only",
};

/** Prefix operators, any number of them without recursion for each. */
function parsePrefixed(cursor: Cursor): Expression {
  const from = cursor.at;
  // `- - - x`: one operator after the other, applied from the inside out.
  while (isSign(cursor.peek())) cursor.at++;
  const to = cursor.at;
  let operand = parseExpression(cursor, P.unary);
  // More than a few levels of signs are nobody's: two cancel out for what anyone asks of them.
  for (let index = to - 1; index >= from && to - index <= 8; index--) {
    const kind = cursor.kind[index]!;
    const operator = kind === T.minus ? "-" : kind === T.plus ? "+" : kind === T.tilde ? "~" : "not";
    operand = { type: "unary", start: cursor.starts[index]!, end: operand.end, operator, operand };
  }
  if (to - from > 8) {
    const chain: Expression = { type: "opaque", start: cursor.starts[from]!, end: operand.end };
    noteLong(cursor, chain);
    return chain;
  }
  return operand;
}

function isSign(kind: number): boolean {
  return kind === T.minus || kind === T.plus || kind === T.tilde || kind === T.exclamation;
}

/** `(x)`, `((x) + 1)`, `(a, b)`, `(SELECT ...)`. A run of parentheses costs no recursion. */
function parseParenthesised(cursor: Cursor): Expression {
  const start = cursor.start();
  let open = 0;
  while (cursor.peek() === T.leftParen && !startsQuery(cursor, 0)) {
    cursor.at++;
    open++;
  }
  if (open === 0) return subquery(cursor, "scalar", false);
  let expression = parseExpression(cursor, P.lowest);
  for (;;) {
    if (cursor.peek() === T.comma) {
      const items = [expression];
      while (cursor.takeKind(T.comma)) items.push(parseExpression(cursor, P.lowest));
      expression = { type: "row", start: expression.start, end: cursor.endFrom(expression.start), items };
    }
    if (expression.type === "subquery" && !expression.exists && continuesQuery(cursor)) {
      continueSubquery(cursor, expression);
    }
    if (cursor.peek() !== T.rightParen) {
      cursor.unexpected();
      // Out of step: leave the group whole, so that what follows it is still seen for what it is.
      for (; open > 0; open--) {
        cursor.skipToClose();
        if (!cursor.takeKind(T.rightParen)) break;
      }
      return { type: "opaque", start, end: cursor.endFrom(start) };
    }
    cursor.at++;
    if (--open === 0) return expression;
    expression = extend(cursor, expression, P.lowest);
  }
}

/** `{d '2020-01-01'}`, `{fn NOW()}`, `{x 1}`. */
function parseBraces(cursor: Cursor): Expression {
  const start = cursor.start();
  cursor.at++;
  const word = cursor.done() ? "" : cursor.takeName().key;
  const value = parseExpression(cursor, P.lowest);
  cursor.expectKind(T.rightBrace);
  const form = word === "d" ? "date" : word === "t" ? "time" : word === "ts" ? "timestamp" : undefined;
  if (form !== undefined && value.type === "string") {
    return { type: "temporal", start, end: cursor.endFrom(start), form, value: value.value };
  }
  return value;
}

/** A name that is no keyword: a call, or a column with what qualifies it. */
export function parseNamed(cursor: Cursor): Expression {
  const name = cursor.takeName();
  const kind = cursor.peek();
  if (kind === T.leftParen) return parseCall(cursor, undefined, name);
  if (kind !== T.dot) return column(cursor, undefined, undefined, name);
  return parseQualified(cursor, name);
}

/** `a.b`, `a.b.c`, `a.*`, `a.b.*`, `schema.function(...)`; the first name is passed, a dot is next. */
function parseQualified(cursor: Cursor, first: Identifier): Expression {
  cursor.at++;
  if (cursor.peek() === T.star) {
    cursor.at++;
    return {
      type: "star",
      start: first.start,
      end: cursor.endFrom(first.start),
      schema: undefined,
      table: first,
    };
  }
  if (!isNamePart(cursor)) return opaque(cursor);
  const second = cursor.takeName();
  if (cursor.peek() === T.leftParen) return parseCall(cursor, first, second);
  if (cursor.peek() !== T.dot) return column(cursor, undefined, first, second);
  cursor.at++;
  if (cursor.peek() === T.star) {
    cursor.at++;
    return {
      type: "star",
      start: first.start,
      end: cursor.endFrom(first.start),
      schema: first,
      table: second,
    };
  }
  if (!isNamePart(cursor)) return opaque(cursor);
  return column(cursor, first, second, cursor.takeName());
}

function isNamePart(cursor: Cursor): boolean {
  const kind = cursor.peek();
  return kind === T.identifier || kind === T.quotedIdentifier || kind === T.keyword;
}

/** A column, registered. */
export function column(
  cursor: Cursor,
  schema: Identifier | undefined,
  table: Identifier | undefined,
  name: Identifier,
): ColumnReference {
  const node: ColumnReference = {
    type: "column",
    start: (schema ?? table ?? name).start,
    end: name.end,
    clause: cursor.clause,
    block: cursor.block,
    schema,
    table,
    name,
    local: cursor.options.locals !== undefined && schema === undefined &&
      cursor.options.locals.has(table === undefined ? name.key : `${table.key}.`),
  };
  cursor.columns.push(node);
  return node;
}

/** `[[schema.]table.]column` as SET, ON DUPLICATE KEY and column lists have it. */
export function parseColumnName(cursor: Cursor): ColumnReference {
  cursor.takeKind(T.dot);
  const first = cursor.name();
  if (cursor.peek() !== T.dot) return column(cursor, undefined, undefined, first);
  cursor.at++;
  const second = cursor.takeName();
  if (cursor.peek() !== T.dot) return column(cursor, undefined, first, second);
  cursor.at++;
  return column(cursor, first, second, cursor.takeName());
}
