import * as z from "zod";
import { tally, time, total } from "./fields.ts";
import type { Shape } from "./shape.ts";
import { MODES } from "./words.ts";

/** How the audit is doing. */
export const AuditHealthSchema = z.strictObject({
  healthy: z.boolean().describe("False while events cannot be written"),
  problem: z.string().nullable().describe("Why not, for people"),
  lost: total.describe("Events lost since the start"),
  pending: total.describe("Events written and not yet in the chain"),
  evicted: total.describe("Records removed since the start because the audit reached its size"),
});
export type AuditHealth = Shape<typeof AuditHealthSchema>;

const quantile = z.number().nullable().describe("null where nothing was measured");
const quantiles = z.strictObject({ p50: quantile, p95: quantile, p99: quantile });

/** The state of a process in some numbers. */
export const StatsSchema = z.strictObject({
  time,
  version: z.string(),
  mode: z.enum(MODES),
  policy: z.string(),
  uptime_s: total,
  sessions: total,
  held: total,
  statements: z.strictObject({
    allow: total,
    warn: total,
    hold: total,
    refuse: total,
    would_hold: total,
    would_refuse: total,
  }).describe("Totals since the start, by decision"),
  risk: z.array(total).length(12).describe("Statements by score: 0, 1-9, 10-19, ..., 90-99, 100"),
  bytes: z.strictObject({ client: total, backend: total }),
  own_us: quantiles.describe("Since the stats before"),
  backend_ms: quantiles.describe("Since the stats before"),
  audit: AuditHealthSchema,
  event_loop_lag_ms: z.number(),
  limited: tally,
}).meta({ id: "Stats" });
export type Stats = Shape<typeof StatsSchema>;
