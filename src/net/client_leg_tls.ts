import { createServer, type Server, type TLSSocket } from "node:tls";
import { TlsError } from "../base/errors.ts";
import { formatDurationMs } from "../base/duration.ts";
import { formatEndpoint } from "./address.ts";
import { checkClientLegTls } from "./check_client_leg_tls.ts";
import { HandshakeTransport } from "./handshake_transport.ts";
import type { ClientLegTls } from "./listener_types.ts";
import { TlsStream } from "./tls_stream.ts";
import type { Stream } from "./stream.ts";
import { streamFailure } from "./stream_failure.ts";

/**
 * The server's side of TLS on streams that already speak: TLS servers that never listen and are handed one stream at a
 * time, so that an event belongs to one handshake. Idle ones are kept, since making one parses key and certificates.
 * A bare `new TLSSocket(stream, { isServer: true })` would let an untrusted client certificate pass.
 */
export class ClientLegHandshakes {
  #tls: ClientLegTls;
  #idle: Server[] = [];

  /** Errors: those of {@link checkClientLegTls}. */
  constructor(tls: ClientLegTls) {
    checkClientLegTls(tls);
    this.#tls = tls;
  }

  /** Uses another certificate from the next handshake on; throws and keeps the old one where it cannot be used. */
  setTls(tls: ClientLegTls): void {
    checkClientLegTls(tls);
    this.#tls = tls;
    this.#idle = [];
  }

  /** Shakes hands on a plaintext stream, taking it over. Errors: `TlsError` with the reason; the stream is closed. */
  upgrade(stream: Stream, alreadyRead: Uint8Array): Promise<Stream> {
    const tls = this.#tls;
    const server = this.#idle.pop() ?? createTlsServer(tls);
    const transport = new HandshakeTransport(stream, alreadyRead);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        transport.off("error", failed);
        transport.off("end", closed);
        server.off("secureConnection", secured);
        server.off("tlsClientError", failed);
      };
      const failed = (error: Error): void => {
        // Whatever this handshake may still cause must not meet the next one: its server is not kept.
        end();
        server.on("tlsClientError", () => {});
        transport.destroy();
        reject(handshakeError(formatEndpoint(stream.remote), error));
      };
      const closed = (): void => failed(new Error("The peer closed the connection"));
      const secured = (secure: TLSSocket): void => {
        end();
        if (tls === this.#tls) this.#idle.push(server);
        resolve(new TlsStream(secure, transport, stream));
      };
      const tooLong = `it took longer than ${formatDurationMs(tls.handshakeTimeoutMs)}`;
      const timer = setTimeout(() => failed(new Error(tooLong)), tls.handshakeTimeoutMs);
      transport.on("error", failed);
      transport.on("end", closed);
      server.on("secureConnection", secured);
      server.on("tlsClientError", failed);
      server.emit("connection", transport);
    });
  }
}

function createTlsServer(tls: ClientLegTls): Server {
  const mutual = tls.clientCaPem !== undefined;
  return createServer({
    cert: tls.certPem,
    key: tls.keyPem.reveal(),
    minVersion: "TLSv1.2",
    allowHalfOpen: true,
    requestCert: mutual,
    rejectUnauthorized: mutual,
    ...(tls.clientCaPem === undefined ? {} : { ca: tls.clientCaPem }),
  });
}

function handshakeError(peer: string, cause: Error): TlsError {
  const code = "code" in cause ? String(cause.code) : "";
  if (code === "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE") {
    return new TlsError("client_certificate_required", `Client ${peer} showed no certificate`, { cause });
  }
  const { text } = streamFailure(cause);
  return new TlsError("handshake_failed", `TLS handshake with client ${peer} failed: ${text}`, { cause });
}
