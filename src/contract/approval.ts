import * as z from "zod";
import { DigestOrNoneSchema } from "./digest.ts";
import { level, score, time } from "./fields.ts";
import type { Shape } from "./shape.ts";
import { FindingSchema } from "./verdict.ts";
import { APPROVAL_STATES } from "./words.ts";

/** A held statement: as it waits, or as it ended. */
export const ApprovalSchema = z.strictObject({
  id: z.string().describe("The decision's id, as its client was told"),
  state: z.enum(APPROVAL_STATES),
  session: z.string(),
  user: z.string(),
  schema: z.string(),
  client: z.string().describe("Address, without port"),
  role: z.string(),
  score,
  level,
  digest: DigestOrNoneSchema,
  sql: z.string(),
  findings: z.array(FindingSchema),
  reason: z.string().describe("Why the policy holds it"),
  created_at: time,
  until: time,
  decided_at: z.exactOptional(time),
  decided_by: z.exactOptional(z.string()),
  decision_reason: z.exactOptional(z.string()),
}).meta({ id: "Approval" });
export type Approval = Shape<typeof ApprovalSchema>;

/** One that waits now. */
export type HeldStatement = Approval & { readonly state: "pending" };

/** How an approver decides about a held statement. */
export interface Resolution {
  readonly decision: "approve" | "reject";
  /** Who, as they name themselves. */
  readonly by: string;
  readonly reason: string;
}
