import * as z from "zod";
import { tally, time } from "./fields.ts";
import type { Shape } from "./shape.ts";
import { MODES } from "./words.ts";

/** The policy in force. */
export const PolicySchema = z.strictObject({
  source: z.string().describe("A path, or `built-in`"),
  mode: z.enum(MODES),
  roles: z.array(z.looseObject({ name: z.string() })).describe("As the file writes them, in matching order"),
  shadow: z.string().nullable().describe("Path of the shadow policy"),
  sha256: z.string().nullable().describe("Of the file, in hexadecimal; null for the built-in policy"),
  loaded_at: time,
  shadow_differs: tally.describe("Statements that the shadow policy decides otherwise, by `from>to`"),
}).meta({ id: "Policy" });
export type PolicyView = Shape<typeof PolicySchema>;

/** A mistake in a policy file. */
export const PolicyProblemSchema = z.strictObject({
  message: z.string(),
  file: z.exactOptional(z.string()),
  line: z.exactOptional(z.int().min(1)),
  column: z.exactOptional(z.int().min(1)),
});
export type PolicyProblem = Shape<typeof PolicyProblemSchema>;

/** A policy that has been read again. */
export const ReloadedPolicySchema = z.strictObject({ source: z.string(), roles: z.array(z.string()) });

/** What reading the policy again came to; with problems the old one stays. */
export type PolicyReload =
  | { readonly ok: true } & Shape<typeof ReloadedPolicySchema>
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };
