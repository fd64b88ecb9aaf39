/** The JSON that lint-sql and explain print, as schemas: types, tests and docs/schemas are made from them. */

import * as z from "zod";
import { LINT_LEVELS } from "./model.ts";

const level = z.enum(LINT_LEVELS as [string, ...string[]]);
const score = z.number().min(0).max(100);
const place = z.strictObject({
  line: z.int().min(1),
  column: z.int().min(1).describe("In Unicode characters"),
});
const span = z.strictObject({
  start_byte: z.int().min(0),
  end_byte: z.int().min(0).describe("Exclusive"),
  start: place,
  end: place,
});
const path = z.string().describe(
  "With forward slashes, relative to the working directory where it is below it",
);

const statement = z.strictObject({
  digest_hash: z.string().regex(/^[0-9a-f]{16}$/).describe(
    "Equal for statements that differ in literals only",
  ),
  index: z.int().min(0).describe("Counted over the file"),
  score,
  section: z.enum(["up", "down"]).describe("Which half of a migration it is in"),
  count: z.int().min(1).describe("How often the shape occurred in a log; 1 for a script"),
});

const finding = z.strictObject({
  rule: z.string().describe("For example D001"),
  name: z.string().describe("For example delete-without-where"),
  group: z.string(),
  level,
  score,
  message: z.string(),
  why: z.string(),
  fix: z.string(),
  url: z.string().optional(),
  file: path,
  span,
  excerpt: z.array(z.strictObject({ line: z.int().min(1), text: z.string() })).describe("Secrets left out"),
  statement,
  fingerprint: z.string(),
  unparsed: z.boolean().describe("MySQL would not parse what is there"),
  counted: z.boolean().describe("Not suppressed, and not in a down section unless those count"),
  failing: z.boolean().describe("The run fails because of it"),
  suppressed: z.strictObject({ kind: z.enum(["inline", "baseline"]), reason: z.string().optional() })
    .optional(),
  edits: z.array(z.strictObject({ start: z.int(), end: z.int(), text: z.string() })).optional()
    .describe("Replacements by byte offsets that keep the meaning"),
});

const count = z.int().min(0);

/** `querycop lint-sql --json`. */
export const lintReportSchema = z.strictObject({
  schema: z.literal("querycop.lint/2"),
  version: z.string(),
  target: z.enum(["mysql", "vitess", "planetscale"]),
  fail_on: score,
  totals: z.strictObject({
    files: count,
    statements: count,
    by_level: z.strictObject({ critical: count, high: count, medium: count, low: count, info: count }),
    findings: count,
    suppressed: count,
    baselined: count,
    down: count,
    failing: count,
    unparsed: count,
    score,
    errors: count,
  }),
  files: z.array(z.strictObject({ path, bytes: count, statements: count, score })),
  findings: z.array(finding),
  errors: z.array(
    z.strictObject({
      file: z.string().optional(),
      code: z.string(),
      message: z.string(),
      hint: z.string().optional(),
    }),
  ).describe("Inputs that could not be judged, wholly or in part"),
});

const rule = {
  code: z.string(),
  name: z.string(),
  group: z.string(),
  title: z.string(),
  score,
  level,
  why: z.string(),
  fix: z.string(),
  fires: z.array(z.string()).describe("SQL that fires"),
  quiet: z.array(z.string()).describe("SQL that does not"),
  references: z.array(z.string()),
  targets: z.array(z.enum(["mysql", "vitess", "planetscale"])),
  opt_in: z.boolean(),
  scope: z.enum(["statement", "file", "input"]),
};

/** `querycop explain RULE --json`. */
export const ruleSchema = z.strictObject({ schema: z.literal("querycop.rule/2"), ...rule });

/** `querycop explain --json`. */
export const rulesSchema = z.strictObject({
  schema: z.literal("querycop.rules/2"),
  rules: z.array(z.strictObject(rule)),
});

/** `querycop explain 'SQL' --json`. */
export const explainSchema = z.strictObject({
  schema: z.literal("querycop.explain/1"),
  statements: z.array(z.strictObject({
    kind: z.string(),
    digest: z.string().describe("As STATEMENT_DIGEST_TEXT() gives it"),
    score,
    level,
    facts: z.record(z.string(), z.string()),
    findings: z.array(z.strictObject({
      code: z.string(),
      name: z.string(),
      score,
      message: z.string(),
      start: count.describe("Byte offset into the text"),
      end: count,
    })),
    tokens: z.array(z.strictObject({ kind: z.string(), text: z.string() })),
  })),
});

/** The published schemas by file name. */
export const PUBLISHED_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  "lint.v2.json": lintReportSchema,
  "explain.v1.json": explainSchema,
  "rule.v2.json": ruleSchema,
  "rules.v2.json": rulesSchema,
};
