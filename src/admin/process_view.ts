import type { Approval, HeldText, Resolution } from "../contract/approval.ts";
import type { JudgingTotals, ProxyTotals, Tally } from "../contract/counts.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import type { Overrides } from "../contract/override.ts";
import type { PolicyReload, PolicyView } from "../contract/policy.ts";
import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { SessionRow } from "../contract/session.ts";
import type { AuditHealth } from "../contract/stats.ts";

/** Totals of a process, cheap to make: asked for each second while somebody looks. */
export interface ProcessSnapshot {
  readonly proxy: ProxyTotals & {
    /** TLS handshakes by `LEG RESULT`: `client ok`, `backend expired`. */
    readonly tlsHandshakes: Tally;
    /** Attempts to connect to the backend by `FAMILY RESULT`: `4 ok`, `6 refused`. */
    readonly dials: Tally;
    /** Connections of clients that could not be accepted. */
    readonly acceptFailures: number;
  };
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
  /** The text of a statement that waits, literals included; undefined where it is not known. */
  heldText(id: string): Promise<HeldText | undefined>;
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
