/** Verdicts by statement shape, bounded. */

import type { TextVerdict } from "./text_judge.ts";

/** One shape and what was decided for it. */
interface Entry {
  readonly high: number;
  readonly low: number;
  readonly literals: number;
  /** Undefined where the shape alone does not decide: such statements are judged afresh each time. */
  readonly verdict: TextVerdict | undefined;
}

/** Keeps the shapes seen lately: two generations, of which the older goes when the younger is full. */
export class VerdictCache {
  readonly #limit: number;
  #young = new Map<number, Entry>();
  #old = new Map<number, Entry>();

  /** Holds up to twice `limit` shapes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Shapes held. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** What is known of a shape; undefined for one not seen lately. */
  get(high: number, low: number, literals: number): Entry | undefined {
    const key = keyOf(high, low, literals);
    const young = this.#young.get(key);
    if (young !== undefined) return matches(young, high, low, literals) ? young : undefined;
    const old = this.#old.get(key);
    if (old === undefined || !matches(old, high, low, literals)) return undefined;
    this.#keep(key, old);
    return old;
  }

  /** Keeps a verdict, or that there is none by shape. */
  set(high: number, low: number, literals: number, verdict: TextVerdict | undefined): void {
    this.#keep(keyOf(high, low, literals), { high, low, literals, verdict });
  }

  #keep(key: number, entry: Entry): void {
    if (this.#young.size >= this.#limit) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(key, entry);
  }
}

/** 53 of the bits; the rest is compared. */
function keyOf(high: number, low: number, literals: number): number {
  return ((high ^ literals) & 0x1fffff) * 0x1_0000_0000 + low;
}

function matches(entry: Entry, high: number, low: number, literals: number): boolean {
  return entry.high === high && entry.low === low && entry.literals === literals;
}
