import type { AuditEvent } from "../store/audit_event.ts";
import type { RecorderState } from "../store/recorder.ts";
import type { ApprovalRow, Overrides } from "../store/store.ts";

/** One session as the API shows it. */
export interface SessionInfo {
  readonly id: string;
  /** Empty before the login has named one. */
  readonly user: string;
  readonly schema: string;
  /** Name of the policy's role; empty before the login has named a user. */
  readonly role: string;
  /** `address:port`. */
  readonly client: string;
  readonly state: string;
  readonly clientTls: TlsState;
  readonly backendTls: TlsState;
  readonly bytesFromClient: number;
  readonly bytesFromBackend: number;
  readonly statements: number;
  readonly refused: number;
  /** Whole seconds since the client was accepted. */
  readonly ageSeconds: number;
}

/** TLS of one leg; `version` is `unknown` where the stack does not tell. */
export type TlsState = { readonly version: string; readonly cipher?: string | undefined } | null;

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
  readonly audit: RecorderState;
  /** Where the policy came from; empty where it is not known. */
  readonly policySource: string;
  /** The longest that the event loop was held up in the last seconds, in ms. */
  readonly eventLoopLagMs: number;
}

/** The policy as it is in force. */
export interface PolicyView {
  /** A path, or `built-in`. */
  readonly source: string;
  readonly mode: "enforce" | "monitor";
  /** Roles as the file writes them, in matching order. */
  readonly roles: readonly Readonly<Record<string, unknown>>[];
  /** Path of the shadow policy. */
  readonly shadow: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly loadedAt: number;
  readonly shadow_differs: Tally;
}

/** A mistake in a policy file. */
export interface PolicyProblem {
  readonly message: string;
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** What reading the policy again came to; with problems the old one stays. */
export type PolicyReload =
  | { readonly ok: true; readonly source: string; readonly roles: readonly string[] }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** A statement to judge without running it, and as whom. */
export interface ScoreRequest {
  readonly sql: string;
  readonly user?: string | undefined;
  readonly schema?: string | undefined;
  /** An IP address. */
  readonly client?: string | undefined;
  readonly sql_mode?: string | undefined;
}

/** What would happen to a statement. */
export interface ScoreResult {
  readonly score: number;
  readonly level: string;
  readonly action: string;
  readonly role: string;
  readonly reason: string;
  readonly statements: readonly {
    readonly kind: string;
    readonly score: number;
    readonly level: string;
    readonly action: string;
    readonly digest: string;
    readonly normalised: string;
    readonly findings: readonly {
      readonly code: string;
      readonly name: string;
      readonly score: number;
      readonly message: string;
      readonly fix: string;
    }[];
  }[];
}

/** How an approver decides about a held statement. */
export interface HoldResolution {
  readonly decision: "approve" | "reject";
  readonly by: string;
  readonly reason: string;
}

/** Something that has just happened. */
export type LiveEvent =
  /** A decision other than a plain allow, as it was recorded. */
  | { readonly type: "decision"; readonly event: AuditEvent }
  /** A statement waits for an approver. */
  | { readonly type: "hold"; readonly approval: ApprovalRow }
  /** A held statement waits no longer. */
  | { readonly type: "approval"; readonly approval: ApprovalRow }
  /** So many decisions were not told of, because there were too many. */
  | { readonly type: "skipped"; readonly count: number };

/** A serving process, or several, as the API reaches them. */
export interface ProcessView {
  snapshot(): Promise<ProcessSnapshot>;
  sessions(): Promise<readonly SessionInfo[]>;
  /** Statements that wait now, oldest first. */
  held(): Promise<readonly ApprovalRow[]>;
  /** Ends a session; `false` where none has this id. */
  endSession(id: string): Promise<boolean>;
  /** Decides about a held statement and resolves to it as it ended; `undefined` where none waits under this id. */
  resolveHold(id: string, resolution: HoldResolution): Promise<ApprovalRow | undefined>;
  /** Resolves once every process decides by these. */
  setOverrides(overrides: Overrides): Promise<void>;
  policy(): Promise<PolicyView>;
  /** Reads the policy file again, in every process or in none. */
  reloadPolicy(): Promise<PolicyReload>;
  score(request: ScoreRequest): Promise<ScoreResult>;
  /** Calls back until the returned function is called. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
  /** Starts to drain, as SIGTERM does. */
  drain(): void;
}
