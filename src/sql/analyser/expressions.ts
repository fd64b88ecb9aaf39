/** Expressions: operators by binding power, over the operands of operands.ts. */

import * as K from "../lexer/keyword_ids.ts";
import type {
  BinaryOperator,
  Comparison,
  Expression,
  InList,
  Logical,
  Matching,
  Opaque,
  Span,
} from "../statement.ts";
import { T } from "../lexer/tokens.ts";
import { NONE } from "./block.ts";
import { parseOperand } from "./operands.ts";
import { P } from "./operators.ts";
import { startsQuery, subquery } from "./select.ts";
import { type Cursor, MAX_DEPTH } from "./cursor.ts";

/** How high a tree of operators may grow. */
const MAX_HEIGHT = 500;

/** Items of an IN list that are kept as nodes whatever they are. */
const KEPT_ITEMS = 256;

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
    cursor.problem("too-deep", next.start, next.end, "Nested more deeply than is followed");
    expression = { type: "opaque", start: next.start, end: next.end };
    height = 1;
  }
  cursor.height = height;
  return expression;
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

/** `NOT IN`, `NOT LIKE` and so on. */
function parseNegated(cursor: Cursor, left: Expression, power: number): Expression | undefined {
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

function parseComparison(
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

function parseIs(cursor: Cursor, left: Expression, power: number): Expression | undefined {
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

function parseMatching(
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

function parseBetween(cursor: Cursor, left: Expression, negated: boolean): Expression {
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

function parseIn(cursor: Cursor, left: Expression, negated: boolean): Expression {
  cursor.at++;
  const clause = cursor.clause;
  const block = cursor.block;
  let items: readonly Expression[] = NONE;
  let query: InList["query"];
  let count = 0;
  let hasNull = false;
  if (cursor.peek() === T.leftParen && startsQuery(cursor, 0)) {
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
