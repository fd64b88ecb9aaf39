/** Constant folding with MySQL's coercions and three-valued logic. What cannot be folded for certain is undefined. */

import { assertNever } from "../../base/assert_never.ts";
import type { BinaryOperator, Comparison, Expression } from "../statement.ts";
import { foldCall } from "./fold_call.ts";

/** A constant SQL value: a number, a string, NULL, or a hexadecimal or bit literal that may be either. */
export type Constant = number | string | null | { readonly bytes: string };

/** The value of an expression that is the same wherever and whenever it is evaluated; undefined where it may not be. */
export function foldConstant(expression: Expression): Constant | undefined {
  switch (expression.type) {
    case "number":
      // Beyond 2^53 neighbours fall together, and a fold must never claim more than it knows.
      return Math.abs(expression.value) > Number.MAX_SAFE_INTEGER ? undefined : expression.value;
    case "string":
      return expression.value;
    case "hex":
    case "bit":
      // Under an introducer the bytes are a text of that character set.
      return expression.introducer === undefined ? { bytes: expression.value } : undefined;
    case "null":
      return null;
    case "boolean":
      return expression.value ? 1 : 0;
    case "temporal":
      return expression.value;
    case "unary":
      return foldUnary(expression.operator, foldConstant(expression.operand));
    case "binary":
      return foldBinary(
        expression.operator,
        foldConstant(expression.left),
        foldConstant(expression.right),
      );
    case "logical":
      return foldLogical(expression.operator, expression.operands);
    case "comparison":
      return foldComparison(expression);
    case "collate":
      return foldConstant(expression.value);
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
      const low = compareConstants(value, foldConstant(expression.low));
      const high = compareConstants(value, foldConstant(expression.high));
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
      if (value === undefined || pattern === undefined) return undefined;
      if (value === null || pattern === null) return null;
      const holds = likeMatches(String(textOf(value)), String(textOf(pattern)));
      return holds === undefined ? undefined : holds !== expression.negated ? 1 : 0;
    }
    case "case": {
      const value = expression.value === undefined ? undefined : foldConstant(expression.value);
      if (expression.value !== undefined && value === undefined) return undefined;
      for (const branch of expression.branches) {
        let chosen: boolean | null | undefined;
        if (expression.value === undefined) {
          chosen = truthOf(foldConstant(branch.when));
        } else {
          const order = compareConstants(value, foldConstant(branch.when));
          chosen = order === undefined ? undefined : order === null ? null : order === 0;
        }
        if (chosen === undefined) return undefined;
        if (chosen === true) return foldConstant(branch.then);
      }
      return expression.otherwise === undefined ? null : foldConstant(expression.otherwise);
    }
    case "call":
      return foldCall(expression);
    case "subquery":
      return foldSubquery(expression);
    case "cast": {
      const value = foldConstant(expression.value);
      if (value === null) return null;
      if (value === undefined || expression.using) return undefined;
      if (/^(signed|unsigned|int)/.test(expression.target)) {
        const number = numberOf(value);
        return number === undefined ? undefined : Math.round(number);
      }
      return expression.target === "char" ? textOf(value) : undefined;
    }
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

/** The truth of a constant: NULL for NULL, undefined for what is not known. */
export function truthOf(value: Constant | undefined): boolean | null | undefined {
  if (value === undefined) return undefined;
  if (value === null) return null;
  const number = numberOf(value);
  return number === undefined ? undefined : number !== 0;
}

/** MySQL's number of a value: the numeric prefix of a string, 0 where it has none. */
export function numberOf(value: Constant): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string") {
    const prefix = /^[ \t\n\v\f\r]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(value);
    return prefix === null ? 0 : Number(prefix[1]);
  }
  if (value === null) return undefined;
  if (value.bytes.length > 6) return undefined;
  let number = 0;
  for (let index = 0; index < value.bytes.length; index++) {
    number = number * 256 + value.bytes.charCodeAt(index);
  }
  return number;
}

/** A value as a string; undefined where its digits are not certain. */
export function textOf(value: Constant): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : undefined;
  return value === null ? undefined : value.bytes;
}

/** -1, 0 or 1; null where one is NULL; undefined where a collation or a rounding would decide. */
export function compareConstants(
  left: Constant | undefined,
  right: Constant | undefined,
): number | null | undefined {
  // NULL decides even against what is not known.
  if (left === null || right === null) return null;
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== "number" && typeof right !== "number") {
    const a = textOf(left);
    const b = textOf(right);
    return a === undefined || b === undefined ? undefined : compareText(a, b);
  }
  const a = numberOf(left);
  const b = numberOf(right);
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return 0;
  const exact = Number.isInteger(a) && Number.isInteger(b);
  if (!exact && Math.abs(a - b) <= 1e-4 * Math.max(1, Math.abs(a))) return undefined;
  return a < b ? -1 : 1;
}

/** Compares without knowing the collation: what case, accents or trailing spaces might make equal is undefined. */
function compareText(a: string, b: string): number | undefined {
  if (a === b) return 0;
  const plain = /^[\x20-\x7e]*$/;
  if (!plain.test(a) || !plain.test(b)) return undefined;
  const foldedA = a.toLowerCase().trimEnd();
  const foldedB = b.toLowerCase().trimEnd();
  if (foldedA === foldedB) return undefined;
  // Order of letters and digits among themselves is the same in every collation; of punctuation it is not.
  const ordered = /^[a-z0-9]*$/.test(foldedA) && /^[a-z0-9]*$/.test(foldedB) && a === foldedA &&
    b === foldedB;
  if (ordered) return foldedA < foldedB ? -1 : 1;
  return Number.NaN;
}

