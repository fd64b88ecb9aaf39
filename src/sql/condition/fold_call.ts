/** Calls of functions whose result follows from constant arguments. */

import type { Call, Expression } from "../statement.ts";
import { chosen, compareConstants, type Constant, textOf, truthOf } from "./constant.ts";

/** The value of a call with constant arguments, which `fold` gives; undefined for functions not known here. */
export function foldCall(
  call: Call,
  fold: (argument: Expression) => Constant | undefined,
): Constant | undefined {
  if (call.schema !== undefined || call.windowed || call.args.length > 64) return undefined;
  const args = call.args.map(fold);
  const [first, second, third] = args;
  switch (call.key) {
    case "pi":
      return args.length === 0 ? { real: Math.PI } : undefined;
    case "coalesce":
    case "ifnull":
      for (const value of args) if (value !== null) return chosen(value, args);
      return args.length === 0 ? undefined : null;
    case "if": {
      const truth = truthOf(first);
      if (args.length !== 3 || truth === undefined) return undefined;
      return chosen(truth === true ? second : third, [second, third]);
    }
    case "nullif": {
      const order = compareConstants(first, second);
      return args.length !== 2 || order === undefined ? undefined : order === 0 ? null : first;
    }
    case "isnull":
      return args.length !== 1 || first === undefined ? undefined : first === null ? 1 : 0;
  }
  if (!STRICT_FUNCTIONS.has(call.key)) return undefined;
  const values: Exclude<Constant, null>[] = [];
  for (const value of args) {
    if (value === undefined) return undefined;
    if (value === null) return null;
    values.push(value);
  }
  return applyFunction(call.key, values);
}

/** Functions that are NULL when an argument is, and that `applyFunction` knows. */
const STRICT_FUNCTIONS: ReadonlySet<string> = new Set([
  "abs",
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
  const [first, second] = values;
  if (first === undefined) return undefined;
  const text = textOf(first);
  switch (name) {
    case "concat": {
      const parts = values.map(textOf);
      return parts.includes(undefined) ? undefined : parts.join("");
    }
    case "length":
      // How many bytes a character takes is the connection's affair.
      return text === undefined ? undefined : text === "" ? 0 : { truth: true };
    case "char_length":
      return text !== undefined && /^[\x20-\x7e]*$/.test(text) ? text.length : undefined;
    // Turkish collations have an i of their own.
    case "lower":
    case "lcase":
      return typeof first === "string" && /^[\x20-\x7e]*$/.test(first) && !/I/.test(first)
        ? first.toLowerCase()
        : undefined;
    case "upper":
    case "ucase":
      return typeof first === "string" && /^[\x20-\x7e]*$/.test(first) && !/i/.test(first)
        ? first.toUpperCase()
        : undefined;
    case "strcmp":
      if (typeof first !== "string" || typeof second !== "string") return undefined;
      return compareConstants(first, second) ?? undefined;
    case "greatest":
    case "least": {
      if (values.length < 2 || !values.every((value) => typeof value === "number")) return undefined;
      return name === "greatest" ? Math.max(...values) : Math.min(...values);
    }
  }
  if (typeof first !== "number" || values.length > (name === "mod" ? 2 : 1)) return undefined;
  switch (name) {
    case "abs":
      return Math.abs(first);
    case "ceil":
    case "ceiling":
    case "floor":
      return first;
    case "sign":
      return Math.sign(first);
    case "mod":
      return typeof second !== "number" ? undefined : second === 0 ? null : first % second + 0;
  }
  return undefined;
}
