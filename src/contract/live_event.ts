import type { Approval } from "./approval.ts";
import type { AuditEvent } from "./audit.ts";

/** Something that has just happened, for those who watch. */
export type LiveEvent =
  /** A decision other than a plain allow, as it was recorded. */
  | { readonly type: "decision"; readonly event: AuditEvent }
  /** A statement waits for an approver. */
  | { readonly type: "hold"; readonly approval: Approval }
  /** A held statement waits no longer. */
  | { readonly type: "approval"; readonly approval: Approval }
  /** Decisions were left out, because there were too many. */
  | { readonly type: "skipped"; readonly count: number };
