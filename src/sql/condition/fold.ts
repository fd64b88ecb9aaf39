/**
 * Constant folding with three-valued logic. Every value equals what MySQL and MariaDB compute, under any session's settings;
 * what is not certain to is undefined.
 */

import { assertNever } from "../../base/assert_never.ts";
import type { BinaryOperator, Cast, Comparison, Expression } from "../statement.ts";
import {
  areOfOneType,
  chosen,
  compareConstants,
  type Constant,
  matchesLike,
  textOf,
  truthOf,
} from "./constant.ts";
import { foldCall } from "./fold_call.ts";

/** The value of an expression that is the same wherever and whenever it is evaluated; undefined where it may not be. */
export function foldConstant(expression: Expression): Constant | undefined {
  switch (expression.type) {
    case "number":
      return foldNumber(expression);
    case "string":
      return foldString(expression);
    case "hex":
    case "bit":
      return { bytes: expression.value };
    case "null":
      return null;
    case "boolean":
      return expression.value ? 1 : 0;
    case "unary":
      return foldUnary(expression.operator, foldConstant(expression.operand));
    case "binary":
      return foldBinary(expression.operator, foldConstant(expression.left), foldConstant(expression.right));
    case "logical":
      return foldLogical(expression.operator, expression.operands);
    case "comparison":
      return foldComparison(expression);
    case "collate": {
      const value = foldConstant(expression.value);
      return typeof value === "string" || value === null ? value : undefined;
    }
    case "is": {
      const value = foldConstant(expression.value);
      if (value === undefined || expression.test === "json") return undefined;
      const truth = truthOf(value);
      const holds = expression.test === "null" || expression.test === "unknown"
        ? value === null
        : truth === undefined
        ? undefined
        : truth === (expression.test === "true");
      return holds === undefined ? undefined : holds !== expression.negated ? 1 : 0;
    }
    case "between": {
      const value = foldConstant(expression.value);
      const ends = [foldConstant(expression.low), foldConstant(expression.high)];
      // All three are compared as the type that all are brought to.
      if (value === null) return null;
      const compared = [value, ...ends];
      if (!areOfOneType(compared) && !compared.every(isNumeric)) return undefined;
      const low = compareConstants(value, ends[0]);
      const high = compareConstants(value, ends[1]);
      const inside = and3(
        low === undefined ? undefined : low === null ? null : low >= 0,
        high === undefined ? undefined : high === null ? null : high <= 0,
      );
      return asNumber(inside, expression.negated);
    }
    case "in":
      return foldIn(expression);
    case "matching": {
      if (expression.operator !== "like" || expression.escape !== undefined) return undefined;
      const value = foldConstant(expression.left);
      const pattern = foldConstant(expression.pattern);
      if (value === null || pattern === null) return null;
      if (typeof value !== "string" && typeof value !== "number" || typeof pattern !== "string") {
        return undefined;
      }
      const holds = matchesLike(textOf(value) ?? "", pattern);
      return holds === undefined ? undefined : holds !== expression.negated ? 1 : 0;
    }
    case "case":
      return foldCase(expression);
    case "call":
      return foldCall(expression, foldConstant);
    case "subquery":
      return foldSubquery(expression);
    case "cast":
      return foldCast(expression);
    case "temporal":
    case "placeholder":
    case "column":
    case "star":
    case "variable":
    case "interval":
    case "match":
    case "row":
    case "assignment":
    case "default":
    case "values":
    case "opaque":
      return undefined;
    default:
      return assertNever(expression);
  }
}

/** Digits that a double holds without loss. */
const EXACT_DIGITS = 15;

function foldNumber({ form, text, value }: Extract<Expression, { type: "number" }>): Constant | undefined {
  if (form === "integer") return Number.isSafeInteger(value) ? value : undefined;
  const digits = text.replace(/[eE].*$/, "").replace(/^[.0]+|\./g, "").length;
  return digits <= EXACT_DIGITS && Number.isFinite(value) ? { real: value } : undefined;
}

/** Introducers under which a text of ASCII characters is the text that is written. */
const PLAIN_CHARSETS: ReadonlySet<string> = new Set(["utf8mb4", "utf8mb3", "utf8", "latin1", "ascii"]);

