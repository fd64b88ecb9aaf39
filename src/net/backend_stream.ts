import { createSecureContext, type SecureContext } from "node:tls";
import type { ConnectionCounts } from "./connection_counts.ts";
import type { IpFamily } from "./address.ts";
import type { BackendPeer, BackendStream, ExplainTlsFailure } from "./backend_peer.ts";
import { DenoStream } from "./deno_stream.ts";
import { shakeHandsWithNode } from "./node_tls_client.ts";
import { PLACEHOLDER_ANCHOR_PEM } from "./placeholder_anchor.ts";
import { NodeTlsStream } from "./node_tls_stream.ts";
import type { Stream } from "./stream.ts";
import { type BackendTls, verifiesPeer } from "./tls_mode.ts";
import { trustAnchors } from "./trust_store.ts";

/** Starts TLS on an open connection, taking it over. Rejects with whatever the stack throws. */
export type TlsStarter = (conn: Deno.TcpConn, stream: Stream, signal: AbortSignal) => Promise<Stream>;

/**
 * The TLS stack for a backend. Deno's own relays with less CPU than `node:tls`, but cannot leave a peer unverified and
 * shows no client certificate. `undefined` where TLS is disabled.
 */
export function chooseTlsStarter({ tls, serverName }: BackendPeer): TlsStarter | undefined {
  if (tls.mode === "disable") return undefined;
  if (verifiesPeer(tls.mode) && tls.certPem === undefined) return startDenoTls(tls, serverName);
  return startNodeTls(tls, serverName);
}

function startDenoTls(tls: BackendTls, serverName: string): TlsStarter {
  const options = {
    hostname: serverName,
    caCerts: trustAnchors(tls.caPem),
    unsafelyDisableHostnameVerification: tls.mode === "verify-ca",
  };
  return async (tcp, _stream, signal) => {
    signal.throwIfAborted();
    const conn = await Deno.startTls(tcp, options);
    const abort = (): void => conn.close();
    signal.addEventListener("abort", abort);
    try {
      await conn.handshake();
      return new DenoStream(conn, "tls");
    } catch (error) {
      if (!signal.aborted) conn.close();
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
  };
}

function startNodeTls(tls: BackendTls, serverName: string): TlsStarter {
  const verify = !verifiesPeer(tls.mode) ? "none" : tls.mode === "verify-ca" ? "chain" : "name";
  let context: SecureContext | undefined;
  return async (_conn, stream, signal) => {
    context ??= createSecureContext({
      ca: verify === "none" ? PLACEHOLDER_ANCHOR_PEM : tls.caPem,
      cert: tls.certPem,
      key: tls.keyPem?.reveal(),
    });
    const { secure, transport } = await shakeHandsWithNode(stream, { serverName, context, verify }, signal);
    return new NodeTlsStream(secure, transport, stream);
  };
}

/** A plaintext connection to a backend that can be upgraded as configured. */
export class DenoBackendStream extends DenoStream implements BackendStream {
  readonly family: IpFamily;
  readonly #conn: Deno.TcpConn;
  readonly #startTls: TlsStarter | undefined;
  readonly #explain: ExplainTlsFailure;
  readonly #counts: ConnectionCounts | undefined;

  constructor(
    conn: Deno.TcpConn,
    family: IpFamily,
    startTls: TlsStarter | undefined,
    explain: ExplainTlsFailure,
    counts: ConnectionCounts | undefined,
  ) {
    super(conn, "tcp");
    this.family = family;
    this.#conn = conn;
    this.#startTls = startTls;
    this.#explain = explain;
    this.#counts = counts;
  }

  upgrade(signal: AbortSignal): Promise<Stream> {
    const upgraded = this.#upgrade(signal);
    return this.#counts?.handshake("backend", upgraded) ?? upgraded;
  }

  async #upgrade(signal: AbortSignal): Promise<Stream> {
    if (this.#startTls === undefined) throw new TypeError("TLS is disabled for this backend");
    try {
      return await this.#startTls(this.#conn, this, signal);
    } catch (error) {
      this.close();
      throw await this.#explain(error, signal);
    }
  }
}
