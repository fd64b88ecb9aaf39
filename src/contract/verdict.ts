import * as z from "zod";
import { score } from "./fields.ts";
import type { Shape } from "./shape.ts";

/** A rule that complained, as it is recorded. */
export const FindingSchema = z.strictObject({ code: z.string(), name: z.string(), score });
export type Finding = Shape<typeof FindingSchema>;

/** The same with what it says to people. */
export const ExplainedFindingSchema = FindingSchema.extend({ message: z.string(), fix: z.string() });
