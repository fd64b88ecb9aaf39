import type { PolicyReload, PolicyView } from "../contract/policy.ts";
import type { SessionRow, TlsState } from "../contract/session.ts";
import type { AuditHealth } from "../contract/stats.ts";
import type { ProcessSnapshot, ProcessView } from "../admin/process_view.ts";
import type { Gate } from "../gate/gate.ts";
import { type ConnectionCounts, formatEndpoint, type TlsInfo } from "../net/mod.ts";
import type { Proxy } from "../proxy/proxy.ts";
import type { Session } from "../proxy/session.ts";

/** What one serving process is made of, as far as the API reaches it. */
export interface ProxyViewParts {
  readonly proxy: Proxy;
  readonly gate: Pick<Gate, "counts" | "held" | "heldText" | "resolve" | "subscribe" | "score">;
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
      const sessions: Record<string, number> = {};
      for (const { phase } of proxy.sessions.values()) sessions[phase] = (sessions[phase] ?? 0) + 1;
      const snapshot: ProcessSnapshot = {
        proxy: {
          ...proxy.counts(),
          tlsHandshakes: connections.handshakes,
          dials: connections.dials,
          acceptFailures: connections.acceptFailures,
        },
        judging: gate.counts(),
        sessions,
        held: gate.held().length,
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
    heldText: (id) => Promise.resolve(gate.heldText(id)),
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

function describeSession(session: Session, role: string): SessionRow {
  return {
    id: session.id,
    user: session.user,
    schema: session.schema,
    role,
    client: formatEndpoint(session.client),
    state: session.phase,
    in_transaction: session.inTransaction,
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
