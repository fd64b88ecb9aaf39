import assert from "node:assert/strict";
import { mergeSnapshots } from "../../src/admin/merge_snapshots.ts";
import { histogramSince, percentile } from "../../src/admin/percentiles.ts";
import type { ProcessSnapshot } from "../../src/admin/process_view.ts";
import * as fc from "fast-check";
import { MemoryAdmin } from "../support/memory_admin.ts";

const NOTHING = mergeSnapshots([]);

const SNAPSHOT: ProcessSnapshot = {
  ...NOTHING,
  proxy: {
    ...NOTHING.proxy,
    accepted: 5,
    bytesFromBackend: 200,
    ended: { client_quit: 3 },
    tlsHandshakes: { "backend ok": 4, "client handshake_failed": 1 },
    dials: { "6 refused": 2, "4 ok": 4 },
  },
  judging: {
    ...NOTHING.judging,
    decisions: { allow: 28, refuse: 2 },
    groups: { destructive: 2 },
    risk: [25, 0, 0, 0, 0, 0, 0, 0, 3, 0, 1, 1],
    ownUs: { bounds: [1, 10], counts: [3, 2, 1], sum: 45 },
    backendMs: { bounds: [0.25, 5], counts: [1, 4, 0], sum: 9 },
    holds: { approved: 1 },
    limited: { statements_per_second: 4 },
    shadowDiffers: { "allow>refuse": 6 },
    cache: { hits: 20, misses: 10 },
  },
  sessions: { command: 1 },
  held: 2,
  audit: { healthy: false, problem: "disk full", lost: 3, pending: 9, evicted: 11 },
  policySource: "built-in",
  eventLoopLagMs: 12,
};

Deno.test("metrics are the snapshot's, however often they are read, with the pooler as a label", async () => {
  const admin = new MemoryAdmin();
  admin.process.current = SNAPSHOT;
  await admin.ask("GET", "/metrics");
  await admin.ask("GET", "/v1/sessions", { anonymous: true });
  const { text } = await admin.ask("GET", "/metrics");
  for (
    const line of [
      'querycop_statements_total{decision="allow",pooler="vitess"} 28',
      'querycop_statements_total{decision="would_refuse",pooler="vitess"} 0',
      'querycop_findings_total{group="destructive",pooler="vitess"} 2',
      'querycop_sessions{state="command",pooler="vitess"} 1',
      'querycop_sessions{state="response",pooler="vitess"} 0',
      'querycop_sessions_ended_total{cause="client_quit",pooler="vitess"} 3',
      'querycop_bytes_total{from="backend",pooler="vitess"} 200',
      'querycop_tls_handshakes_total{leg="client",result="handshake_failed",pooler="vitess"} 1',
      'querycop_backend_dials_total{family="6",result="refused",pooler="vitess"} 2',
      'querycop_statement_own_seconds_bucket{le="0.000001",pooler="vitess"} 3',
      'querycop_statement_own_seconds_bucket{le="0.00001",pooler="vitess"} 5',
      'querycop_statement_own_seconds_bucket{le="+Inf",pooler="vitess"} 6',
      'querycop_statement_own_seconds_sum{pooler="vitess"} 0.000045',
      'querycop_statement_own_seconds_count{pooler="vitess"} 6',
      'querycop_statement_backend_seconds_bucket{le="0.005",pooler="vitess"} 5',
      'querycop_statement_risk_score_bucket{le="0",pooler="vitess"} 25',
      'querycop_statement_risk_score_bucket{le="+Inf",pooler="vitess"} 30',
      'querycop_holds{pooler="vitess"} 2',
      'querycop_holds_ended_total{result="approved",pooler="vitess"} 1',
      'querycop_statements_limited_total{limit="statements_per_second",pooler="vitess"} 4',
      'querycop_shadow_differences_total{from="allow",to="refuse",pooler="vitess"} 6',
      'querycop_verdict_cache_lookups_total{result="hit",pooler="vitess"} 20',
      'querycop_audit_healthy{pooler="vitess"} 0',
      'querycop_audit_lost_total{pooler="vitess"} 3',
      'querycop_audit_pending{pooler="vitess"} 9',
      'querycop_admin_requests_total{status="401",pooler="vitess"} 1',
      'querycop_webhook_deliveries_total{result="delivered",pooler="vitess"} 2',
      'querycop_event_loop_lag_seconds{pooler="vitess"} 0.012',
    ]
  ) assert.ok(text.includes(line + "\n"), `${line}\nin\n${text}`);
});

