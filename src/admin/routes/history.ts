import { AuditRecordSchema } from "../../contract/audit.ts";
import { type DigestReport, DigestReportSchema, DigestSchema } from "../../contract/digest.ts";
import { DIGEST_ORDERS, LATENCY_BOUNDS_MS } from "../../contract/words.ts";
import * as z from "zod";
import { json } from "../http.ts";
import { percentile } from "../percentiles.ts";
import { route } from "../route.ts";
import { count, moment, role, words } from "../request_fields.ts";

const word = z.string().min(1).max(200);

/** What has been: statement shapes, and the audit. */
export const HISTORY_ROUTES = [
  route({
    method: "GET",
    path: "/v1/digests",
    tag: "Digests",
    summary: "Top statement shapes: how often, how long, how much, how dangerous",
    query: z.strictObject({
      order: z.enum(DIGEST_ORDERS).optional(),
      limit: count(1, 1000).optional(),
      role: role.optional(),
    }),
    answers: {
      200: {
        description: "The shapes, the first by the order asked for first",
        schema: z.strictObject({ digests: z.array(DigestReportSchema) }),
      },
    },
    handle: async ({ store, now }, { query }) => {
      const [rows, { blocks }] = await Promise.all([
        store.digests({
          order: query.order ?? "risk",
          limit: query.limit ?? 50,
          ...(query.role === undefined ? {} : { role: query.role }),
        }),
        store.overrides(),
      ]);
      const blocked = new Map(
        blocks.filter(({ until }) => until === undefined || until > now()).map((
          each,
        ) => [each.digest, each.id]),
      );
      return json(200, {
        digests: rows.map((row): DigestReport => {
          const latency = { bounds: LATENCY_BOUNDS_MS, counts: row.latency, sum: row.total_ms };
          // What lies above the last bound is known by the longest; no percentile is above that either.
          const at = (share: number) => {
            const value = percentile(latency, share);
            return value === null ? null : rounded(Math.min(value, row.max_ms));
          };
          return {
            ...row,
            avg_ms: row.count === 0 ? null : rounded(row.total_ms / row.count),
            p50_ms: at(0.5),
            p95_ms: at(0.95),
            p99_ms: at(0.99),
            blocked: blocked.get(row.digest) ?? null,
          };
        }),
      });
    },
  }),
  route({
    method: "GET",
    path: "/v1/audit",
    tag: "Audit",
    summary: "Audit records, newest first; all that is asked for must hold",
    query: z.strictObject({
      type: words.optional(),
      action: words.optional(),
      user: word.optional(),
      role: role.optional(),
      session: word.optional(),
      digest: DigestSchema.optional(),
      since: moment.describe("RFC 3339, or how long ago: 1h").optional(),
      until: moment.describe("RFC 3339, or how long ago: 1h; exclusive").optional(),
      before: count(1, Number.MAX_SAFE_INTEGER).describe("A page's `next`").optional(),
      limit: count(1, 1000).optional(),
    }),
    answers: {
      200: {
        description: "The records, and where the next page begins",
        schema: z.strictObject({ records: z.array(AuditRecordSchema), next: z.int().nullable() }),
      },
    },
    handle: async ({ store, now }, { query }) => {
      const limit = query.limit ?? 100;
      await store.flush();
      const records = await store.audit({
        limit,
        ...given("types", query.type),
        ...given("actions", query.action),
        ...given("user", query.user),
        ...given("role", query.role),
        ...given("session", query.session),
        ...given("digest", query.digest),
        ...given("since", query.since?.(now())),
        ...given("until", query.until?.(now())),
        ...given("beforeSeq", query.before),
      });
      return json(200, { records, next: records.length < limit ? null : records.at(-1)?.seq ?? null });
    },
  }),
];

function given<Name extends string, Value>(name: Name, value: Value | undefined): { [K in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [K in Name]?: Value };
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
