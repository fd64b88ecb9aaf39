/** What a process counts from its start on, for metrics and the dashboard. */

/** Counts by upper bound: `counts` is one longer than `bounds`, for what lies above them. */
export interface Histogram {
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  /** Of all values, in the bounds' unit. */
  readonly sum: number;
}

/** Counts by name. */
export type Tally = Readonly<Record<string, number>>;

/** What the proxy has counted since its start, by the names that metrics give it. */
export interface ProxyTotals {
  readonly accepted: number;
  readonly loggedIn: number;
  readonly refusedByLimit: number;
  readonly statements: number;
  readonly refused: number;
  readonly bytesFromClients: number;
  readonly bytesFromBackend: number;
  /** Ended sessions by cause. */
  readonly ended: Tally;
}

/** What judging has counted since its start. */
export interface JudgingTotals {
  /** Statements by what became of them: allow, warn, hold, refuse, would_hold, would_refuse. */
  readonly decisions: Tally;
  /** Findings of statements that were not simply allowed, by rule group. */
  readonly groups: Tally;
  /** Statements by score: 0, 1-9, 10-19, ..., 90-99, 100. Twelve numbers. */
  readonly risk: readonly number[];
  /** querycop's own time for a statement, in microseconds. */
  readonly ownUs: Histogram;
  /** The backend's time for a statement, in milliseconds. */
  readonly backendMs: Histogram;
  /** Held statements by how they ended. */
  readonly holds: Tally;
  /** Statements refused by a role's limit, by limit. */
  readonly limited: Tally;
  /** Statements that the shadow policy decides otherwise, by `from>to`. */
  readonly shadowDiffers: Tally;
  readonly cache: { readonly hits: number; readonly misses: number };
}

/** Upper bounds for querycop's own time, in microseconds. */
export const OWN_TIME_BOUNDS_US: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000];
