import * as z from "zod";
import { score, time, total } from "./fields.ts";
import type { Shape } from "./shape.ts";

/** MySQL's STATEMENT_DIGEST(): 64 hexadecimal digits in lower case. */
export const DigestSchema = z.string().regex(
  /^[0-9a-f]{64}$/,
  "A digest is 64 hexadecimal digits in lower case",
).brand<"Digest">();
export type Digest = z.infer<typeof DigestSchema>;

/** Empty for a text that has no digest. */
export const DigestOrNoneSchema = z.union([DigestSchema, z.literal("")]);
export type DigestOrNone = z.infer<typeof DigestOrNoneSchema>;

/** The digest that a text is, whatever its case; `undefined` where it is none. */
export function parseDigest(text: string): Digest | undefined {
  return DigestSchema.safeParse(text.toLowerCase()).data;
}

/** What one statement shape did under one role. */
export const DigestRowSchema = z.strictObject({
  digest: DigestSchema,
  role: z.string(),
  sql: z.string().describe("Normal form, at most 4,096 characters"),
  kind: z.string(),
  score: score.describe("Worst score seen"),
  rules: z.array(z.string()),
  first_seen: time,
  last_seen: time,
  count: total,
  refused: total,
  errors: total,
  rows: total,
  affected_rows: total,
  bytes: total,
  total_ms: z.number(),
  max_ms: z.number(),
  latency: z.array(total).describe("Statements by latency bucket"),
});
export type DigestRow = Shape<typeof DigestRowSchema>;

const ms = z.number().nullable().describe("null where no run was timed");

/** A statement shape as the API shows it. */
export const DigestReportSchema = DigestRowSchema.extend({
  avg_ms: ms,
  p50_ms: ms,
  p95_ms: ms,
  p99_ms: ms,
  blocked: z.string().nullable().describe("Id of the block that refuses it"),
}).meta({ id: "Digest" });
export type DigestReport = Shape<typeof DigestReportSchema>;
