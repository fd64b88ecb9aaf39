import type { IpFamily } from "./address.ts";
import type { BackendPeer, BackendStream, ExplainTlsFailure } from "./backend_peer.ts";
import { DenoStream, tuneTcp } from "./deno_stream.ts";
import type { Stream } from "./stream.ts";

/** Attempts for {@link dial} over Deno's own stack. */
export function denoAttempt(peer: BackendPeer, port: number, explain: ExplainTlsFailure) {
  return async (address: string, family: IpFamily, signal: AbortSignal): Promise<BackendStream> => {
    const conn = await Deno.connect({ hostname: address, port, signal, autoSelectFamily: false });
    tuneTcp(conn);
    return new DenoBackendStream(conn, family, peer, explain);
  };
}

class DenoBackendStream extends DenoStream implements BackendStream {
  readonly family: IpFamily;
  readonly #tcp: Deno.TcpConn;
  readonly #peer: BackendPeer;
  readonly #explain: ExplainTlsFailure;

  constructor(conn: Deno.TcpConn, family: IpFamily, peer: BackendPeer, explain: ExplainTlsFailure) {
    super(conn, "tcp");
    this.family = family;
    this.#tcp = conn;
    this.#peer = peer;
    this.#explain = explain;
  }

  async upgrade(signal: AbortSignal): Promise<Stream> {
    const { tls, serverName } = this.#peer;
    if (tls.mode === "disable") throw new TypeError("TLS is disabled for this backend");
    let conn: Deno.TlsConn | undefined;
    const abort = () => conn === undefined ? this.close() : conn.close();
    try {
      signal.throwIfAborted();
      signal.addEventListener("abort", abort, { once: true });
      conn = await Deno.startTls(this.#tcp, {
        hostname: serverName,
        caCerts: tls.caPem === undefined ? [] : [tls.caPem],
        unsafelyDisableHostnameVerification: tls.mode === "verify-ca",
      });
      await conn.handshake();
      return new DenoStream(conn, "tls");
    } catch (error) {
      this.close();
      if (!signal.aborted) conn?.close();
      throw await this.#explain(error, signal);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}
