/** Verdicts by statement shape, bounded. */

import type { JudgedStatement, StatementShape } from "./judged_statement.ts";

/** One shape and what was decided for it. */
export interface CacheEntry<Memo = unknown> {
  readonly high: number;
  readonly low: number;
  readonly literals: number;
  readonly shape: StatementShape;
  /** Undefined where the shape alone does not decide: such statements are judged afresh each time. */
  readonly judged: JudgedStatement<Memo> | undefined;
  /** Where it does not: verdicts of this shape lately given, each once. */
  readonly variants: JudgedStatement<Memo>[];
}

/** What a generation may take of memory, about, in bytes. */
const MAX_WEIGHT = 8 * 1024 * 1024;

/** Keeps the shapes seen lately: two generations, of which the older goes when the younger is full. */
export class VerdictCache<Memo = unknown> {
  readonly #limit: number;
  #young = new Map<number, CacheEntry<Memo>>();
  #old = new Map<number, CacheEntry<Memo>>();
  #weight = 0;

  /** Holds up to twice `limit` shapes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Shapes held. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** What is known of a shape; undefined for one not seen lately. */
  get(high: number, low: number, literals: number): CacheEntry<Memo> | undefined {
    const key = keyOf(high, low, literals);
    const young = this.#young.get(key);
    if (young !== undefined) return matches(young, high, low, literals) ? young : undefined;
    const old = this.#old.get(key);
    if (old === undefined || !matches(old, high, low, literals)) return undefined;
    this.#keep(key, old);
    return old;
  }

  /** Keeps a shape with its verdict, or without where there is none by shape. */
  set(entry: CacheEntry<Memo>): void {
    this.#keep(keyOf(entry.high, entry.low, entry.literals), entry);
  }

  #keep(key: number, entry: CacheEntry<Memo>): void {
    if (this.#young.size >= this.#limit || this.#weight >= MAX_WEIGHT) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#weight = 0;
    }
    this.#young.set(key, entry);
    this.#weight += entry.shape.weight + 256 * (entry.judged?.findings.length ?? 16);
  }
}

/** 53 of the bits; the rest is compared. */
function keyOf(high: number, low: number, literals: number): number {
  return ((high ^ literals) & 0x1fffff) * 0x1_0000_0000 + low;
}

function matches(entry: CacheEntry, high: number, low: number, literals: number): boolean {
  return entry.high === high && entry.low === low && entry.literals === literals;
}
