/** Expressions: operators by binding power, over the operands of operands.ts. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { BinaryOperator, Expression, Logical, Opaque, Span } from "../statement.ts";
import { type Cursor, MAX_DEPTH } from "./cursor.ts";
import { parseOperand } from "./operands.ts";
import { P } from "./operators.ts";
import {
  parseBetween,
  parseComparison,
  parseIn,
  parseIs,
  parseMatching,
  parseNegated,
} from "./predicates.ts";

/** How high a tree of operators may grow. */
const MAX_HEIGHT = 500;

/** An expression that is no part of another: parsed, and registered with its clause. */
export function parseRoot(cursor: Cursor): Expression {
  return cursor.root(parseExpression(cursor, P.lowest));
}

/** An expression up to the first token that binds looser than `power` or is no operator. */
export function parseExpression(cursor: Cursor, power: number): Expression {
  if (cursor.depth >= MAX_DEPTH) return tooDeep(cursor);
  cursor.depth++;
  const before = cursor.height;
  cursor.height = 0;
  const expression = extend(cursor, parseOperand(cursor), power);
  if (cursor.height < before) cursor.height = before;
  cursor.depth--;
  return expression;
}

/**
 * `left` with the operators that follow it. Keeps count of the tree's height in `cursor.height`, so that a chain of a
 * hundred thousand `+ 1` does not make a tree that nobody can descend.
 */
export function extend(cursor: Cursor, left: Expression, power: number): Expression {
  let expression = left;
  let height = cursor.height + 1;
  for (;;) {
    cursor.height = 0;
    const next = parseOperator(cursor, expression, power);
    if (next === undefined) break;
    expression = next;
    height = Math.max(height, cursor.height) + 1;
    if (height <= MAX_HEIGHT) continue;
    noteLong(cursor, next);
    expression = { type: "opaque", start: next.start, end: next.end };
    height = 1;
  }
  cursor.height = height;
  return expression;
}

/**
 * Notes a chain of operators too long to keep. Everything in it was read; what is lost is its value, which only matters
 * where it decides which rows are reached.
 */
export function noteLong(cursor: Cursor, { start, end }: Span): void {
  if (cursor.clause !== "where" && cursor.clause !== "on" && cursor.clause !== "having") return;
  cursor.problem("too-deep", start, end, "A condition longer than is followed");
}

/** Gives up on a group that lies deeper than is followed: passed over, and noted. */
function tooDeep(cursor: Cursor): Opaque {
  const start = cursor.start();
  let depth = 0;
  for (; cursor.at < cursor.stop; cursor.at++) {
    const kind = cursor.kind[cursor.at]!;
    if (kind === T.leftParen) depth++;
    else if (kind === T.rightParen && --depth < 0) break;
  }
  cursor.problem("too-deep", start, cursor.lastEnd(), "Nested more deeply than is followed");
  return { type: "opaque", start, end: cursor.endFrom(start) };
}

/** The operator that follows `left`, applied; undefined where none does or it binds looser than `power`. */
function parseOperator(cursor: Cursor, left: Expression, power: number): Expression | undefined {
  const kind = cursor.peek();
  if (kind === T.keyword) return parseWordOperator(cursor, left, power);
  switch (kind) {
    case T.equal:
      return parseComparison(cursor, left, power, "=");
    case T.notEqual:
      return parseComparison(cursor, left, power, "<>");
    case T.less:
      return parseComparison(cursor, left, power, "<");
    case T.greater:
      return parseComparison(cursor, left, power, ">");
    case T.lessOrEqual:
      return parseComparison(cursor, left, power, "<=");
    case T.greaterOrEqual:
      return parseComparison(cursor, left, power, ">=");
    case T.nullSafeEqual:
      return parseComparison(cursor, left, power, "<=>");
    case T.andAnd:
      return parseLogical(cursor, left, power, "and", P.and);
    case T.orOr:
      return cursor.options.pipesAsConcat
        ? parseBinary(cursor, left, power, "||", P.concat)
        : parseLogical(cursor, left, power, "or", P.or);
    case T.plus:
      return parseBinary(cursor, left, power, "+", P.additive);
    case T.minus:
      return parseBinary(cursor, left, power, "-", P.additive);
    case T.star:
      return parseBinary(cursor, left, power, "*", P.multiplicative);
    case T.slash:
      return parseBinary(cursor, left, power, "/", P.multiplicative);
    case T.percent:
      return parseBinary(cursor, left, power, "%", P.multiplicative);
    case T.caret:
      return parseBinary(cursor, left, power, "^", P.bitXor);
    case T.ampersand:
      return parseBinary(cursor, left, power, "&", P.bitAnd);
    case T.bar:
      return parseBinary(cursor, left, power, "|", P.bitOr);
    case T.shiftLeft:
      return parseBinary(cursor, left, power, "<<", P.shift);
    case T.shiftRight:
      return parseBinary(cursor, left, power, ">>", P.shift);
    case T.arrow:
      return parseBinary(cursor, left, power, "->", P.collate);
    case T.doubleArrow:
      return parseBinary(cursor, left, power, "->>", P.collate);
    case T.identifier:
      // SOUNDS LIKE's first word is a keyword, MEMBER OF's too; only MariaDB's MOD-like words would come here.
      return undefined;
    default:
      return undefined;
  }
}