function foldString({ value, introducer }: Extract<Expression, { type: "string" }>): Constant | undefined {
  if (introducer === undefined) return value;
  // deno-lint-ignore no-control-regex
  return PLAIN_CHARSETS.has(introducer) && /^[\x00-\x7f]*$/.test(value) ? value : undefined;
}

function isNumeric(value: Constant | undefined): boolean {
  return typeof value === "number" || typeof value === "object" && value !== null && "real" in value;
}

function foldComparison(expression: Comparison): Constant | undefined {
  if (expression.quantifier !== undefined) return undefined;
  if (areOneTemporal(expression.left, expression.right)) return holds(0, expression.operator) ? 1 : 0;
  const left = foldConstant(expression.left);
  const right = foldConstant(expression.right);
  if (expression.operator === "<=>") {
    if (left === undefined || right === undefined) return undefined;
    if (left === null || right === null) return left === right ? 1 : 0;
  }
  const order = compareConstants(left, right);
  return order === null || order === undefined ? order : holds(order, expression.operator) ? 1 : 0;
}

/** Whether two temporal literals are written alike: other texts may mean one date too. */
function areOneTemporal(left: Expression, right: Expression): boolean {
  return left.type === "temporal" && right.type === "temporal" && left.form === right.form &&
    left.value === right.value;
}

