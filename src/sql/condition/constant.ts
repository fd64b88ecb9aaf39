/** Constant SQL values, and what MySQL and MariaDB alike make of them whatever the session's settings are. */

/**
 * A constant: a signed integer, a string, NULL; a number that is none of the former and has been rounded nowhere (decimal,
 * double, unsigned); the bytes of a hexadecimal or bit literal; or something of which only the truth is known.
 */
export type Constant =
  | number
  | string
  | null
  | { readonly real: number }
  | { readonly bytes: string }
  | { readonly truth: boolean };

/** The truth of a constant: NULL for NULL, undefined for what is not known. */
export function truthOf(value: Constant | undefined): boolean | null | undefined {
  if (value === undefined || value === null) return value;
  if (typeof value === "object" && "truth" in value) return value.truth;
  const number = numberOf(value);
  return number === undefined ? undefined : number !== 0;
}

/** Digits that a double holds without loss. */
const EXACT_DIGITS = 15;

/** The number of a value: the numeric prefix of a string, 0 where it has none; undefined where that is not certain. */
export function numberOf(value: Constant): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value === "string") {
    const [, prefix, exponent] = /^ *([-+]?(?:\d+\.?\d*|\.\d+))([eE][-+\d])?/.exec(value) ?? [];
    if (exponent !== undefined) return undefined;
    if (prefix === undefined) return /^ *[A-Za-z]|^ *$/.test(value) ? 0 : undefined;
    return prefix.length > EXACT_DIGITS ? undefined : Number(prefix);
  }
  // A hexadecimal literal is a number here and a string there, and that differently on MariaDB.
  return value === null || !("real" in value) ? undefined : value.real;
}

/** A value as a string; undefined where its digits are not certain. */
export function textOf(value: Constant): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

/** -1, 0 or 1; null where one is NULL; undefined where a collation or a rounding would decide. */
export function compareConstants(
  left: Constant | undefined,
  right: Constant | undefined,
): number | null | undefined {
  // NULL decides even against what is not known.
  if (left === null || right === null) return null;
  if (left === undefined || right === undefined) return undefined;
  if (typeof left === "string" && typeof right === "string") return compareText(left, right);
  const a = numberOf(left);
  const b = numberOf(right);
  if (a === undefined || b === undefined) return undefined;
  return a === b ? 0 : a < b ? -1 : 1;
}

/**
 * Compares without knowing the collation, in which letters may be equal that look nothing alike (I and J, V and W), and
 * even texts of different length. Digits never are, and no letter or digit is nothing.
 */
function compareText(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (a.trimEnd() !== a || b.trimEnd() !== b) return undefined;
  if (a === "" && /^[A-Za-z0-9]/.test(b)) return -1;
  if (b === "" && /^[A-Za-z0-9]/.test(a)) return 1;
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return undefined;
  return a < b ? -1 : 1;
}

/** Whether values are all integers, or all strings: of one type, so that comparing or choosing changes nothing of them. */
export function areOfOneType(values: readonly (Constant | undefined)[]): boolean {
  return values.every((value) => typeof value === "number") ||
    values.every((value) => typeof value === "string");
}

/**
 * One of several values, as the type that all of them are brought to leaves it: no more than its truth where they differ, for
 * even a NULL has a type, and nothing where one is not known, which may be of another character set.
 */
export function chosen(
  value: Constant | undefined,
  all: readonly (Constant | undefined)[],
): Constant | undefined {
  if (value === null || value === undefined || areOfOneType(all)) return value;
  const truth = all.some(isUncertain) ? undefined : truthOf(value);
  return truth === undefined || truth === null ? undefined : { truth };
}

/** Not known, or bytes, which an introducer may have put into any character set. */
function isUncertain(value: Constant | undefined): boolean {
  return value === undefined || typeof value === "object" && value !== null && "bytes" in value;
}

/** LIKE between two texts; undefined where a collation or the escape character would decide. */
export function matchesLike(value: string, pattern: string): boolean | undefined {
  if (pattern.length > 1000 || value.length > 1000 || /\\/.test(pattern + value)) return undefined;
  if (!/^[\x20-\x7e]*$/.test(value + pattern)) return undefined;
  if (runLike(value, pattern)) return true;
  return /^\d*$/.test(value) && /^[\d%_]*$/.test(pattern) ? false : undefined;
}

/** Greedy wildcard matching with one point of return: linear in value times pattern at worst, without recursion. */
function runLike(value: string, pattern: string): boolean {
  let v = 0;
  let p = 0;
  let backV = -1;
  let backP = -1;
  while (v < value.length) {
    if (pattern[p] === "%") {
      backP = ++p;
      backV = v;
    } else if (p < pattern.length && (pattern[p] === "_" || pattern[p] === value[v])) {
      p++;
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
