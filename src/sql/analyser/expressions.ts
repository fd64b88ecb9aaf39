/** Expressions: operators by binding power, over the operands of operands.ts. */

import * as K from "../keyword_ids.ts";
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
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseOperand } from "./operands.ts";
import { P } from "./operators.ts";
import { startsQuery, subquery } from "./select.ts";
import { MAX_DEPTH, type Walk } from "./walk.ts";

/** How high a tree of operators may grow. */
const MAX_HEIGHT = 500;

/** Items of an IN list that are kept as nodes whatever they are. */
const KEPT_ITEMS = 256;

/** An expression that is no part of another: parsed, and registered with its clause. */
export function parseRoot(walk: Walk): Expression {
  return walk.root(parseExpression(walk, P.lowest));
}

/** An expression up to the first token that binds looser than `power` or is no operator. */
export function parseExpression(walk: Walk, power: number): Expression {
  if (walk.depth >= MAX_DEPTH) return tooDeep(walk);
  walk.depth++;
  const before = walk.height;
  walk.height = 0;
  const expression = extend(walk, parseOperand(walk), power);
  if (walk.height < before) walk.height = before;
  walk.depth--;
  return expression;
}

/**
 * `left` with the operators that follow it. Keeps count of the tree's height in `walk.height`, so that a chain of a
 * hundred thousand `+ 1` does not make a tree that nobody can descend.
 */
export function extend(walk: Walk, left: Expression, power: number): Expression {
  let expression = left;
  let height = walk.height + 1;
  for (;;) {
    walk.height = 0;
    const next = parseOperator(walk, expression, power);
    if (next === undefined) break;
    expression = next;
    height = Math.max(height, walk.height) + 1;
    if (height <= MAX_HEIGHT) continue;
    walk.problem("too-deep", next.start, next.end, "Nested more deeply than is followed");
    expression = { type: "opaque", start: next.start, end: next.end };
    height = 1;
  }
  walk.height = height;
  return expression;
}

/** Gives up on a group that lies deeper than is followed: passed over, and noted. */
function tooDeep(walk: Walk): Opaque {
  const start = walk.start();
  let depth = 0;
  for (; walk.at < walk.stop; walk.at++) {
    const kind = walk.kind[walk.at]!;
    if (kind === T.leftParen) depth++;
    else if (kind === T.rightParen && --depth < 0) break;
  }
  walk.problem("too-deep", start, walk.lastEnd(), "Nested more deeply than is followed");
  return { type: "opaque", start, end: walk.endFrom(start) };
}

/** The operator that follows `left`, applied; undefined where none does or it binds looser than `power`. */
function parseOperator(walk: Walk, left: Expression, power: number): Expression | undefined {
  const kind = walk.peek();
  if (kind === T.keyword) return parseWordOperator(walk, left, power);
  switch (kind) {
    case T.equal:
      return parseComparison(walk, left, power, "=");
    case T.notEqual:
      return parseComparison(walk, left, power, "<>");
    case T.less:
      return parseComparison(walk, left, power, "<");
    case T.greater:
      return parseComparison(walk, left, power, ">");
    case T.lessOrEqual:
      return parseComparison(walk, left, power, "<=");
    case T.greaterOrEqual:
      return parseComparison(walk, left, power, ">=");
    case T.nullSafeEqual:
      return parseComparison(walk, left, power, "<=>");
    case T.andAnd:
      return parseLogical(walk, left, power, "and", P.and);
    case T.orOr:
      return walk.options.pipesAsConcat
        ? parseBinary(walk, left, power, "||", P.concat)
        : parseLogical(walk, left, power, "or", P.or);
    case T.plus:
      return parseBinary(walk, left, power, "+", P.additive);
    case T.minus:
      return parseBinary(walk, left, power, "-", P.additive);
    case T.star:
      return parseBinary(walk, left, power, "*", P.multiplicative);
    case T.slash:
      return parseBinary(walk, left, power, "/", P.multiplicative);
    case T.percent:
      return parseBinary(walk, left, power, "%", P.multiplicative);
    case T.caret:
      return parseBinary(walk, left, power, "^", P.bitXor);
    case T.ampersand:
      return parseBinary(walk, left, power, "&", P.bitAnd);
    case T.bar:
      return parseBinary(walk, left, power, "|", P.bitOr);
    case T.shiftLeft:
      return parseBinary(walk, left, power, "<<", P.shift);
    case T.shiftRight:
      return parseBinary(walk, left, power, ">>", P.shift);
    case T.arrow:
      return parseBinary(walk, left, power, "->", P.collate);
    case T.doubleArrow:
      return parseBinary(walk, left, power, "->>", P.collate);
    case T.identifier:
      // SOUNDS LIKE's first word is a keyword, MEMBER OF's too; only MariaDB's MOD-like words would come here.
      return undefined;
    default:
      return undefined;
  }
}

