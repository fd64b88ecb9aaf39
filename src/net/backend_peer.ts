import type { IpFamily } from "./address.ts";
import type { Stream } from "./stream.ts";
import type { BackendTls } from "./tls_mode.ts";

/** Whom a backend leg is meant for. */
export interface BackendPeer {
  /** `host:port`, for messages. */
  readonly target: string;
  /** Name for SNI and verification; an IP literal is verified against IP SANs and sends no SNI. */
  readonly serverName: string;
  readonly tls: BackendTls;
}

/** An open connection to the backend, still in plaintext. */
export interface BackendStream extends Stream {
  /** The family of the address that answered. */
  readonly family: IpFamily;
  /**
   * Starts TLS as configured, once the peer was asked for it; this stream is dead afterwards. Where it fails the
   * connection is closed. Errors: `TlsError` with the reason in words, `ConnectError` where the peer went away or the
   * signal fired.
   */
  upgrade(signal: AbortSignal): Promise<Stream>;
}

/** Turns what a stack threw during a TLS handshake into the error to raise; looks closer where it can. */
export type ExplainTlsFailure = (error: unknown, signal: AbortSignal) => Promise<Error>;