function foldComparison(expression: Comparison): Constant | undefined {
  if (expression.quantifier !== undefined) return undefined;
  const left = foldConstant(expression.left);
  const right = foldConstant(expression.right);
  if (expression.operator === "<=>") {
    if (left === undefined || right === undefined) return undefined;
    if (left === null || right === null) return left === right ? 1 : 0;
  }
  const order = compareConstants(left, right);
  return order === null ? null : asNumber(orderSatisfies(order, expression.operator), false);
}

/** Whether an order of two values satisfies an operator. NaN means "different, order unknown". */
function orderSatisfies(order: number | undefined, operator: Comparison["operator"]): boolean | undefined {
  if (order === undefined) return undefined;
  switch (operator) {
    case "=":
    case "<=>":
      return order === 0;
    case "<>":
      return order !== 0;
  }
  if (Number.isNaN(order)) return undefined;
  switch (operator) {
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
  if (value === undefined) return undefined;
  if (value === null) return null;
  if (operator === "not") return asNumber(truthOf(value), true);
  if (operator === "binary" || operator === "+") return value;
  const number = numberOf(value);
  if (number === undefined) return undefined;
  if (operator === "-") return number === 0 ? 0 : -number;
  // ~x is 2^64 - 1 - x: not a number a double holds, except that only its truth is ever wanted.
  return undefined;
}

function foldBinary(
  operator: BinaryOperator,
  left: Constant | undefined,
  right: Constant | undefined,
): Constant | undefined {
  if (left === null || right === null) return operator === "->" || operator === "->>" ? undefined : null;
  if (left === undefined || right === undefined) return undefined;
  if (operator === "||") {
    const a = textOf(left);
    const b = textOf(right);
    return a === undefined || b === undefined ? undefined : a + b;
  }
  const a = numberOf(left);
  const b = numberOf(right);
  if (a === undefined || b === undefined) return undefined;
  const value = arithmetic(operator, a, b);
  return value === null || value === undefined || Number.isFinite(value) &&
      Math.abs(value) <= Number.MAX_SAFE_INTEGER
    ? value
    : undefined;
}

function arithmetic(operator: BinaryOperator, a: number, b: number): number | null | undefined {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return b === 0 ? null : a / b;
    case "%":
      return b === 0 ? null : a % b;
    case "div":
      return b === 0 ? null : Math.trunc(a / b);
  }
  // Bit operations are on 64-bit unsigned integers: fold only what stays small and exact.
  if (!Number.isInteger(a) || !Number.isInteger(b) || a < 0 || b < 0) return undefined;
  const x = BigInt(a);
  const y = BigInt(b);
  switch (operator) {
    case "&":
      return Number(x & y);
    case "|":
      return Number(x | y);
    case "^":
      return Number(x ^ y);
    case "<<":
      return b > 63 ? 0 : Number(BigInt.asUintN(64, x << y));
    case ">>":
      return b > 63 ? 0 : Number(x >> y);
  }
  return undefined;
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
  for (const item of expression.items) {
    const order = compareConstants(value, foldConstant(item));
    if (order === 0) return expression.negated ? 0 : 1;
    if (order === undefined) unknown = true;
    if (order === null) sawNull = true;
  }
  if (unknown) return undefined;
  if (sawNull) return null;
  return expression.negated ? 1 : 0;
}

/** LIKE over plain text; undefined where letter case would decide. */
function likeMatches(value: string, pattern: string): boolean | undefined {
  if (pattern.length > 1000 || value.length > 1000) return undefined;
  if (!/^[\x20-\x7e]*$/.test(value + pattern)) return undefined;
  const exact = likeRun(value, pattern);
  return exact === likeRun(value.toLowerCase(), pattern.toLowerCase()) ? exact : undefined;
}

/** Greedy wildcard matching with one point of return: linear in value times pattern at worst, without recursion. */
function likeRun(value: string, pattern: string): boolean {
  let v = 0;
  let p = 0;
  let backV = -1;
  let backP = -1;
  while (v < value.length) {
    const wanted = pattern[p];
    if (wanted === "%") {
      backP = ++p;
      backV = v;
      continue;
    }
    const escaped = wanted === "\\" && p + 1 < pattern.length;
    const literal = escaped ? pattern[p + 1] : wanted;
    if (p < pattern.length && (wanted === "_" && !escaped || literal === value[v])) {
      p += escaped ? 2 : 1;
      v++;
    } else if (backP >= 0) {
      p = backP;
      v = ++backV;
    } else {
      return false;
    }
  }
  while (pattern[p] === "%") p++;
  return p === pattern.length;
}

/** `(SELECT 1)` is 1 and EXISTS (SELECT 1) true: a block that reads no table and drops no row. */
function foldSubquery(expression: Extract<Expression, { type: "subquery" }>): Constant | undefined {
  const query = expression.query;
  const block = query.blocks[0];
  if (block === undefined || block.form !== "select") return undefined;
  if (query.limit !== undefined || block.limit !== undefined || block.having !== undefined) return undefined;
  if (expression.exists) {
    // A UNION has a row when one of its members has; the other operators may drop it.
    if (query.operators.some((operator) => operator.operator !== "union")) return undefined;
    const aggregated = block.groupBy.length === 0 && block.items.some((item) => item.hasAggregate);
    if (aggregated) return 1;
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