/** Whether an order of two values satisfies an operator. */
function holds(order: number, operator: Comparison["operator"]): boolean {
  switch (operator) {
    case "=":
    case "<=>":
      return order === 0;
    case "<>":
      return order !== 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

function foldUnary(operator: string, value: Constant | undefined): Constant | undefined {
  if (value === undefined || value === null) return value;
  switch (operator) {
    case "not":
      return asNumber(truthOf(value), true);
    case "binary": {
      // Bytes of the connection's character set, which have no letter case.
      const truth = truthOf(value);
      return truth === undefined || truth === null ? undefined : { truth };
    }
    case "+":
      return value;
    case "-":
      if (typeof value === "number") return value === 0 ? 0 : -value;
      return typeof value === "object" && "real" in value ? { real: -value.real } : undefined;
    default:
      return undefined;
  }
}

function foldBinary(
  operator: BinaryOperator,
  left: Constant | undefined,
  right: Constant | undefined,
): Constant | undefined {
  if (operator === "->" || operator === "->>") return undefined;
  if (left === null || right === null) return null;
  if (operator === "||") {
    const a = left === undefined ? undefined : textOf(left);
    const b = right === undefined ? undefined : textOf(right);
    return a === undefined || b === undefined ? undefined : a + b;
  }
  // Of other numbers the scale, the sign or the rounding of the result would have to be known.
  if (typeof left !== "number" || typeof right !== "number") return undefined;
  const value = arithmetic(operator, left, right);
  const number = typeof value === "object" && value !== null && "real" in value ? value.real : value;
  return number === null || Number.isSafeInteger(number) ? value : undefined;
}

function arithmetic(
  operator: BinaryOperator,
  a: number,
  b: number,
): number | null | { readonly real: number } | undefined {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b + 0;
    case "/":
      return b === 0 ? null : undefined;
    case "%":
      return b === 0 ? null : a % b + 0;
    case "div":
      return b === 0 ? null : Math.trunc(a / b) + 0;
  }
  // Bit operations give unsigned integers of 64 bits: fold only what stays small.
  if (a < 0 || b < 0) return undefined;
  const x = BigInt(a);
  const y = BigInt(b);
  switch (operator) {
    case "&":
      return { real: Number(x & y) };
    case "|":
      return { real: Number(x | y) };
    case "^":
      return { real: Number(x ^ y) };
    case "<<":
      return { real: b > 63 ? 0 : Number(BigInt.asUintN(64, x << y)) };
    case ">>":
      return { real: b > 63 ? 0 : Number(x >> y) };
    default:
      return undefined;
  }
}

function foldLogical(operator: "and" | "or" | "xor", operands: readonly Expression[]): Constant | undefined {
  let result = truthOf(foldConstant(operands[0] as Expression));
  for (let index = 1; index < operands.length; index++) {
    const next = truthOf(foldConstant(operands[index] as Expression));
    if (operator === "and") result = and3(result, next);
    else if (operator === "or") result = or3(result, next);
    else if (result === null || next === null) result = null;
    else result = result === undefined || next === undefined ? undefined : result !== next;
  }
  return asNumber(result, false);
}

/** AND of truths, where `undefined` is "not known": FALSE decides whatever the other is. */
function and3(a: boolean | null | undefined, b: boolean | null | undefined): boolean | null | undefined {
  if (a === false || b === false) return false;
  if (a === undefined || b === undefined) return undefined;
  return a === null || b === null ? null : true;
}

function or3(a: boolean | null | undefined, b: boolean | null | undefined): boolean | null | undefined {
  if (a === true || b === true) return true;
  if (a === undefined || b === undefined) return undefined;
  return a === null || b === null ? null : false;
}

function asNumber(truth: boolean | null | undefined, negated: boolean): Constant | undefined {
  if (truth === undefined || truth === null) return truth;
  return truth !== negated ? 1 : 0;
}

function foldIn(expression: Extract<Expression, { type: "in" }>): Constant | undefined {
  if (expression.query !== undefined) return undefined;
  const value = foldConstant(expression.left);
  if (value === null) return null;
  if (value === undefined) return undefined;
  let unknown = expression.items.length < expression.count;
  let sawNull = expression.hasNull;
  let found = false;
  for (const item of expression.items) {
    const order = compareConstants(value, foldConstant(item));
    if (order === 0) found = true;
    if (order === undefined) unknown = true;
    if (order === null) sawNull = true;
  }
  // One item of another type, such as a date, changes how all are compared.
  if (unknown) return undefined;
  if (found) return expression.negated ? 0 : 1;
  return sawNull ? null : expression.negated ? 1 : 0;
}

function foldCase(
  { value, branches, otherwise }: Extract<Expression, { type: "case" }>,
): Constant | undefined {
  const subject = value === undefined ? undefined : foldConstant(value);
  if (value !== undefined && subject === undefined) return undefined;
  const results = branches.map(({ then }) => foldConstant(then));
  if (otherwise !== undefined) results.push(foldConstant(otherwise));
  for (const [index, branch] of branches.entries()) {
    const when = foldConstant(branch.when);
    const order = value === undefined ? undefined : compareConstants(subject, when);
    const truth = value === undefined
      ? truthOf(when)
      : order === undefined || order === null
      ? order
      : order === 0;
    if (truth === undefined) return undefined;
    if (truth === true) return chosen(results[index], results);
  }
  return otherwise === undefined ? null : chosen(results[results.length - 1], results);
}

function foldCast({ value, target, using }: Cast): Constant | undefined {
  const constant = foldConstant(value);
  if (constant === null || constant === undefined || using) return using ? undefined : constant;
  if (target === "char") return textOf(constant);
  const digits = typeof constant === "string" ? /^\d{1,15}$/.exec(constant)?.[0] : undefined;
  const number = digits === undefined ? constant : Number(digits);
  if (typeof number !== "number") return undefined;
  if (/^signed( integer| int)?$/.test(target)) return number;
  return /^unsigned( integer| int)?$/.test(target) && number >= 0 ? { real: number } : undefined;
}

/** `(SELECT 1)` is 1 and EXISTS (SELECT 1) true: a block that reads no table and drops no row. */
function foldSubquery(expression: Extract<Expression, { type: "subquery" }>): Constant | undefined {
  const query = expression.query;
  const block = query.blocks[0];
  if (block === undefined || block.form !== "select") return undefined;
  if (query.limit !== undefined || block.limit !== undefined) return undefined;
  if (block.having !== undefined || block.qualify !== undefined || block.groupBy.length > 0) return undefined;
  if (expression.exists) {
    // A UNION has a row when one of its members has; the other operators may drop it.
    if (query.operators.some((operator) => operator.operator !== "union")) return undefined;
    if (block.items.some((item) => item.hasAggregate)) return 1;
    if (block.from.length > 0) return undefined;
    if (block.where === undefined) return 1;
    const truth = truthOf(foldConstant(block.where));
    return truth === undefined ? undefined : truth === true ? 1 : query.blocks.length > 1 ? undefined : 0;
  }
  const item = block.items[0];
  if (query.blocks.length > 1 || block.items.length !== 1 || item === undefined) return undefined;
  if (block.from.length > 0 || block.where !== undefined) return undefined;
  return foldConstant(item.expression);
}
