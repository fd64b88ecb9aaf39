import { Counter, Gauge, Registry } from "prom-client";
import type { ProcessSnapshot } from "./process_view.ts";

/** Where a session can be; every one has a sample, so that a graph does not come and go. */
const STATES = [
  "greeting",
  "tls",
  "authentication",
  "command",
  "response",
  "local-infile",
  "closing",
] as const;

/** The Prometheus text of a snapshot. `pooler` is a label of every sample. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #set: (snapshot: ProcessSnapshot) => void;

  constructor(labels: { readonly pooler: string }, version: string) {
    const registers = [this.#registry];
    this.#registry.setDefaultLabels(labels);
    const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
      new Counter({ name, help, labelNames: [...labelNames], registers });
    const gauge = (name: string, help: string, labelNames: readonly string[] = []) =>
      new Gauge({ name, help, labelNames: [...labelNames], registers });
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
    const bytes = counter("querycop_bytes_total", "Bytes relayed, by where they came from", ["from"]);
    const lag = gauge(
      "querycop_event_loop_lag_seconds",
      "Longest hold-up of the event loop in the last seconds",
    );
    this.#set = (snapshot) => {
      this.#registry.resetMetrics();
      const { counts } = snapshot;
      info.set({ version }, 1);
      accepted.inc(counts.accepted);
      loggedIn.inc(counts.loggedIn);
      limited.inc(counts.refusedByLimit);
      for (const state of STATES) sessions.set({ state }, 0);
      for (const { state } of snapshot.sessions) sessions.inc({ state });
      for (const [cause, count] of Object.entries(counts.ended)) ended.inc({ cause }, count);
      statements.inc({ decision: "allow" }, counts.statements - counts.refused);
      statements.inc({ decision: "refuse" }, counts.refused);
      bytes.inc({ from: "client" }, counts.bytesFromClients);
      bytes.inc({ from: "backend" }, counts.bytesFromBackend);
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

  text(snapshot: ProcessSnapshot): Promise<string> {
    this.#set(snapshot);
    return this.#registry.metrics();
  }
}