function parseWordOperator(walk: Walk, left: Expression, power: number): Expression | undefined {
  switch (walk.word()) {
    case K.AND:
      return parseLogical(walk, left, power, "and", P.and);
    case K.OR:
      return parseLogical(walk, left, power, "or", P.or);
    case K.XOR:
      return parseLogical(walk, left, power, "xor", P.xor);
    case K.IS:
      return parseIs(walk, left, power);
    case K.NOT:
      return parseNegated(walk, left, power);
    case K.IN:
      return power > P.predicate ? undefined : parseIn(walk, left, false);
    case K.LIKE:
      return power > P.predicate ? undefined : parseMatching(walk, left, "like", false);
    case K.REGEXP:
    case K.RLIKE:
      return power > P.predicate ? undefined : parseMatching(walk, left, "regexp", false);
    case K.BETWEEN:
      return power > P.predicate ? undefined : parseBetween(walk, left, false);
    case K.SOUNDS:
      if (power > P.predicate || walk.word(1) !== K.LIKE) return undefined;
      walk.at++;
      return parseMatching(walk, left, "sounds-like", false);
    case K.MEMBER:
      if (power > P.predicate || walk.word(1) !== K.OF && walk.peek(1) !== T.leftParen) return undefined;
      return parseMatching(walk, left, "member-of", false);
    case K.DIV:
      return parseBinary(walk, left, power, "div", P.multiplicative);
    case K.MOD:
      return parseBinary(walk, left, power, "%", P.multiplicative);
    case K.COLLATE: {
      if (power > P.collate) return undefined;
      walk.at++;
      const name = walk.peek() === T.keyword ? walk.takeName() : walk.nameOrText();
      return {
        type: "collate",
        start: left.start,
        end: walk.endFrom(left.start),
        value: left,
        collation: name.key,
      };
    }
    default:
      return undefined;
  }
}

/** `NOT IN`, `NOT LIKE` and so on. */
function parseNegated(walk: Walk, left: Expression, power: number): Expression | undefined {
  if (power > P.predicate) return undefined;
  switch (walk.word(1)) {
    case K.IN:
      walk.at++;
      return parseIn(walk, left, true);
    case K.LIKE:
      walk.at++;
      return parseMatching(walk, left, "like", true);
    case K.REGEXP:
    case K.RLIKE:
      walk.at++;
      return parseMatching(walk, left, "regexp", true);
    case K.BETWEEN:
      walk.at++;
      return parseBetween(walk, left, true);
    default:
      return undefined;
  }
}

function operatorSpan(walk: Walk): Span {
  return { start: walk.starts[walk.at]!, end: walk.ends[walk.at]! };
}

function parseBinary(
  walk: Walk,
  left: Expression,
  power: number,
  operator: BinaryOperator,
  own: number,
): Expression | undefined {
  if (power > own) return undefined;
  const span = operatorSpan(walk);
  walk.at++;
  const right = parseExpression(walk, own + 1);
  return { type: "binary", start: left.start, end: right.end, operator, left, right, operatorSpan: span };
}

