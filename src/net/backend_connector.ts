import { formatEndpoint, type IpFamily } from "./address.ts";
import type { BackendStream, ExplainTlsFailure } from "./backend_peer.ts";
import { chooseTlsStarter, DenoBackendStream } from "./backend_stream.ts";
import { DenoStream, tuneTcp } from "./deno_stream.ts";
import type { ConnectionCounts } from "./connection_counts.ts";
import { dial, type FamilyChoice } from "./dial.ts";
import { fetchChain } from "./presented_chain.ts";
import { Recent } from "./recent.ts";
import { resolveHost } from "./resolve.ts";
import type { Stream } from "./stream.ts";
import { explainTlsFailure } from "./tls_failure.ts";
import { type BackendTls, verifiesPeer } from "./tls_mode.ts";
import { asciiHost } from "./x509/mod.ts";

/** How long a chain that was fetched explains further refusals: every client of a proxy may meet the same one. */
const CHAIN_FRESH_MS = 5000;

export interface BackendConnectorOptions {
  /** A name or an IP literal without brackets. */
  readonly host: string;
  readonly port: number;
  readonly family: FamilyChoice;
  /** For look-ups and connecting, over all addresses. The TLS handshake has the caller's signal. */
  readonly connectTimeoutMs: number;
  readonly tls: BackendTls;
  /**
   * What has to be said on a fresh connection before TLS may start: for MySQL, read the greeting and write SSLRequest.
   * With it, a certificate that was refused is fetched once more, unverified, so that the error can name the reason.
   */
  readonly requestTls?: ((stream: Stream, signal: AbortSignal) => Promise<void>) | undefined;
  /** Counts what comes of dials and handshakes. */
  readonly counts?: ConnectionCounts | undefined;
}

/** Makes connections to one backend. Safe for any number of connections at once. */
export interface BackendConnector {
  /** `host:port` as configured, for messages and labels. */
  readonly target: string;
  /** How long a connection may take, as configured, for whatever follows the dial. */
  readonly connectTimeoutMs: number;
  /** Errors: `ConnectError`, in words for each address family. */
  connect(signal: AbortSignal): Promise<BackendStream>;
}

/** A connector for one backend. Errors: `TypeError` for TLS options that contradict each other. */
export function createBackendConnector(options: BackendConnectorOptions): BackendConnector {
  const { tls, host, port, requestTls } = options;
  if (verifiesPeer(tls.mode) && tls.caPem === undefined) {
    throw new TypeError(`TLS mode ${tls.mode} needs a CA bundle`);
  }
  if ((tls.certPem === undefined) !== (tls.keyPem === undefined)) {
    throw new TypeError("A client certificate and its key go together");
  }
  const named = tls.serverName ?? host;
  // SNI and verification want what DNS has: punycode, and no final dot.
  const peer = { target: formatEndpoint({ host, port }), serverName: asciiHost(named) ?? named, tls };
  const startTls = chooseTlsStarter(peer);
  const presented = new Recent<readonly Uint8Array[]>(CHAIN_FRESH_MS);
  const explain: ExplainTlsFailure = (error, signal) =>
    explainTlsFailure(error, {
      peer,
      signal,
      fetchChain: requestTls === undefined ? undefined : () =>
        presented.get(() => {
          const connect = () =>
            dialBackend({ ...options, counts: undefined }, signal, (conn) => new DenoStream(conn));
          return fetchChain(connect, peer.serverName, requestTls, signal);
        }),
    });
  return {
    target: peer.target,
    connectTimeoutMs: options.connectTimeoutMs,
    connect: (signal) =>
      dialBackend(
        options,
        signal,
        (conn, family) => new DenoBackendStream(conn, family, startTls, explain, options.counts),
      ),
  };
}

function dialBackend<T extends Stream>(
  options: BackendConnectorOptions,
  signal: AbortSignal,
  wrap: (conn: Deno.TcpConn, family: IpFamily) => T,
): Promise<T> {
  const { host, port, family, connectTimeoutMs: timeoutMs, counts } = options;
  return dial({
    host,
    port,
    family,
    timeoutMs,
    signal,
    resolve: resolveHost,
    onAttempt: counts === undefined ? undefined : (family, result) => counts.dialled(family, result),
    attempt: async (address, family, signal) => {
      const conn = await Deno.connect({ hostname: address, port, signal, autoSelectFamily: false });
      tuneTcp(conn);
      return wrap(conn, family);
    },
  });
}
