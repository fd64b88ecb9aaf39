import { Counter, Gauge, type Metric, Registry } from "prom-client";
import { APPLIED_ACTIONS, HOLD_ENDS, SESSION_PHASES } from "../contract/words.ts";
import type { Histogram, Tally } from "../contract/counts.ts";
import type { ProcessSnapshot } from "./process_view.ts";
import type { HttpConnections } from "./http_server.ts";
import { SnapshotHistogram } from "./snapshot_histogram.ts";

/** What the admin side itself counts. */
export interface AdminTotals {
  /** Requests answered, by status. */
  readonly requests: Tally;
  /** Who listens to events now. */
  readonly eventStreams: number;
  readonly connections: HttpConnections;
  /** Connections to the HTTP side that could not be accepted. */
  readonly acceptFailures: number;
  /** Webhook deliveries by result: delivered, failed, dropped. */
  readonly webhook: Tally;
}

/** The Prometheus text of a snapshot. `pooler` is a label of every sample. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #set: (snapshot: ProcessSnapshot, admin: AdminTotals) => void;

  constructor(labels: { readonly pooler: string }, version: string) {
    const registers = [this.#registry];
    this.#registry.setDefaultLabels(labels);
    const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
      new Counter({ name, help, labelNames: [...labelNames], registers });
    const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
      new Gauge({ name, help, labelNames: [...labelNames], registers });
    const histogram = (name: string, help: string) => {
      const made = new SnapshotHistogram(name, help);
      this.#registry.registerMetric(made as unknown as Metric);
      return made;
    };
    const info = gauge("querycop_build_info", "1, with the version as a label", ["version"]);
    const accepted = counter("querycop_connections_accepted_total", "Client connections accepted");
    const loggedIn = counter(
      "querycop_logins_total",
      "Logins that the backend accepted, of sessions that have ended",
    );
    const limited = counter("querycop_connections_refused_total", "Client connections refused by a limit");
    const sessions = gauge("querycop_sessions", "Sessions by state", ["state"]);
    const ended = counter("querycop_sessions_ended_total", "Sessions that have ended, by cause", ["cause"]);
    const statements = counter("querycop_statements_total", "Statements judged, by decision", ["decision"]);
    const findings = counter(
      "querycop_findings_total",
      "Findings of statements that were not simply allowed, by rule group",
      ["group"],
    );
    const risk = histogram("querycop_statement_risk_score", "Statements by risk score, 0 to 100");
    const own = histogram(
      "querycop_statement_own_seconds",
      "querycop's own time for a statement, outside holds",
    );
    const backend = histogram("querycop_statement_backend_seconds", "The backend's time for a statement");
    const cache = counter("querycop_verdict_cache_lookups_total", "Verdicts by where they came from", [
      "result",
    ]);
    const holds = counter("querycop_holds_ended_total", "Held statements by how they ended", ["result"]);
    const held = gauge("querycop_holds", "Statements that wait for an approver now");
    const byLimit = counter(
      "querycop_statements_limited_total",
      "Statements refused by a limit of their role",
      [
        "limit",
      ],
    );
    const shadow = counter(
      "querycop_shadow_differences_total",
      "Statements that the shadow policy would have decided otherwise",
      ["from", "to"],
    );
    const bytes = counter("querycop_bytes_total", "Bytes relayed, by where they came from", ["from"]);
    const handshakes = counter("querycop_tls_handshakes_total", "TLS handshakes by leg and result", [
      "leg",
      "result",
    ]);
    const dials = counter(
      "querycop_backend_dials_total",
      "Attempts to connect to the backend by address family and result",
      ["family", "result"],
    );
    const auditHealthy = gauge("querycop_audit_healthy", "1 while audit records can be written, else 0");
    const auditLost = counter("querycop_audit_lost_total", "Audit records that could not be written");
    const auditEvicted = counter(
      "querycop_audit_evicted_total",
      "Audit records removed because the audit reached GATEKEEPER_AUDIT_MAX_MB",
    );
    const auditPending = gauge("querycop_audit_pending", "Audit records written and not yet in the chain");
    const requests = counter("querycop_admin_requests_total", "Requests to the HTTP side, by status", [
      "status",
    ]);
    const streams = gauge("querycop_event_streams", "Clients of /v1/events now");
    const webhook = counter("querycop_webhook_deliveries_total", "Webhook deliveries by result", ["result"]);
    const acceptFailures = counter(
      "querycop_accept_failures_total",
      "Connections that could not be accepted, by port: mysql or admin",
      ["port"],
    );
    const adminConnections = gauge("querycop_admin_connections", "Connections to the HTTP side now");
    const adminClosed = counter(
      "querycop_admin_connections_closed_total",
      "Connections to the HTTP side that were closed because there were too many (limit) or nothing was asked (timeout)",
      ["reason"],
    );
    const lag = gauge(
      "querycop_event_loop_lag_seconds",
      "Longest hold-up of the event loop in the last seconds",
    );
    this.#set = ({ proxy, judging, audit, ...snapshot }, admin) => {
      this.#registry.resetMetrics();
      info.set({ version }, 1);
      accepted.inc(proxy.accepted);
      loggedIn.inc(proxy.loggedIn);
      limited.inc(proxy.refusedByLimit);
      // Every one has a sample, so that a graph does not come and go.
      for (const state of SESSION_PHASES) sessions.set({ state }, snapshot.sessions[state] ?? 0);
      count(ended, proxy.ended, "cause");
      for (const decision of APPLIED_ACTIONS) statements.inc({ decision }, judging.decisions[decision] ?? 0);
      count(findings, judging.groups, "group");
      risk.set(riskHistogram(judging.risk));
      own.set(scaled(judging.ownUs, 1e6));
      backend.set(scaled(judging.backendMs, 1e3));
      cache.inc({ result: "hit" }, judging.cache.hits);
      cache.inc({ result: "miss" }, judging.cache.misses);
      for (const result of HOLD_ENDS) holds.inc({ result }, judging.holds[result] ?? 0);
      held.set(snapshot.held);
      count(byLimit, judging.limited, "limit");
      for (const [pair, times] of Object.entries(judging.shadowDiffers)) {
        const [from = "", to = ""] = pair.split(">");
        shadow.inc({ from, to }, times);
      }
      bytes.inc({ from: "client" }, proxy.bytesFromClients);
      bytes.inc({ from: "backend" }, proxy.bytesFromBackend);
      countPairs(handshakes, proxy.tlsHandshakes, ["leg", "result"]);
      countPairs(dials, proxy.dials, ["family", "result"]);
      auditHealthy.set(audit.healthy ? 1 : 0);
      auditLost.inc(audit.lost);
      auditPending.set(audit.pending);
      auditEvicted.inc(audit.evicted);
      count(requests, admin.requests, "status");
      streams.set(admin.eventStreams);
      count(webhook, admin.webhook, "result");
      acceptFailures.inc({ port: "mysql" }, proxy.acceptFailures);
      acceptFailures.inc({ port: "admin" }, admin.acceptFailures);
      adminConnections.set(admin.connections.open);
      adminClosed.inc({ reason: "limit" }, admin.connections.refused);
      adminClosed.inc({ reason: "timeout" }, admin.connections.timedOut);
      lag.set(snapshot.eventLoopLagMs / 1000);
    };
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Names of all metrics. */
  get names(): readonly string[] {
    return this.#registry.getMetricsAsArray().map(({ name }) => name);
  }

  text(snapshot: ProcessSnapshot, admin: AdminTotals): Promise<string> {
    this.#set(snapshot, admin);
    return this.#registry.metrics();
  }
}

function count(counter: Counter, tally: Tally, label: string): void {
  for (const [name, times] of Object.entries(tally)) counter.inc({ [label]: name }, times);
}

/** Counts by two words with a space between. */
function countPairs(counter: Counter, tally: Tally, [first, second]: readonly [string, string]): void {
  for (const [name, times] of Object.entries(tally)) {
    const [one = "", other = ""] = name.split(" ");
    counter.inc({ [first]: one, [second]: other }, times);
  }
}

/** Upper bounds of what the twelve numbers count: 0, 1-9, 10-19, ..., 90-99, 100. */
const RISK_BOUNDS = [0, 9, 19, 29, 39, 49, 59, 69, 79, 89, 99];

function riskHistogram(counts: readonly number[]): Histogram {
  // The scores themselves are not kept, so their sum is of each range's upper end.
  const sum = counts.reduce((total, count, index) => total + count * (RISK_BOUNDS[index] ?? 100), 0);
  return { bounds: RISK_BOUNDS, counts, sum };
}

/** In seconds, from a histogram with so many of its unit to the second. */
function scaled({ bounds, counts, sum }: Histogram, perSecond: number): Histogram {
  return { bounds: bounds.map((bound) => bound / perSecond), counts, sum: sum / perSecond };
}
