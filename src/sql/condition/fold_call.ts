/** Calls of functions whose result follows from constant arguments. */

import type { Call, Expression } from "../statement.ts";
import { compareConstants, type Constant, foldConstant, numberOf, textOf, truthOf } from "./fold.ts";

/** The value of a call with constant arguments; undefined for functions not known here. */
export function foldCall(call: Call): Constant | undefined {
  if (call.schema !== undefined || call.args.length > 64) return undefined;
  const args = call.args;
  const first = args[0];
  switch (call.key) {
    case "pi":
      return args.length === 0 ? Math.PI : undefined;
    case "coalesce":
    case "ifnull":
      for (const arg of args) {
        const value = foldConstant(arg);
        if (value !== null) return value;
      }
      return args.length === 0 ? undefined : null;
    case "if": {
      if (args.length !== 3) return undefined;
      const truth = truthOf(foldConstant(first as Expression));
      if (truth === undefined) return undefined;
      return foldConstant(args[truth === true ? 1 : 2] as Expression);
    }
    case "nullif": {
      if (args.length !== 2) return undefined;
      const value = foldConstant(first as Expression);
      const order = compareConstants(value, foldConstant(args[1] as Expression));
      return order === undefined ? undefined : order === 0 ? null : value;
    }
    case "isnull": {
      const value = first === undefined ? undefined : foldConstant(first);
      return value === undefined ? undefined : value === null ? 1 : 0;
    }
  }
  if (!STRICT_FUNCTIONS.has(call.key)) return undefined;
  const values: Exclude<Constant, null>[] = [];
  for (const arg of args) {
    const value = foldConstant(arg);
    if (value === undefined) return undefined;
    if (value === null) return null;
    values.push(value);
  }
  return applyFunction(call.key, values);
}

/** Functions that are NULL when an argument is, and that `applyFunction` knows. */
const STRICT_FUNCTIONS: ReadonlySet<string> = new Set([
  "abs",
  "ascii",
  "ceil",
  "ceiling",
  "char_length",
  "concat",
  "floor",
  "greatest",
  "lcase",
  "least",
  "length",
  "lower",
  "mod",
  "sign",
  "strcmp",
  "ucase",
  "upper",
]);

function applyFunction(name: string, values: readonly Exclude<Constant, null>[]): Constant | undefined {
  const first = values[0];
  if (first === undefined) return undefined;
  const text = textOf(first);
  const number = numberOf(first);
  switch (name) {
    case "concat": {
      const parts = values.map(textOf);
      return parts.includes(undefined) ? undefined : parts.join("");
    }
    case "ascii":
      return text === undefined || text.charCodeAt(0) > 127
        ? undefined
        : text === ""
        ? 0
        : text.charCodeAt(0);
    case "length":
    case "char_length":
      // deno-lint-ignore no-control-regex
      return text !== undefined && /^[\x00-\x7f]*$/.test(text) ? text.length : undefined;
    case "lower":
    case "lcase":
      return text?.toLowerCase();
    case "upper":
    case "ucase":
      return text?.toUpperCase();
    case "strcmp": {
      const order = compareConstants(text, values[1] === undefined ? undefined : textOf(values[1]));
      return order === null || order === undefined || Number.isNaN(order) ? undefined : order;
    }
    case "greatest":
    case "least": {
      if (!values.every((value): value is number => typeof value === "number")) return undefined;
      return values.reduce(name === "greatest" ? (a, b) => Math.max(a, b) : (a, b) => Math.min(a, b));
    }
  }
  if (number === undefined) return undefined;
  switch (name) {
    case "abs":
      return Math.abs(number);
    case "ceil":
    case "ceiling":
      return Math.ceil(number);
    case "floor":
      return Math.floor(number);
    case "sign":
      return Math.sign(number);
    case "mod": {
      const divisor = values[1] === undefined ? undefined : numberOf(values[1]);
      return divisor === undefined ? undefined : divisor === 0 ? null : number % divisor;
    }
  }
  return undefined;
}
