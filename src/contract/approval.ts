import * as z from "zod";
import { DigestOrNoneSchema } from "./digest.ts";
import { level, score, time } from "./fields.ts";
import type { Shape } from "./shape.ts";
import { ExplainedFindingSchema, FindingSchema } from "./verdict.ts";
import { APPLIED_ACTIONS, APPROVAL_STATES } from "./words.ts";

/** One statement of a text that waits. */
export const HeldPartSchema = z.strictObject({
  kind: z.string(),
  action: z.enum(APPLIED_ACTIONS),
  score,
  level,
  digest: DigestOrNoneSchema,
  schema: z.string().describe("Current schema when it runs"),
  tables: z.array(z.string()).describe("schema.table, as an approval of its digest covers them"),
  sql: z.string().describe("Normal form"),
  findings: z.array(ExplainedFindingSchema),
});
export type HeldPart = Shape<typeof HeldPartSchema>;

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
  findings: z.array(FindingSchema).describe("Of all statements of the text"),
  statement_count: z.exactOptional(z.int().min(1)).describe("While it waits: statements of the text"),
  statements: z.exactOptional(z.array(HeldPartSchema))
    .describe("While it waits: its statements in their order; of more than 100 the strictest"),
  reason: z.string().describe("Why the policy holds it"),
  created_at: time,
  until: time,
  decided_at: z.exactOptional(time),
  decided_by: z.exactOptional(z.string()),
  decision_reason: z.exactOptional(z.string()),
}).meta({ id: "Approval" });
export type Approval = Shape<typeof ApprovalSchema>;

/** The text of a held statement as it will run, literals included: for its approver, and nowhere recorded. */
export const HeldTextSchema = z.strictObject({
  sql: z.string().describe("As it was sent, read as UTF-8"),
  bytes: z.int().min(0).describe("Length as it was sent"),
  left_out: z.int().min(0).describe("Bytes of the middle that are not in `sql`; 0 up to 1 MiB"),
}).meta({ id: "HeldText" });
export type HeldText = Shape<typeof HeldTextSchema>;

/** One that waits now. */
export type HeldStatement = Approval & { readonly state: "pending" };

/** How an approver decides about a held statement. */
export interface Resolution {
  readonly decision: "approve" | "reject";
  /** Who, as they name themselves. */
  readonly by: string;
  readonly reason: string;
  /** Address that the decision came from. */
  readonly address?: string;
}
