/** Operands of expressions: literals, names, variables, calls, parentheses, prefix operators. */

import type { ColumnReference, Expression, Identifier, VariableScope } from "../statement.ts";
import { T } from "../tokens.ts";
import { parseCall } from "./calls.ts";
import { extend, parseExpression } from "./expressions.ts";
import { BinaryNode, decodeBytes, decodeQuoted, NumberNode, StringNode } from "./nodes.ts";
import { P } from "./operators.ts";
import { continuesQuery, continueSubquery, startsQuery, subquery } from "./select.ts";
import type { Walk } from "./walk.ts";
import { parseWord } from "./words.ts";

/** One operand with its prefix operators. Never passes a token that cannot belong to an expression. */
export function parseOperand(walk: Walk): Expression {
  const kind = walk.peek();
  switch (kind) {
    case T.identifier:
    case T.quotedIdentifier:
      return parseNamed(walk);
    case T.integer:
      return numberNode(walk, "integer");
    case T.decimal:
      return numberNode(walk, "decimal");
    case T.float:
      return numberNode(walk, "float");
    case T.string:
    case T.nationalString:
    case T.dollarString:
      return stringNode(walk);
    case T.charsetIntroducer:
      return introduced(walk);
    case T.hexLiteral:
    case T.bitLiteral: {
      const index = walk.at++;
      const type = kind === T.hexLiteral ? "hex" : "bit";
      return new BinaryNode(walk.source, walk.starts[index]!, walk.ends[index]!, type);
    }
    case T.placeholder: {
      const index = walk.at++;
      return { type: "placeholder", start: walk.starts[index]!, end: walk.ends[index]! };
    }
    case T.userVariable:
      return userVariable(walk);
    case T.systemVariable:
      return systemVariable(walk);
    case T.leftParen:
      return parseParenthesised(walk);
    case T.keyword:
      return parseWord(walk);
    case T.minus:
    case T.plus:
    case T.tilde:
    case T.exclamation:
      return parsePrefixed(walk);
    case T.star: {
      const index = walk.at++;
      const start = walk.starts[index]!;
      return { type: "star", start, end: walk.ends[index]!, schema: undefined, table: undefined };
    }
    case T.leftBrace:
      return parseBraces(walk);
    case T.dot:
      // `.column`, and `.table.column` of old.
      if (walk.peek(1) === T.identifier || walk.peek(1) === T.quotedIdentifier) {
        walk.at++;
        return parseNamed(walk);
      }
      return opaque(walk);
    default:
      return opaque(walk);
  }
}

/** What is no operand: noted, and passed unless it may close or separate something. */
export function opaque(walk: Walk): Expression {
  const start = walk.start();
  walk.unexpected();
  const kind = walk.peek();
  if (
    kind !== T.end && kind !== T.rightParen && kind !== T.comma && kind !== T.keyword && kind !== T.semicolon
  ) {
    walk.at++;
  }
  return { type: "opaque", start, end: Math.max(start, walk.lastEnd()) };
}

function numberNode(walk: Walk, form: "integer" | "decimal" | "float"): Expression {
  const index = walk.at++;
  return new NumberNode(walk.source, walk.starts[index]!, walk.ends[index]!, form);
}

/** A string and those that follow it directly, which are one with it. */
export function stringNode(walk: Walk): Expression {
  const first = walk.at++;
  const start = walk.starts[first]!;
  const escapes = !walk.options.noBackslashEscapes;
  if (walk.peek() !== T.string) {
    return new StringNode(walk.source, start, walk.ends[first]!, escapes, undefined, start);
  }
  const pieces = [start, walk.ends[first]!];
  while (walk.peek() === T.string) {
    pieces.push(walk.starts[walk.at]!, walk.ends[walk.at]!);
    walk.at++;
  }
  return new StringNode(walk.source, start, walk.lastEnd(), escapes, pieces, start);
}

