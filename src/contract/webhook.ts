import * as z from "zod";
import { DigestOrNoneSchema } from "./digest.ts";
import { level, score, time } from "./fields.ts";
import type { Shape } from "./shape.ts";
import { FindingSchema } from "./verdict.ts";

/** What a webhook receives. */
export const WebhookMessageSchema = z.strictObject({
  event: z.enum(["hold", "refused"]),
  id: z.string().describe("The decision's id, as its client was told"),
  time,
  role: z.string(),
  user: z.string(),
  schema: z.string(),
  client: z.string(),
  session: z.string(),
  score,
  level,
  findings: z.array(FindingSchema),
  sql: z.string().describe("Normal form, without literals; empty where only the text as written is kept"),
  digest: DigestOrNoneSchema,
  reason: z.string(),
  until: z.exactOptional(time).describe("Of a hold: when it times out"),
  approve: z.exactOptional(z.string()).describe("Of a hold: the command that approves it"),
  dashboard: z.exactOptional(z.string()),
  repeated: z.exactOptional(z.int().min(1)).describe("Like events since the last message of their kind"),
  text: z.string().describe("All of it for people, in Slack's format of incoming webhooks"),
});
export type WebhookMessage = Shape<typeof WebhookMessageSchema>;
