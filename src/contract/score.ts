import * as z from "zod";
import { DigestOrNoneSchema } from "./digest.ts";
import { level, score } from "./fields.ts";
import type { Shape } from "./shape.ts";
import { ExplainedFindingSchema } from "./verdict.ts";
import { ACTIONS } from "./words.ts";

/** A statement to judge without running it, and as whom. */
export const ScoreRequestSchema = z.strictObject({
  sql: z.string().min(1),
  user: z.exactOptional(z.string().max(256)),
  schema: z.exactOptional(z.string().max(256)),
  client: z.exactOptional(z.union([z.ipv4(), z.ipv6()], "Give an IP address")),
  sql_mode: z.exactOptional(z.string().max(1024)).describe("As SET sql_mode takes it"),
});
export type ScoreRequest = Shape<typeof ScoreRequestSchema>;

const action = z.enum(ACTIONS);

/** What would happen to a statement, and why. */
export const ScoreAnswerSchema = z.strictObject({
  score,
  level,
  action,
  role: z.string(),
  reason: z.string(),
  statements: z.array(z.strictObject({
    kind: z.string(),
    score,
    level,
    action,
    digest: DigestOrNoneSchema,
    normalized: z.string(),
    findings: z.array(ExplainedFindingSchema),
  })).describe(
    "At most 50, those that score highest, in the text's order; long shapes and many findings are cut",
  ),
  omitted: z.int().min(0).describe("Statements that `statements` leaves out"),
}).meta({ id: "Score" });
export type ScoreAnswer = Shape<typeof ScoreAnswerSchema>;
