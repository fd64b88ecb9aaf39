import { connect as connectTcp, type Socket } from "node:net";
import {
  connect as connectTls,
  type ConnectionOptions,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { ProtocolError } from "../base/errors.ts";
import { type IpFamily, ipFamily } from "./address.ts";
import type { BackendPeer, BackendStream, ExplainTlsFailure } from "./backend_peer.ts";
import { NodeStream } from "./node_stream.ts";
import type { Stream, TlsInfo } from "./stream.ts";
import { verifiesPeer } from "./tls_mode.ts";

/** Attempts for {@link dial} over `node:net`, for what Deno's own TLS cannot do. */
export function nodeAttempt(peer: BackendPeer, port: number, explain: ExplainTlsFailure) {
  const { caPem, certPem, keyPem } = peer.tls;
  const context = createSecureContext({ ca: caPem, cert: certPem, key: keyPem?.reveal() });
  return async (address: string, family: IpFamily, signal: AbortSignal): Promise<BackendStream> => {
    const socket = await connectSocket(address, port, signal);
    return new NodeBackendStream(socket, family, peer, context, explain);
  };
}

/** Opens a TCP connection to an IP literal. Rejects with the system's error, or the signal's reason. */
export function connectSocket(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const socket = connectTcp({
      host: address,
      port,
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      autoSelectFamily: false,
    });
    const end = () => {
      socket.off("error", failed);
      socket.off("connect", connected);
      signal.removeEventListener("abort", aborted);
    };
    const failed = (error: Error) => {
      end();
      reject(error);
    };
    const aborted = () => {
      end();
      socket.on("error", () => {});
      socket.destroy();
      reject(signal.reason);
    };
    const connected = () => {
      end();
      resolve(socket);
    };
    socket.on("error", failed);
    socket.on("connect", connected);
    signal.addEventListener("abort", aborted);
  });
}

export interface NodeHandshakeOptions {
  readonly serverName: string;
  readonly context?: SecureContext;
  /** `none` leaves the peer unverified, `chain` checks no name. */
  readonly verify: "none" | "chain" | "name";
}

/** Makes the client's side of a TLS handshake over an open socket. Destroys the socket where it fails. */
export function handshakeOverSocket(
  socket: Socket,
  options: NodeHandshakeOptions,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      socket.destroy();
      return reject(signal.reason);
    }
    const literal = ipFamily(options.serverName) !== undefined;
    const tlsOptions: ConnectionOptions & { readonly allowHalfOpen: boolean } = {
      socket,
      host: options.serverName,
      ...(literal ? {} : { servername: options.serverName }),
      ...(options.context === undefined ? {} : { secureContext: options.context }),
      ...(options.verify === "chain" ? { checkServerIdentity: () => undefined } : {}),
      rejectUnauthorized: options.verify !== "none",
      allowHalfOpen: true,
    };
    const secure = connectTls(tlsOptions);
    const end = () => {
      secure.off("error", failed);
      secure.off("close", closed);
      secure.off("secureConnect", connected);
      signal.removeEventListener("abort", aborted);
    };
    const giveUp = (error: unknown) => {
      end();
      secure.on("error", () => {});
      socket.on("error", () => {});
      secure.destroy();
      socket.destroy();
      reject(error);
    };
    const failed = (error: Error) => giveUp(error);
    const closed = () => giveUp(new Error("The peer closed the connection during the TLS handshake"));
    const aborted = () => giveUp(signal.reason);
    const connected = () => {
      end();
      resolve(secure);
    };
    secure.on("error", failed);
    secure.on("close", closed);
    secure.on("secureConnect", connected);
    signal.addEventListener("abort", aborted);
  });
}

/** Version and cipher of a finished handshake. */
export function tlsInfo(socket: TLSSocket): TlsInfo {
  return { version: socket.getProtocol() ?? undefined, cipher: socket.getCipher()?.standardName };
}

class NodeBackendStream extends NodeStream implements BackendStream {
  readonly family: IpFamily;
  readonly #peer: BackendPeer;
  readonly #context: SecureContext;
  readonly #explain: ExplainTlsFailure;

  constructor(
    socket: Socket,
    family: IpFamily,
    peer: BackendPeer,
    context: SecureContext,
    explain: ExplainTlsFailure,
  ) {
    super(socket);
    this.family = family;
    this.#peer = peer;
    this.#context = context;
    this.#explain = explain;
  }

  async upgrade(signal: AbortSignal): Promise<Stream> {
    const { tls, serverName, target } = this.#peer;
    const { socket, unread } = this.detach();
    if (unread.length > 0) {
      socket.destroy();
      throw new ProtocolError(`${target} sent plaintext after it was asked for TLS`);
    }
    const verify = !verifiesPeer(tls.mode) ? "none" : tls.mode === "verify-ca" ? "chain" : "name";
    try {
      const secure = await handshakeOverSocket(
        socket,
        { serverName, context: this.#context, verify },
        signal,
      );
      return new NodeStream(secure, tlsInfo(secure));
    } catch (error) {
      throw await this.#explain(error, signal);
    }
  }
}
