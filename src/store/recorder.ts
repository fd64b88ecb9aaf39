import type { AuditHealth } from "../contract/stats.ts";
import type { AuditEvent } from "../contract/audit.ts";

/** Where events are recorded while statements run. */
export interface Recorder {
  /**
   * Writes an event so that it survives the end of this process, before it returns, in some microseconds. False where that
   * failed; the caller acts as GATEKEEPER_AUDIT_ON_FAILURE says. Never throws.
   */
  record(event: AuditEvent): boolean;
  state(): AuditHealth;
}