/** `_utf8mb4'x'`, `_binary 0x41`. */
function introduced(walk: Walk): Expression {
  const index = walk.at++;
  const start = walk.starts[index]!;
  const introducerEnd = walk.ends[index]!;
  const kind = walk.peek();
  if (kind === T.hexLiteral || kind === T.bitLiteral || kind === T.placeholder) return parseOperand(walk);
  if (kind !== T.string) return opaque(walk);
  walk.at++;
  while (walk.peek() === T.string) walk.at++;
  const escapes = !walk.options.noBackslashEscapes;
  return new StringNode(walk.source, start, walk.lastEnd(), escapes, undefined, introducerEnd);
}

function userVariable(walk: Walk): Expression {
  const index = walk.at++;
  const start = walk.starts[index]!;
  const end = walk.ends[index]!;
  const node = {
    type: "variable",
    start,
    end,
    clause: walk.clause,
    block: walk.block,
    kind: "user",
    scope: undefined,
    name: variableName(walk, start + 1, end),
  } as const;
  if (walk.peek() !== T.assign) {
    walk.variables.push(node);
    return node;
  }
  const clause = walk.clause;
  const block = walk.block;
  walk.at++;
  const value = parseExpression(walk, P.lowest);
  const assignment = {
    type: "assignment",
    start,
    end: value.end,
    clause,
    block,
    target: node,
    value,
  } as const;
  walk.variableAssignments.push(assignment);
  return assignment;
}

function variableName(walk: Walk, start: number, end: number): string {
  const code = walk.source[start];
  const quoted = code === 0x60 || code === 0x27 || code === 0x22;
  const text = quoted ? decodeQuoted(walk.source, start, end, false) : decodeBytes(walk.source, start, end);
  return text.toLowerCase();
}

