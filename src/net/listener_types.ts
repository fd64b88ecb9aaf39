import type { ConnectionCounts } from "./connection_counts.ts";
import type { Secret } from "../base/secret.ts";
import type { Endpoint, Stream } from "./stream.ts";

/** TLS of the client leg. PEM texts, not paths. */
export interface ClientLegTls {
  /** The server's certificate and the intermediates that belong to it. */
  readonly certPem: string;
  readonly keyPem: Secret;
  /** With it, a client has to show a certificate that one of these CAs issued. */
  readonly clientCaPem?: string | undefined;
  /** A client that takes longer for its handshake is dropped. */
  readonly handshakeTimeoutMs: number;
}

export interface ListenOptions {
  /** An address, without brackets; `0.0.0.0` and `::` for all. */
  readonly host: string;
  /** 0 for a free one. */
  readonly port: number;
  /** Lets several processes share the port (SO_REUSEPORT, Linux). Default false. */
  readonly reusePort?: boolean | undefined;
  /** Connections that the kernel keeps until they are accepted. Default 511. */
  readonly backlog?: number | undefined;
  /** Makes `upgrade` of accepted streams possible. */
  readonly tls?: ClientLegTls | undefined;
  /** Counts what comes of handshakes, and accepts that failed. */
  readonly counts?: ConnectionCounts | undefined;
  /** Called for each connection that could not be accepted: the process has no descriptor left, for one. */
  readonly onAcceptFailed?: ((error: unknown) => void) | undefined;
}

/** A connection from a client, in plaintext. */
export interface ClientStream extends Stream {
  /**
   * Makes the server's side of a TLS handshake; this stream is dead afterwards. `alreadyRead` is what came in one read
   * behind the client's request for TLS, usually its ClientHello. Where it fails the connection is closed.
   *
   * Errors: `TlsError` with the reason; `TypeError` where the listener has no TLS.
   */
  upgrade(alreadyRead: Uint8Array): Promise<Stream>;
}

/** Accepts clients. Iterate it once; the iteration ends after {@link Listener.close}. */
export interface Listener extends AsyncIterable<ClientStream> {
  /** Where it listens, with the port that was chosen. */
  readonly address: Endpoint;
  /** Uses another certificate from the next handshake on. Throws and keeps the old one where it cannot be used. */
  setTls(tls: ClientLegTls): void;
  /** Stops accepting. Connections that were handed out live on. */
  close(): void;
}
