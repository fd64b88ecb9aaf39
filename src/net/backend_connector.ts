import { formatEndpoint, type IpFamily } from "./address.ts";
import { denoAttempt } from "./backend_deno.ts";
import { connectSocket, nodeAttempt } from "./backend_node.ts";
import type { BackendStream, ExplainTlsFailure } from "./backend_peer.ts";
import { dial, type FamilyChoice } from "./dial.ts";
import { NodeStream } from "./node_stream.ts";
import { fetchChain } from "./presented_chain.ts";
import { resolveHost } from "./resolve.ts";
import type { Stream } from "./stream.ts";
import { explainTlsFailure } from "./tls_failure.ts";
import { type BackendTls, verifiesPeer } from "./tls_mode.ts";

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
}

/** Makes connections to one backend. Safe for any number of connections at once. */
export interface BackendConnector {
  /** `host:port` as configured, for messages and labels. */
  readonly target: string;
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
  const dialWith = <T extends { close(): void }>(
    attempt: (address: string, family: IpFamily, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ) =>
    dial({
      host,
      port,
      family: options.family,
      timeoutMs: options.connectTimeoutMs,
      signal,
      resolve: resolveHost,
      attempt,
    });
  const peer = { target: formatEndpoint({ host, port }), serverName: tls.serverName ?? host, tls };
  const explain: ExplainTlsFailure = (error, signal) =>
    explainTlsFailure(error, {
      peer,
      signal,
      fetchChain: requestTls === undefined ? undefined : () => {
        const connecting = dialWith(
          async (address, _family, abort) => new NodeStream(await connectSocket(address, port, abort)),
          signal,
        );
        return fetchChain(connecting, peer.serverName, requestTls, signal);
      },
    });
  const attempt = usesDenoTls(tls) ? denoAttempt(peer, port, explain) : nodeAttempt(peer, port, explain);
  return { target: peer.target, connect: (signal) => dialWith(attempt, signal) };
}

/**
 * Whether Deno's own stack can do what is asked. It relays with less CPU than `node:tls`, but cannot leave a peer
 * unverified and has no client certificates on `startTls`.
 */
function usesDenoTls(tls: BackendTls): boolean {
  return tls.mode === "disable" || (verifiesPeer(tls.mode) && tls.certPem === undefined);
}
