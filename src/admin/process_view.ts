import type { Approval, Resolution } from "../contract/approval.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import type { Overrides } from "../contract/override.ts";
import type { PolicyReload, PolicyView } from "../contract/policy.ts";
import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { SessionRow } from "../contract/session.ts";
import type { AuditHealth } from "../contract/stats.ts";

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
  /** TLS handshakes by `LEG RESULT`: `client ok`, `backend expired`. */
  readonly tlsHandshakes: Tally;
  /** Attempts to connect to the backend by `FAMILY RESULT`: `4 ok`, `6 refused`. */
  readonly dials: Tally;
}

/** What judging has counted since its start. */
export interface JudgingTotals {
  /** allow, warn, hold, refuse, would_hold, would_refuse. */
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
  /** By `from>to`. */
  readonly shadowDiffers: Tally;
  readonly cache: { readonly hits: number; readonly misses: number };
}

/** Totals of a process, cheap to make: asked for each second while somebody looks. */
export interface ProcessSnapshot {
  readonly proxy: ProxyTotals;
  readonly judging: JudgingTotals;
  /** Sessions now, by state. */
  readonly sessions: Tally;
  /** Statements that wait for an approver now. */
  readonly held: number;
  readonly audit: AuditHealth;
  /** Where the policy came from; empty where it is not known. */
  readonly policySource: string;
  /** The longest that the event loop was held up in the last seconds, in ms. */
  readonly eventLoopLagMs: number;
}

/** A serving process, or several, as the API reaches them. */
export interface ProcessView {
  snapshot(): Promise<ProcessSnapshot>;
  sessions(): Promise<readonly SessionRow[]>;
  /** Statements that wait now, oldest first. */
  held(): Promise<readonly Approval[]>;
  /** Ends a session; `false` where none has this id. */
  endSession(id: string): Promise<boolean>;
  /** Decides about a held statement and resolves to it as it ended; `undefined` where none waits under this id. */
  resolveHold(id: string, resolution: Resolution): Promise<Approval | undefined>;
  /** Resolves once every process decides by these. */
  setOverrides(overrides: Overrides): Promise<void>;
  policy(): Promise<PolicyView>;
  /** Reads the policy file again, in every process or in none. */
  reloadPolicy(): Promise<PolicyReload>;
  score(request: ScoreRequest): Promise<ScoreAnswer>;
  /** Calls back until the returned function is called. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  /** Starts to drain, as SIGTERM does. */
  drain(): void;
}
