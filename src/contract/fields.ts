/** Fields that several shapes have. */
import * as z from "zod";
import { LEVELS } from "./words.ts";

export const time = z.number().describe("Milliseconds since the Unix epoch");
export const total = z.int().min(0);
/** Counts by name. */
export const tally = z.record(z.string(), total);
export const score = z.number().min(0).max(100);
export const level = z.enum(LEVELS);
