import type {
  JudgingTotals,
  LiveEvent,
  PolicyReload,
  PolicyView,
  ProcessSnapshot,
  ProcessView,
  ScoreRequest,
  ScoreResult,
  SessionInfo,
  TlsState,
} from "../admin/process_view.ts";
import {
  type GateCounts,
  type HeldStatement,
  OWN_TIME_BOUNDS_US,
  type Resolution,
} from "../gate/gate_view.ts";
import { type ConnectionCounts, formatEndpoint, type TlsInfo } from "../net/mod.ts";
import type { Proxy } from "../proxy/proxy.ts";
import type { Session } from "../proxy/session.ts";
import type { RecorderState } from "../store/recorder.ts";
import { type ApprovalRow, LATENCY_BOUNDS_MS } from "../store/store.ts";

/** The gate of a process, as far as the API reaches it. */
export interface GateParts {
  counts(): GateCounts;
  held(): readonly HeldStatement[];
  resolve(id: string, resolution: Resolution): ApprovalRow | undefined;
  subscribe(listener: (event: LiveEvent) => void): () => void;
  score(request: Omit<ScoreRequest, "sql_mode"> & { readonly sqlMode?: string }): ScoreResult;
}

/** What one serving process is made of, as far as the API reaches it. */
export interface ProxyViewParts {
  readonly proxy: Proxy;
  readonly gate: GateParts;
  /** How the audit is doing. */
  readonly audit: () => RecorderState;
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
    score: (request) => Promise.resolve(score(gate, request)),
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

function score(gate: GateParts, { sql, user, schema, client, sql_mode: sqlMode }: ScoreRequest): ScoreResult {
  return gate.score({
    sql,
    ...(user === undefined ? {} : { user }),
    ...(schema === undefined ? {} : { schema }),
    ...(client === undefined ? {} : { client }),
    ...(sqlMode === undefined ? {} : { sqlMode }),
  });
}

function describeSession(session: Session, role: string): SessionInfo {
  return {
    id: session.id,
    user: session.user,
    schema: session.schema,
    role,
    client: formatEndpoint(session.client),
    state: session.phase,
    clientTls: describeTls(session.tls.client),
    backendTls: describeTls(session.tls.backend),
    bytesFromClient: session.bytes.fromClient,
    bytesFromBackend: session.bytes.fromBackend,
    statements: session.statements.judged,
    refused: session.statements.refused,
    ageSeconds: Math.floor((Date.now() - session.startedMs) / 1000),
  };
}

function describeTls(tls: TlsInfo | undefined): TlsState {
  return tls === undefined ? null : { version: tls.version ?? "unknown", cipher: tls.cipher };
}
