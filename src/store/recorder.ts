import type { AuditEvent } from "./audit_event.ts";

/** How the audit is doing. */
export interface RecorderState {
  /** False while events cannot be written. */
  readonly healthy: boolean;
  /** Why not, for people. */
  readonly problem: string | undefined;
  /** Events lost since the start. */
  readonly lost: number;
  /** Events written and not yet in the chain. */
  readonly pending: number;
}

/** Where events are recorded while statements run. */
export interface Recorder {
  /**
   * Writes an event so that it survives the end of this process, before it returns, in some microseconds. False where that
   * failed; the caller acts as GATEKEEPER_AUDIT_ON_FAILURE says. Never throws.
   */
  record(event: AuditEvent): boolean;
  state(): RecorderState;
}
