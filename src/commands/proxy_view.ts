import type { ProcessSnapshot, ProcessView, SessionInfo, TlsState } from "../admin/process_view.ts";
import { formatEndpoint, type TlsInfo } from "../net/mod.ts";
import type { Proxy } from "../proxy/proxy.ts";
import type { Session } from "../proxy/session.ts";

/** The proxy of this process as the API reaches it. */
export function proxyView(proxy: Proxy): ProcessView {
  return {
    snapshot: () => Promise.resolve(snapshotOf(proxy)),
    endSession: (id) => {
      const session = proxy.sessions.get(id);
      session?.end("killed", "querycop: session ended by an administrator");
      return Promise.resolve(session !== undefined);
    },
    drain: () => void proxy.drain(),
  };
}

function snapshotOf(proxy: Proxy): ProcessSnapshot {
  const { ended, ...counts } = proxy.counts();
  return {
    sessions: [...proxy.sessions.values()].map(describeSession),
    counts: { ...counts, ended: Object.fromEntries(ended) },
    eventLoopLagMs: proxy.eventLoopLagMs,
  };
}

function describeSession(session: Session): SessionInfo {
  return {
    id: session.id,
    user: session.user,
    schema: session.schema,
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
