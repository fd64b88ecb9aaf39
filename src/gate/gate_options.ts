import type { DigestRow } from "../contract/digest.ts";
import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/logger.ts";
import type { Policy } from "../risk/policy/policy.ts";
import type { ResponseLimits } from "../proxy/decision.ts";
import type { Recorder } from "../store/recorder.ts";

/** A policy with what belongs to it. */
export interface GatePolicy {
  readonly policy: Policy;
  /** Evaluated beside the policy; changes nothing. */
  readonly shadow?: Policy;
}

/** What a gate is made with. */
export interface GateOptions {
  /** `monitor` records what would be refused or held and lets it pass. */
  readonly mode: "enforce" | "monitor";
  readonly policy: GatePolicy;
  readonly scorePrepared: boolean;
  readonly holdTimeoutMs: number;
  /** Most statements held at a time in this process; past it they are refused. */
  readonly maxHeld?: number;
  readonly auditOnFailure: "continue" | "refuse";
  readonly auditStatements: "notable" | "all";
  readonly auditLiterals: boolean;
  /** The configuration's limits, which a role's replace one by one. */
  readonly limits: ResponseLimits;
  /** Processes that share a role's statements_per_second. */
  readonly workers: number;
  readonly recorder: Recorder;
  /** Given what was counted by digest, about every 5 s while there is any, and on close. */
  readonly onDigests?: (rows: readonly DigestRow[]) => void;
  readonly logger: Logger;
  readonly clock?: Clock;
}
