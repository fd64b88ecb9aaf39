/** What the page gets from the API, for the checker of types alone: nothing here is sent to a browser. */
export type { Approval, HeldText } from "../../../contract/approval.ts";
export type { AuditEvent } from "../../../contract/audit.ts";
export type { DigestReport } from "../../../contract/digest.ts";
export type { ApprovedDigest, Block, BreakGlass } from "../../../contract/override.ts";
export type { PolicyView } from "../../../contract/policy.ts";
export type { SessionRow } from "../../../contract/session.ts";
export type { Stats } from "../../../contract/stats.ts";
