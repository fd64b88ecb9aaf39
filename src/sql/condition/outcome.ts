/** Three-valued logic over sets of outcomes. */

/** Bits of `Outcome.mask`. */
export const TRUE = 1;
export const FALSE = 2;
export const NULL = 4;
const ANY = TRUE | FALSE | NULL;

/** The outcomes of a condition over all rows. */
export interface Outcome {
  /** Which of TRUE, FALSE and NULL it may be. */
  readonly mask: number;
  /** Its outcome depends on the row; otherwise it is the same for all. */
  readonly row: boolean;
  /** It is nothing but a value of the row taken for true: `WHERE id`. */
  readonly truthy: boolean;
  /** It has one value, but for rows where a column is NULL; where that is a single column, its name in lower case. */
  readonly unlessNull?: string | true;
}

/** True, false, NULL for every row. */
export const ALWAYS: Outcome = { mask: TRUE, row: false, truthy: false };
export const NEVER: Outcome = { mask: FALSE, row: false, truthy: false };
export const UNKNOWN: Outcome = { mask: NULL, row: false, truthy: false };

/** Anything, as the row is. */
export const SOME: Outcome = { mask: ANY, row: true, truthy: false };

/** Anything, as a value of the row is. */
export const TRUTHY: Outcome = { mask: ANY, row: true, truthy: true };

/** Anything, but the same for every row. */
export const SAME_FOR_ALL: Outcome = { mask: ANY, row: false, truthy: false };

/** What joining two conditions by one of the tables below makes. */
export function combine(a: Outcome, b: Outcome, table: (a: number, b: number) => number): Outcome {
  let mask = 0;
  for (let x = TRUE; x <= NULL; x <<= 1) {
    if ((a.mask & x) === 0) continue;
    for (let y = TRUE; y <= NULL; y <<= 1) if ((b.mask & y) !== 0) mask |= table(x, y);
  }
  const row = a.row && !decides(b, table) || b.row && !decides(a, table);
  // An OR lets through what either does; an AND only what both do.
  const truthy = table === or3
    ? a.truthy || b.truthy
    : table === and3
    ? (a.truthy || coversAll(a)) && (b.truthy || coversAll(b))
    : false;
  const unlessNull = definite(a, b, table);
  return unlessNull === undefined ? { mask, row, truthy } : { mask, row, truthy, unlessNull };
}

/** Whether a combination has one value but for NULLs. */
function definite(a: Outcome, b: Outcome, table: (a: number, b: number) => number): Outcome["unlessNull"] {
  // What decides an OR is being TRUE, an AND being FALSE: one operand's is enough.
  const decisive = table === or3 ? TRUE : table === and3 ? FALSE : 0;
  if (a.unlessNull !== undefined && (a.mask & ~NULL) === decisive) return a.unlessNull;
  if (b.unlessNull !== undefined && (b.mask & ~NULL) === decisive) return b.unlessNull;
  const constant = (outcome: Outcome) => outcome.mask === TRUE || outcome.mask === FALSE;
  if (a.unlessNull !== undefined && constant(b)) return a.unlessNull;
  if (b.unlessNull !== undefined && constant(a)) return b.unlessNull;
  return a.unlessNull !== undefined && b.unlessNull !== undefined ? true : undefined;
}

/** Whether an operand settles the result alone. */
function decides(outcome: Outcome, table: (a: number, b: number) => number): boolean {
  return table === or3 ? outcome.mask === TRUE : table === and3 ? outcome.mask === FALSE : false;
}

function coversAll(outcome: Outcome): boolean {
  return outcome.mask === TRUE || outcome.mask === (TRUE | NULL) && outcome.unlessNull !== undefined;
}

/** Truth tables over single bits. */
export function and3(a: number, b: number): number {
  return a === FALSE || b === FALSE ? FALSE : a === NULL || b === NULL ? NULL : TRUE;
}

export function or3(a: number, b: number): number {
  return a === TRUE || b === TRUE ? TRUE : a === NULL || b === NULL ? NULL : FALSE;
}

export function xor3(a: number, b: number): number {
  return a === NULL || b === NULL ? NULL : a === b ? FALSE : TRUE;
}
