import type { JudgingTotals } from "../contract/counts.ts";
import type { Approval, HeldStatement, HeldText, Resolution } from "../contract/approval.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import type { Overrides } from "../contract/override.ts";
import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { OpenJudge } from "../proxy/decision.ts";
import type { SessionObserver } from "../proxy/session_observer.ts";
import type { GatePolicy } from "./gate_options.ts";

/** Decides on what the sessions of one process send. */
export interface Gate {
  /** To be given to the proxy: makes the judge of each session. */
  readonly openJudge: OpenJudge;
  /** To be given to the proxy: logins and ends of sessions are recorded. */
  readonly observer: SessionObserver;
  counts(): JudgingTotals;
  /** Statements that wait, oldest first. */
  held(): readonly HeldStatement[];
  /** Decides a held statement: its row as it is then, or undefined where none of this id waits. */
  resolve(id: string, resolution: Resolution): Approval | undefined;
  /** The text of one that waits, as it will run; undefined where none of this id waits or its text is not known. */
  heldText(id: string): HeldText | undefined;
  setPolicy(policy: GatePolicy): void;
  setOverrides(overrides: Overrides): void;
  /** The last statements for which the shadow policy decided otherwise, newest first. */
  shadowDifferences(): readonly ShadowDifference[];
  /** Calls back until the returned function is called. */
  subscribe(listener: (event: LiveEvent) => void): () => void;
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
