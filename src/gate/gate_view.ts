/** Counts of one process since its start, for metrics and the dashboard. */
export interface GateCounts {
  /** Statements by what was decided: allow, warn, hold, refuse, would_hold, would_refuse. */
  readonly decisions: Readonly<Record<string, number>>;
  /** Findings of statements that were not simply allowed, by rule group. */
  readonly groups: Readonly<Record<string, number>>;
  /** Statements by score: 0, 1-9, 10-19, ..., 90-99, 100. Twelve numbers. */
  readonly risk: readonly number[];
  /** querycop's own time to judge, in bounds of OWN_TIME_BOUNDS_US, one longer than they are; and their sum in us. */
  readonly ownTime: { readonly buckets: readonly number[]; readonly sumUs: number };
  /** The backend's time, in bounds of LATENCY_BOUNDS_MS, one longer; sum in ms. */
  readonly backendTime: { readonly buckets: readonly number[]; readonly sumMs: number };
  /** Held statements by how they ended: approved, rejected, timed_out, withdrawn. */
  readonly holds: Readonly<Record<string, number>>;
  /** Statements refused by a role's limit, by limit: statements_per_second. */
  readonly limited: Readonly<Record<string, number>>;
  /** Statements for which the shadow policy decided otherwise, by `from>to`. */
  readonly shadowDiffers: Readonly<Record<string, number>>;
  readonly held: number;
  /** Verdicts from the cache, and judged anew. */
  readonly cache: { readonly hits: number; readonly misses: number };
}

/** Upper bounds for querycop's own time, in microseconds. */
export const OWN_TIME_BOUNDS_US: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];
