import type { Approval, HeldStatement, Resolution } from "../contract/approval.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import type { PolicyReload, PolicyView } from "../contract/policy.ts";
import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { SessionRow, TlsState } from "../contract/session.ts";
import type { AuditHealth } from "../contract/stats.ts";
import { LATENCY_BOUNDS_MS } from "../contract/words.ts";
import type { JudgingTotals, ProcessSnapshot, ProcessView } from "../admin/process_view.ts";
import { type GateCounts, OWN_TIME_BOUNDS_US } from "../gate/gate_view.ts";
import { type ConnectionCounts, formatEndpoint, type TlsInfo } from "../net/mod.ts";
import type { Proxy } from "../proxy/proxy.ts";
import type { Session } from "../proxy/session.ts";

/** The gate of a process, as far as the API reaches it. */
export interface GateParts {
  counts(): GateCounts;
  held(): readonly HeldStatement[];
  resolve(id: string, resolution: Resolution): Approval | undefined;
  subscribe(listener: (event: LiveEvent) => void): () => void;
  score(request: ScoreRequest): ScoreAnswer;
}

/** What one serving process is made of, as far as the API reaches it. */
export interface ProxyViewParts {
  readonly proxy: Proxy;
  readonly gate: GateParts;
  /** How the audit is doing. */
  readonly audit: () => AuditHealth;
  readonly policy: PolicyInForce;
  readonly connections: ConnectionCounts;
}

/** The policy of a process, as whoever loads it keeps it. */
export interface PolicyInForce {
  view(): Omit<PolicyView, "shadow_differs">;
  reload(): Promise<PolicyReload>;
  /** Name of the role that this session has. */
  roleOf(session: Pick<Session, "user" | "schema" | "client">): string;
}

/** The proxy and the gate of this process as the API reaches them. */
export function proxyView(
  { proxy, gate, audit, policy, connections }: ProxyViewParts,
): Omit<ProcessView, "setOverrides" | "drain"> {
  return {
    snapshot: () => {
      const { ended, ...totals } = proxy.counts();
      const sessions: Record<string, number> = {};
      for (const { phase } of proxy.sessions.values()) sessions[phase] = (sessions[phase] ?? 0) + 1;
      const counts = gate.counts();
      const snapshot: ProcessSnapshot = {
        proxy: {
          ...totals,
          ended: Object.fromEntries(ended),
          tlsHandshakes: connections.handshakes,
          dials: connections.dials,
        },
        judging: judgingTotals(counts),
        sessions,
        held: counts.held,
        audit: audit(),
        policySource: policy.view().source,
        eventLoopLagMs: proxy.eventLoopLagMs,
      };
      return Promise.resolve(snapshot);
    },
    sessions: () =>
      Promise.resolve(
        [...proxy.sessions.values()].map((session) =>
          describeSession(session, session.user === "" ? "" : policy.roleOf(session))
        ),
      ),
    held: () => Promise.resolve(gate.held()),
    endSession: (id) => {
      const session = proxy.sessions.get(id);
      session?.end("killed", "querycop: session ended by an administrator");
      return Promise.resolve(session !== undefined);
    },
    resolveHold: (id, resolution) => Promise.resolve(gate.resolve(id, resolution)),
    policy: () => Promise.resolve({ ...policy.view(), shadow_differs: gate.counts().shadowDiffers }),
    reloadPolicy: () => policy.reload(),
    score: (request) => Promise.resolve(gate.score(request)),
    subscribe: (listener) => gate.subscribe(listener),
  };
}

function judgingTotals(counts: GateCounts): JudgingTotals {
  const { decisions, groups, risk, ownTime, backendTime, holds, limited, shadowDiffers, cache } = counts;
  return {
    decisions,
    groups,
    risk,
    ownUs: { bounds: OWN_TIME_BOUNDS_US, counts: ownTime.buckets, sum: ownTime.sumUs },
    backendMs: { bounds: LATENCY_BOUNDS_MS, counts: backendTime.buckets, sum: backendTime.sumMs },
    holds,
    limited,
    shadowDiffers,
    cache,
  };
}

function describeSession(session: Session, role: string): SessionRow {
  return {
    id: session.id,
    user: session.user,
    schema: session.schema,
    role,
    client: formatEndpoint(session.client),
    state: session.phase,
    client_tls: describeTls(session.tls.client),
    backend_tls: describeTls(session.tls.backend),
    bytes_from_client: session.bytes.fromClient,
    bytes_from_backend: session.bytes.fromBackend,
    statements: session.statements.judged,
    refused: session.statements.refused,
    age_seconds: Math.floor((Date.now() - session.startedMs) / 1000),
  };
}

function describeTls(tls: TlsInfo | undefined): TlsState {
  if (tls === undefined) return null;
  const { version = "unknown", cipher } = tls;
  return cipher === undefined ? { version } : { version, cipher };
}
