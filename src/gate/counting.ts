import { type AppliedAction, LATENCY_BOUNDS_MS } from "../contract/words.ts";
import type { Finding } from "../risk/verdict.ts";
import { bucketOf } from "./digest_counts.ts";
import { type JudgingTotals, OWN_TIME_BOUNDS_US } from "../contract/counts.ts";

const RISK_BUCKETS = 12;

/** Counts since the start of the process. */
export class Counting {
  readonly #decisions: Record<AppliedAction, number> = {
    allow: 0,
    warn: 0,
    hold: 0,
    refuse: 0,
    would_hold: 0,
    would_refuse: 0,
  };
  readonly #groups: Record<string, number> = {};
  readonly #risk: number[] = new Array(RISK_BUCKETS).fill(0);
  readonly #own: number[] = new Array(OWN_TIME_BOUNDS_US.length + 1).fill(0);
  readonly #backend: number[] = new Array(LATENCY_BOUNDS_MS.length + 1).fill(0);
  #ownUs = 0;
  #backendMs = 0;
  readonly #holds: Record<string, number> = { approved: 0, rejected: 0, timed_out: 0, withdrawn: 0 };
  readonly #limited: Record<string, number> = { statements_per_second: 0 };
  readonly #shadow: Record<string, number> = {};

  decided(action: AppliedAction, score: number): void {
    this.#decisions[action]++;
    this.#risk[score >= 100 ? 11 : score <= 0 ? 0 : 1 + Math.floor(score / 10)]!++;
  }

  /** Findings of a statement that was not simply allowed. */
  complained(findings: readonly Finding[]): void {
    for (const { rule } of findings) this.#groups[rule.group] = (this.#groups[rule.group] ?? 0) + 1;
  }

  own(us: number): void {
    this.#ownUs += us;
    this.#own[bucketOf(OWN_TIME_BOUNDS_US, us)]!++;
  }

  backend(ms: number): void {
    this.#backendMs += ms;
    this.#backend[bucketOf(LATENCY_BOUNDS_MS, ms)]!++;
  }

  holdEnded(how: string): void {
    this.#holds[how] = (this.#holds[how] ?? 0) + 1;
  }

  limited(limit: string): void {
    this.#limited[limit] = (this.#limited[limit] ?? 0) + 1;
  }

  shadow(key: string): void {
    this.#shadow[key] = (this.#shadow[key] ?? 0) + 1;
  }

  /** A copy, with what the verdict cache counts. */
  snapshot(cache: JudgingTotals["cache"]): JudgingTotals {
    return {
      decisions: { ...this.#decisions },
      groups: { ...this.#groups },
      risk: [...this.#risk],
      ownUs: { bounds: OWN_TIME_BOUNDS_US, counts: [...this.#own], sum: this.#ownUs },
      backendMs: { bounds: LATENCY_BOUNDS_MS, counts: [...this.#backend], sum: this.#backendMs },
      holds: { ...this.#holds },
      limited: { ...this.#limited },
      shadowDiffers: { ...this.#shadow },
      cache,
    };
  }
}
