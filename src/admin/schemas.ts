/** Shapes of what the API takes and gives. The OpenAPI document is made from these. */
import * as z from "zod";
import { parseDurationMs } from "../base/duration.ts";

const YEAR_MS = 366 * 24 * 3_600_000;

/** Text of one line for people: no control characters, since it reaches terminals, logs and clients' errors. */
function line(most: number) {
  return z.string().trim().min(1, "Say something here").max(most, `At most ${most} characters`)
    .regex(/^[^\p{Cc}]*$/u, "One line, without control characters");
}

/** Who does something, as they name themselves. */
export const by = line(100);
export const reason = line(500);
export const role = line(100);
export const digest = z.string().regex(/^[0-9a-f]{64}$/, "A digest is 64 hexadecimal digits in lower case");

/** A duration above nothing, up to a year. */
export const lasts = z.string().refine((text) => {
  const ms = parseDurationMs(text);
  return ms !== undefined && ms > 0 && ms <= YEAR_MS;
}, "Write a duration up to a year, such as 30m, 1h or 7d");

/** A moment: RFC 3339, or a duration before now. */
export const moment = z.string().refine(
  (text) => parseMoment(text, 0) !== undefined,
  "Write a time such as 2026-05-18T12:00:00Z, or how long ago: 1h",
);

/** Milliseconds since the Unix epoch of a {@link moment}. */
export function parseMoment(text: string, now: number): number | undefined {
  const ago = parseDurationMs(text);
  if (ago !== undefined) return now - ago;
  if (!/^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:\d{2}))?$/.test(text)) {
    return undefined;
  }
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}

/** A number of a query string. */
export function count(min: number, max: number) {
  return z.string().regex(/^\d{1,16}$/, "Write a whole number").refine(
    (text) => Number(text) >= min && Number(text) <= max,
    `From ${min} to ${max}`,
  );
}

const time = z.number().describe("Milliseconds since the Unix epoch");
const total = z.int().min(0);
const tally = z.record(z.string(), total);
const score = z.number().min(0).max(100);
const finding = z.strictObject({ code: z.string(), name: z.string(), score });

const tls = z.strictObject({ version: z.string(), cipher: z.string().optional() }).nullable();

export const SessionSchema = z.strictObject({
  id: z.string(),
  user: z.string(),
  schema: z.string(),
  role: z.string(),
  client: z.string().describe("address:port"),
  state: z.string(),
  clientTls: tls,
  backendTls: tls,
  bytesFromClient: total,
  bytesFromBackend: total,
  statements: total,
  refused: total,
  ageSeconds: total,
}).meta({ id: "Session" });

export const DigestSchema = z.strictObject({
  digest: z.string(),
  role: z.string(),
  sql: z.string(),
  kind: z.string(),
  score: score.describe("Worst score seen"),
  rules: z.array(z.string()),
  firstSeen: time,
  lastSeen: time,
  count: total,
  refused: total,
  errors: total,
  rows: total,
  affectedRows: total,
  bytes: total,
  totalMs: z.number(),
  maxMs: z.number(),
  latency: z.array(total),
  avgMs: z.number().nullable(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  blocked: z.string().nullable().describe("Id of the block that refuses it"),
}).meta({ id: "Digest" });

const event = {
  id: z.string(),
  time,
  type: z.string(),
  action: z.string(),
  session: z.string().optional(),
  user: z.string().optional(),
  schema: z.string().optional(),
  client: z.string().optional(),
  role: z.string().optional(),
  command: z.string().optional(),
  score: score.optional(),
  level: z.string().optional(),
  digest: z.string().optional(),
  sql: z.string().optional(),
  findings: z.array(finding).optional(),
  reason: z.string().optional(),
  by: z.string().optional(),
  about: z.string().optional(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
};

export const AuditEventSchema = z.strictObject(event).meta({ id: "AuditEvent" });

export const AuditRecordSchema = z.strictObject({
  ...event,
  seq: z.int().min(1),
  previous: z.string(),
  hash: z.string(),
}).meta({ id: "AuditRecord" });

export const APPROVAL_STATES = ["pending", "approved", "rejected", "timed_out", "withdrawn", "lost"] as const;

export const ApprovalSchema = z.strictObject({
  id: z.string(),
  state: z.enum(APPROVAL_STATES),
  session: z.string(),
  user: z.string(),
  schema: z.string(),
  client: z.string(),
  role: z.string(),
  score,
  level: z.string(),
  digest: z.string(),
  sql: z.string(),
  findings: z.array(finding),
  reason: z.string(),
  createdAt: time,
  until: time,
  decidedAt: time.optional(),
  decidedBy: z.string().optional(),
  decisionReason: z.string().optional(),
}).meta({ id: "Approval" });

export const BlockSchema = z.strictObject({
  id: z.string(),
  digest: z.string(),
  sql: z.string().optional(),
  reason: z.string(),
  by: z.string(),
  createdAt: time,
  until: time.optional(),
}).meta({ id: "Block" });

export const BreakGlassSchema = z.strictObject({
  id: z.string(),
  role: z.string(),
  reason: z.string(),
  by: z.string(),
  createdAt: time,
  until: time,
}).meta({ id: "BreakGlass" });

export const ApprovedDigestSchema = z.strictObject({
  id: z.string(),
  digest: z.string(),
  role: z.string(),
  reason: z.string(),
  by: z.string(),
  createdAt: time,
  until: time,
}).meta({ id: "ApprovedDigest" });

export const PolicySchema = z.strictObject({
  source: z.string(),
  mode: z.enum(["enforce", "monitor"]),
  roles: z.array(z.looseObject({ name: z.string() })),
  shadow: z.string().nullable(),
  loadedAt: time,
  shadow_differs: tally,
}).meta({ id: "Policy" });

export const ScoreSchema = z.strictObject({
  score,
  level: z.string(),
  action: z.string(),
  role: z.string(),
  reason: z.string(),
  statements: z.array(z.strictObject({
    kind: z.string(),
    score,
    level: z.string(),
    action: z.string(),
    digest: z.string(),
    normalised: z.string(),
    findings: z.array(z.strictObject({
      code: z.string(),
      name: z.string(),
      score,
      message: z.string(),
      fix: z.string(),
    })),
  })),
}).meta({ id: "Score" });

const quantile = z.number().nullable();
const quantiles = z.strictObject({ p50: quantile, p95: quantile, p99: quantile });

export const StatsSchema = z.strictObject({
  time,
  version: z.string(),
  mode: z.enum(["enforce", "monitor"]),
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
  }),
  risk: z.array(total).length(12),
  bytes: z.strictObject({ client: total, backend: total }),
  own_us: quantiles.describe("Since the stats before"),
  backend_ms: quantiles.describe("Since the stats before"),
  audit: z.strictObject({
    healthy: z.boolean(),
    problem: z.string().nullable(),
    lost: total,
    pending: total,
  }),
  event_loop_lag_ms: z.number(),
  limited: tally,
}).meta({ id: "Stats" });

export const ErrorSchema = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    problems: z.array(z.looseObject({ message: z.string() })).optional(),
  }),
}).meta({ id: "Error" });
