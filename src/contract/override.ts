import * as z from "zod";
import { type Digest, DigestSchema } from "./digest.ts";
import { time } from "./fields.ts";
import type { Shape } from "./shape.ts";

const who = { id: z.string(), reason: z.string(), by: z.string(), created_at: time };

/** A digest that is refused at once, whatever the policy says. */
export const BlockSchema = z.strictObject({
  ...who,
  digest: DigestSchema,
  sql: z.exactOptional(z.string()).describe("Normal form where it is known"),
  until: z.exactOptional(time).describe("Absent: until it is removed"),
}).meta({ id: "Block" });
export type Block = Shape<typeof BlockSchema>;

/** Refusals of a role lifted for a time. */
export const BreakGlassSchema = z.strictObject({ ...who, role: z.string(), until: time })
  .meta({ id: "BreakGlass" });
export type BreakGlass = Shape<typeof BreakGlassSchema>;

/** A digest that an approver let pass for a time. */
export const ApprovedDigestSchema = z.strictObject({
  ...who,
  digest: DigestSchema,
  role: z.string(),
  tables: z.array(z.string()).describe("schema.table: it covers the digest on these only"),
  until: time,
}).meta({ id: "ApprovedDigest" });
export type ApprovedDigest = Shape<typeof ApprovedDigestSchema>;

/** All that changes decisions beside the policy file. Expired entries are left out. */
export interface Overrides {
  readonly blocks: readonly Block[];
  readonly break_glass: readonly BreakGlass[];
  readonly approved: readonly ApprovedDigest[];
  /** Digests by role, for roles with `only: learned`. */
  readonly learned: Readonly<Record<string, readonly Digest[]>>;
}

export const NO_OVERRIDES: Overrides = { blocks: [], break_glass: [], approved: [], learned: {} };
