import type { Socket } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";
import { TlsError } from "../base/errors.ts";
import { formatDurationMs } from "../base/duration.ts";
import { formatEndpoint } from "./address.ts";
import { tlsInfo } from "./backend_node.ts";
import type { ClientLegTls } from "./listener_types.ts";
import { NodeStream } from "./node_stream.ts";
import type { Stream } from "./stream.ts";
import { streamFailure } from "./stream_failure.ts";

interface Waiting {
  readonly done: (secure: TLSSocket) => void;
  readonly failed: (error: Error) => void;
}

/**
 * The server's side of TLS on sockets that already speak: a TLS server that never listens and is handed the sockets.
 * A bare `new TLSSocket(socket, { isServer: true })` would let an untrusted client certificate pass.
 */
export class ClientLegHandshakes {
  #server: Server;
  #timeoutMs: number;
  /** By the client's `host:port` and ours, which no two open connections share. */
  readonly #waiting = new Map<string, Waiting>();

  /** Throws where the certificate, its key or the client CA cannot be used. */
  constructor(tls: ClientLegTls) {
    this.#server = this.#createServer(tls);
    this.#timeoutMs = tls.handshakeTimeoutMs;
  }

  /** Uses another certificate from the next handshake on; throws and keeps the old one where it cannot be used. */
  setTls(tls: ClientLegTls): void {
    this.#server = this.#createServer(tls);
    this.#timeoutMs = tls.handshakeTimeoutMs;
  }

  /** Shakes hands on a plaintext stream, taking it over. Errors: `TlsError` with the reason; the socket is closed. */
  upgrade(stream: NodeStream, alreadyRead: Uint8Array): Promise<Stream> {
    const server = this.#server;
    const { socket, unread } = stream.detach();
    const peer = formatEndpoint(stream.remote);
    const key = socketKey(socket);
    return new Promise((resolve, reject) => {
      const end = (error?: Error): void => {
        clearTimeout(timer);
        this.#waiting.delete(key);
        if (error === undefined) return;
        socket.destroy();
        reject(error);
      };
      const closed = (): void => failed(new Error("The peer closed the connection"));
      const failed = (error: Error): void => end(handshakeError(peer, error));
      const timeout = `it took longer than ${formatDurationMs(this.#timeoutMs)}`;
      const timer = setTimeout(() => failed(new Error(timeout)), this.#timeoutMs);
      const done = (secure: TLSSocket): void => {
        end();
        socket.off("close", closed);
        resolve(new NodeStream(secure, tlsInfo(secure)));
      };
      this.#waiting.set(key, { done, failed });
      socket.on("error", () => {}); // Told by the TLS socket above it.
      socket.once("close", closed);
      for (const chunk of unread.toReversed()) socket.unshift(chunk);
      if (alreadyRead.length > 0) socket.unshift(alreadyRead.slice());
      server.emit("connection", socket);
    });
  }

  #createServer(tls: ClientLegTls): Server {
    const mutual = tls.clientCaPem !== undefined;
    const server = createServer({
      cert: tls.certPem,
      key: tls.keyPem.reveal(),
      minVersion: "TLSv1.2",
      allowHalfOpen: true,
      requestCert: mutual,
      rejectUnauthorized: mutual,
      ...(tls.clientCaPem === undefined ? {} : { ca: tls.clientCaPem }),
    });
    server.on("secureConnection", (secure) => {
      const waiting = this.#waiting.get(socketKey(secure));
      if (waiting === undefined) secure.destroy();
      else waiting.done(secure);
    });
    server.on("tlsClientError", (error, secure) => {
      this.#waiting.get(socketKey(secure))?.failed(error);
      secure.destroy();
    });
    return server;
  }
}

function socketKey(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort} ${socket.localAddress} ${socket.localPort}`;
}

function handshakeError(peer: string, cause: Error): TlsError {
  const code = "code" in cause ? String(cause.code) : "";
  if (code === "ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE") {
    return new TlsError("client_certificate_required", `Client ${peer} showed no certificate`, { cause });
  }
  const { text } = streamFailure(cause);
  return new TlsError("handshake_failed", `TLS handshake with client ${peer} failed: ${text}`, { cause });
}
