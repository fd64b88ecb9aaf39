import type { Decide } from "../proxy/decision.ts";
import type { SessionObserver } from "../proxy/session_observer.ts";
import type { AuditEvent } from "../store/audit_event.ts";
import type { ApprovalRow, Overrides } from "../store/store.ts";
import type { GatePolicy } from "./gate_options.ts";
import type { GateCounts, HeldStatement, Resolution } from "./gate_view.ts";

/** A statement to be judged without running it. */
export interface ScoreRequest {
  readonly sql: string;
  readonly user?: string;
  readonly schema?: string;
  /** Address of the client. */
  readonly client?: string;
  /** As `SET sql_mode` takes it. */
  readonly sqlMode?: string;
  /** As a greeting has it; what was seen last where left out. */
  readonly serverVersion?: string;
}

/** What the policy says of a text, and why. */
export interface ScoreAnswer {
  readonly score: number;
  readonly level: string;
  readonly action: "allow" | "warn" | "hold" | "refuse";
  readonly role: string;
  readonly reason: string;
  readonly statements: readonly {
    readonly kind: string;
    readonly score: number;
    readonly level: string;
    readonly action: "allow" | "warn" | "hold" | "refuse";
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

/** Something that happened, for those who watch. */
export type GateEvent =
  /** Recorded in the audit: everything but plain allows. */
  | { readonly type: "decision"; readonly event: AuditEvent }
  | { readonly type: "hold"; readonly approval: ApprovalRow }
  /** A held statement's end. */
  | { readonly type: "approval"; readonly approval: ApprovalRow };

/** Judges what the sessions of one process send, and says what becomes of it. */
export interface Gate {
  readonly decide: Decide;
  /** To be given to the proxy: logins and ends of sessions are recorded. */
  readonly observer: SessionObserver;
  counts(): GateCounts;
  /** Statements that wait, oldest first. */
  held(): readonly HeldStatement[];
  /** Decides a held statement: its row as it is then, or undefined where none of this id waits. */
  resolve(id: string, resolution: Resolution): ApprovalRow | undefined;
  setPolicy(policy: GatePolicy): void;
  setOverrides(overrides: Overrides): void;
  /** The last statements for which the shadow policy decided otherwise, newest first. */
  shadowDifferences(): readonly ShadowDifference[];
  /** Calls back until the returned function is called. */
  subscribe(listener: (event: GateEvent) => void): () => void;
  score(request: ScoreRequest): ScoreAnswer;
  /** Withdraws what is held, hands over what was counted, and stops. */
  close(): void;
}

/** One statement shape for which the shadow policy decides otherwise. */
export interface ShadowDifference {
  readonly role: string;
  readonly shadowRole: string;
  readonly from: string;
  readonly to: string;
  readonly digest: string;
  readonly sql: string;
  readonly reason: string;
  /** Milliseconds since the Unix epoch, when it was last seen. */
  readonly time: number;
}