Deno.test("every metric is named querycop_NOUN_UNIT, counters ending in _total, and has help and a type", async () => {
  const { context } = new MemoryAdmin();
  const text = await context.metrics.text(SNAPSHOT, context.adminTotals());
  for (const name of context.metrics.names) {
    assert.match(name, /^querycop(_[a-z]+)+$/);
    const [, type] = new RegExp(`^# TYPE ${name} (\\w+)$`, "m").exec(text) ?? [];
    assert.equal(type === "counter", name.endsWith("_total"), `${name} ${type}`);
    assert.match(text, new RegExp(`^# HELP ${name} \\S`, "m"));
  }
});

Deno.test("several processes are shown as one", () => {
  const merged = mergeSnapshots([SNAPSHOT, {
    ...SNAPSHOT,
    eventLoopLagMs: 40,
    audit: { healthy: true, problem: null, lost: 0, pending: 1, evicted: 0 },
  }]);
  assert.equal(merged.proxy.accepted, 10);
  assert.deepEqual(merged.proxy.ended, { client_quit: 6 });
  assert.deepEqual(merged.judging.ownUs, { bounds: [1, 10], counts: [6, 4, 2], sum: 90 });
  assert.deepEqual(merged.judging.risk.slice(-2), [2, 2]);
  assert.deepEqual(merged.audit, { healthy: false, problem: "disk full", lost: 3, pending: 10, evicted: 11 });
  assert.equal(merged.eventLoopLagMs, 40);
  assert.equal(merged.held, 4);
});

Deno.test("a percentile lies in the bucket that holds its value, and percentiles grow with their share", () => {
  const bounds = [1, 2, 5, 10, 20, 50, 100];
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 200 }),
    fc.double({ min: 0.01, max: 1, noNaN: true }),
    (values, share) => {
      const counts = [...bounds, Infinity].map((to, index) => {
        const from = index === 0 ? -1 : bounds[index - 1] as number;
        return values.filter((value) => value > from && value <= to).length;
      });
      const histogram = { bounds, counts, sum: 0 };
      const found = percentile(histogram, share) as number;
      const exact = values.toSorted((a, b) => a - b)[Math.ceil(values.length * share) - 1] as number;
      const to = bounds.find((bound) => bound >= exact) as number;
      const from = bounds.filter((bound) => bound < to).at(-1) ?? 0;
      assert.ok(found >= from - 1e-9 && found <= to + 1e-9, `${found} for ${exact} in ${from}..${to}`);
      assert.ok(found <= (percentile(histogram, 1) as number) + 1e-9);
    },
  ));
  assert.equal(percentile({ bounds, counts: bounds.map(() => 0), sum: 0 }, 0.5), null);
});

Deno.test("percentiles are of what came since, and of all where counting began anew", async () => {
  const admin = new MemoryAdmin();
  const at = (counts: number[]) => {
    const ownUs = { bounds: [10, 100], counts, sum: 0 };
    admin.process.current = { ...SNAPSHOT, judging: { ...SNAPSHOT.judging, ownUs } };
  };
  const p50 = async () => (await admin.ask("GET", "/v1/stats")).json.own_us.p50;
  at([100, 0, 0]);
  assert.equal(await p50(), 5);
  at([100, 50, 0]);
  assert.equal(await p50(), 5, "the same second gives the same stats");
  await admin.pass(1000);
  assert.equal(await p50(), 55);
  await admin.pass(1000);
  assert.equal(await p50(), null);
  const fresh = { bounds: [10, 100], counts: [1, 0, 0], sum: 0 };
  assert.deepEqual(histogramSince(fresh, { bounds: [10, 100], counts: [100, 50, 0], sum: 0 }), fresh);
});