/** A chain of one operator becomes one node, so that a thousand ORs are not a thousand levels. */
function parseLogical(
  walk: Walk,
  left: Expression,
  power: number,
  operator: "and" | "or" | "xor",
  own: number,
): Expression | undefined {
  if (power > own) return undefined;
  const operands = [left];
  const operatorSpans: Span[] = [];
  const clause = walk.clause;
  const block = walk.block;
  while (isLogical(walk, operator)) {
    operatorSpans.push(operatorSpan(walk));
    walk.at++;
    operands.push(parseExpression(walk, own + 1));
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
  walk.logicals.push(node);
  return node;
}

function isLogical(walk: Walk, operator: "and" | "or" | "xor"): boolean {
  const keyword = walk.word();
  switch (operator) {
    case "and":
      return keyword === K.AND || walk.peek() === T.andAnd;
    case "or":
      return keyword === K.OR || walk.peek() === T.orOr && !walk.options.pipesAsConcat;
    case "xor":
      return keyword === K.XOR;
  }
}

function parseComparison(
  walk: Walk,
  left: Expression,
  power: number,
  operator: Comparison["operator"],
): Expression | undefined {
  if (power > P.comparison) return undefined;
  const clause = walk.clause;
  const block = walk.block;
  walk.at++;
  let quantifier: Comparison["quantifier"];
  let right: Expression;
  const word = walk.word();
  if ((word === K.ALL || word === K.ANY || word === K.SOME) && walk.peek(1) === T.leftParen) {
    quantifier = word === K.ALL ? "all" : "any";
    walk.at++;
    right = subquery(walk, "quantified", false);
  } else {
    right = parseExpression(walk, P.comparison + 1);
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
  walk.predicates.push(node);
  return node;
}

function parseIs(walk: Walk, left: Expression, power: number): Expression | undefined {
  if (power > P.comparison) return undefined;
  walk.at++;
  const negated = walk.take(K.NOT);
  let test: "null" | "true" | "false" | "unknown" | "json" = "null";
  switch (walk.word()) {
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
      walk.unexpected();
      return { type: "opaque", start: left.start, end: walk.endFrom(left.start) };
  }
  walk.at++;
  const node = {
    type: "is",
    start: left.start,
    end: walk.lastEnd(),
    clause: walk.clause,
    block: walk.block,
    negated,
    value: left,
    test,
  } as const;
  walk.predicates.push(node);
  return node;
}

function parseMatching(
  walk: Walk,
  left: Expression,
  operator: Matching["operator"],
  negated: boolean,
): Expression {
  walk.at++;
  if (operator === "member-of") walk.take(K.OF);
  const clause = walk.clause;
  const block = walk.block;
  const pattern = parseExpression(walk, operator === "regexp" ? P.bitOr : P.concat);
  const escape = operator === "like" && walk.take(K.ESCAPE) ? parseExpression(walk, P.concat) : undefined;
  const node: Matching = {
    type: "matching",
    start: left.start,
    end: walk.lastEnd(),
    clause,
    block,
    operator,
    negated,
    left,
    pattern,
    escape,
  };
  walk.predicates.push(node);
  return node;
}

function parseBetween(walk: Walk, left: Expression, negated: boolean): Expression {
  walk.at++;
  const clause = walk.clause;
  const block = walk.block;
  const low = parseExpression(walk, P.bitOr);
  walk.expect(K.AND);
  const high = parseExpression(walk, P.predicate);
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
  walk.predicates.push(node);
  return node;
}

function parseIn(walk: Walk, left: Expression, negated: boolean): Expression {
  walk.at++;
  const clause = walk.clause;
  const block = walk.block;
  let items: readonly Expression[] = NONE;
  let query: InList["query"];
  let count = 0;
  let hasNull = false;
  if (walk.peek() === T.leftParen && startsQuery(walk, 0)) {
    query = subquery(walk, "in", false).query;
  } else if (walk.takeKind(T.leftParen)) {
    const kept: Expression[] = [];
    items = kept;
    while (!walk.done() && walk.peek() !== T.rightParen) {
      count++;
      if (kept.length >= KEPT_ITEMS && isPlainItem(walk)) {
        if (walk.word() === K.NULL) hasNull = true;
        walk.at++;
      } else {
        const item = parseExpression(walk, P.lowest);
        if (item.type === "null") hasNull = true;
        kept.push(item);
      }
      if (!walk.takeKind(T.comma)) break;
    }
    walk.closeParen();
  } else {
    // `IN ?`, `IN :ids`, and vtgate's `IN ::ids`: a list bound as a whole.
    const item = parseExpression(walk, P.bitOr);
    items = [item];
    count = 1;
  }
  const node: InList = {
    type: "in",
    start: left.start,
    end: walk.lastEnd(),
    clause,
    block,
    negated,
    left,
    items,
    count,
    hasNull,
    query,
  };
  walk.predicates.push(node);
  return node;
}

/** Whether a literal that is a whole list item is next. */
function isPlainItem(walk: Walk): boolean {
  const after = walk.peek(1);
  if (after !== T.comma && after !== T.rightParen) return false;
  const kind = walk.peek();
  return kind === T.integer || kind === T.string || kind === T.decimal || kind === T.placeholder ||
    kind === T.float || kind === T.hexLiteral || kind === T.keyword && walk.word() === K.NULL;
}