function parseWordOperator(cursor: Cursor, left: Expression, power: number): Expression | undefined {
  switch (cursor.word()) {
    case K.AND:
      return parseLogical(cursor, left, power, "and", P.and);
    case K.OR:
      return parseLogical(cursor, left, power, "or", P.or);
    case K.XOR:
      return parseLogical(cursor, left, power, "xor", P.xor);
    case K.IS:
      return parseIs(cursor, left, power);
    case K.NOT:
      return parseNegated(cursor, left, power);
    case K.IN:
      return power > P.predicate ? undefined : parseIn(cursor, left, false);
    case K.LIKE:
      return power > P.predicate ? undefined : parseMatching(cursor, left, "like", false);
    case K.REGEXP:
    case K.RLIKE:
      return power > P.predicate ? undefined : parseMatching(cursor, left, "regexp", false);
    case K.BETWEEN:
      return power > P.predicate ? undefined : parseBetween(cursor, left, false);
    case K.SOUNDS:
      if (power > P.predicate || cursor.word(1) !== K.LIKE) return undefined;
      cursor.at++;
      return parseMatching(cursor, left, "sounds-like", false);
    case K.MEMBER:
      if (power > P.predicate || cursor.word(1) !== K.OF && cursor.peek(1) !== T.leftParen) return undefined;
      return parseMatching(cursor, left, "member-of", false);
    case K.DIV:
      return parseBinary(cursor, left, power, "div", P.multiplicative);
    case K.MOD:
      return parseBinary(cursor, left, power, "%", P.multiplicative);
    case K.COLLATE: {
      if (power > P.collate) return undefined;
      cursor.at++;
      const name = cursor.peek() === T.keyword ? cursor.takeName() : cursor.nameOrText();
      return {
        type: "collate",
        start: left.start,
        end: cursor.endFrom(left.start),
        value: left,
        collation: name.key,
      };
    }
    default:
      return undefined;
  }
}

function operatorSpan(cursor: Cursor): Span {
  return { start: cursor.starts[cursor.at]!, end: cursor.ends[cursor.at]! };
}

function parseBinary(
  cursor: Cursor,
  left: Expression,
  power: number,
  operator: BinaryOperator,
  own: number,
): Expression | undefined {
  if (power > own) return undefined;
  const span = operatorSpan(cursor);
  cursor.at++;
  const right = parseExpression(cursor, own + 1);
  return { type: "binary", start: left.start, end: right.end, operator, left, right, operatorSpan: span };
}

/** A chain of one operator becomes one node, so that a thousand ORs are not a thousand levels. */
function parseLogical(
  cursor: Cursor,
  left: Expression,
  power: number,
  operator: "and" | "or" | "xor",
  own: number,
): Expression | undefined {
  if (power > own) return undefined;
  const operands = [left];
  const operatorSpans: Span[] = [];
  const clause = cursor.clause;
  const block = cursor.block;
  while (isLogical(cursor, operator)) {
    operatorSpans.push(operatorSpan(cursor));
    cursor.at++;
    operands.push(parseExpression(cursor, own + 1));
  }
  const node: Logical = {
    type: "logical",
    start: left.start,
    end: operands[operands.length - 1]!.end,
    clause,
    block,
    operator,
    operands,
    operatorSpans,
  };
  cursor.logicals.push(node);
  return node;
}

function isLogical(cursor: Cursor, operator: "and" | "or" | "xor"): boolean {
  const keyword = cursor.word();
  switch (operator) {
    case "and":
      return keyword === K.AND || cursor.peek() === T.andAnd;
    case "or":
      return keyword === K.OR || cursor.peek() === T.orOr && !cursor.options.pipesAsConcat;
    case "xor":
      return keyword === K.XOR;
  }
}