/** `@@name`, `@@global.name`, `@@cache.key_buffer_size`. */
export function systemVariable(walk: Walk): Expression {
  const start = walk.start();
  walk.at++;
  const parts: Identifier[] = [];
  if (walk.peek() === T.keyword || walk.isName()) {
    parts.push(walk.takeName());
    while (walk.peek() === T.dot && parts.length < 3) {
      walk.at++;
      parts.push(walk.takeName());
    }
  } else {
    walk.unexpected();
  }
  let scope: VariableScope | undefined;
  if (parts.length > 1) {
    scope = VARIABLE_SCOPES[parts[0]!.key];
    if (scope !== undefined) parts.shift();
  }
  const node = {
    type: "variable",
    start,
    end: walk.lastEnd(),
    clause: walk.clause,
    block: walk.block,
    kind: "system",
    scope,
    name: parts.map((part) => part.key).join("."),
  } as const;
  walk.variables.push(node);
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
function parsePrefixed(walk: Walk): Expression {
  const from = walk.at;
  // `- - - x`: one operator after the other, applied from the inside out.
  while (isSign(walk.peek())) walk.at++;
  const to = walk.at;
  let operand = parseExpression(walk, P.unary);
  // More than a few levels of signs are nobody's: two cancel out for what anyone asks of them.
  for (let index = to - 1; index >= from && to - index <= 8; index--) {
    const kind = walk.kind[index]!;
    const operator = kind === T.minus ? "-" : kind === T.plus ? "+" : kind === T.tilde ? "~" : "not";
    operand = { type: "unary", start: walk.starts[index]!, end: operand.end, operator, operand };
  }
  if (to - from > 8) {
    walk.problem("too-deep", walk.starts[from]!, operand.end, "Nested more deeply than is followed");
    return { type: "opaque", start: walk.starts[from]!, end: operand.end };
  }
  return operand;
}

function isSign(kind: number): boolean {
  return kind === T.minus || kind === T.plus || kind === T.tilde || kind === T.exclamation;
}

/** `(x)`, `((x) + 1)`, `(a, b)`, `(SELECT ...)`. A run of parentheses costs no recursion. */
function parseParenthesised(walk: Walk): Expression {
  const start = walk.start();
  let open = 0;
  while (walk.peek() === T.leftParen && !startsQuery(walk, 0)) {
    walk.at++;
    open++;
  }
  if (open === 0) return subquery(walk, "scalar", false);
  let expression = parseExpression(walk, P.lowest);
  for (;;) {
    if (walk.peek() === T.comma) {
      const items = [expression];
      while (walk.takeKind(T.comma)) items.push(parseExpression(walk, P.lowest));
      expression = { type: "row", start: expression.start, end: walk.endFrom(expression.start), items };
    }
    if (expression.type === "subquery" && !expression.exists && continuesQuery(walk)) {
      continueSubquery(walk, expression);
    }
    if (walk.peek() !== T.rightParen) {
      walk.unexpected();
      // Out of step: leave the group whole, so that what follows it is still seen for what it is.
      for (; open > 0; open--) {
        walk.skipToClose();
        if (!walk.takeKind(T.rightParen)) break;
      }
      return { type: "opaque", start, end: walk.endFrom(start) };
    }
    walk.at++;
    if (--open === 0) return expression;
    expression = extend(walk, expression, P.lowest);
  }
}

/** `{d '2020-01-01'}`, `{fn NOW()}`, `{x 1}`. */
function parseBraces(walk: Walk): Expression {
  const start = walk.start();
  walk.at++;
  const word = walk.done() ? "" : walk.takeName().key;
  const value = parseExpression(walk, P.lowest);
  walk.expectKind(T.rightBrace);
  const form = word === "d" ? "date" : word === "t" ? "time" : word === "ts" ? "timestamp" : undefined;
  if (form !== undefined && value.type === "string") {
    return { type: "temporal", start, end: walk.endFrom(start), form, value: value.value };
  }
  return value;
}

/** A name that is no keyword: a call, or a column with what qualifies it. */
export function parseNamed(walk: Walk): Expression {
  const name = walk.takeName();
  const kind = walk.peek();
  if (kind === T.leftParen) return parseCall(walk, undefined, name);
  if (kind !== T.dot) return column(walk, undefined, undefined, name);
  return parseQualified(walk, name);
}

/** `a.b`, `a.b.c`, `a.*`, `a.b.*`, `schema.function(...)`; the first name is passed, a dot is next. */
function parseQualified(walk: Walk, first: Identifier): Expression {
  walk.at++;
  if (walk.peek() === T.star) {
    walk.at++;
    return {
      type: "star",
      start: first.start,
      end: walk.endFrom(first.start),
      schema: undefined,
      table: first,
    };
  }
  if (!isNamePart(walk)) return opaque(walk);
  const second = walk.takeName();
  if (walk.peek() === T.leftParen) return parseCall(walk, first, second);
  if (walk.peek() !== T.dot) return column(walk, undefined, first, second);
  walk.at++;
  if (walk.peek() === T.star) {
    walk.at++;
    return { type: "star", start: first.start, end: walk.endFrom(first.start), schema: first, table: second };
  }
  if (!isNamePart(walk)) return opaque(walk);
  return column(walk, first, second, walk.takeName());
}

function isNamePart(walk: Walk): boolean {
  const kind = walk.peek();
  return kind === T.identifier || kind === T.quotedIdentifier || kind === T.keyword;
}

/** A column, registered. */
export function column(
  walk: Walk,
  schema: Identifier | undefined,
  table: Identifier | undefined,
  name: Identifier,
): ColumnReference {
  const node: ColumnReference = {
    type: "column",
    start: (schema ?? table ?? name).start,
    end: name.end,
    clause: walk.clause,
    block: walk.block,
    schema,
    table,
    name,
  };
  walk.columns.push(node);
  return node;
}

/** `[[schema.]table.]column` as SET, ON DUPLICATE KEY and column lists have it. */
export function parseColumnName(walk: Walk): ColumnReference {
  walk.takeKind(T.dot);
  const first = walk.name();
  if (walk.peek() !== T.dot) return column(walk, undefined, undefined, first);
  walk.at++;
  const second = walk.takeName();
  if (walk.peek() !== T.dot) return column(walk, undefined, first, second);
  walk.at++;
  return column(walk, first, second, walk.takeName());
}
