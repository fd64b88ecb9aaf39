import type { Logger } from "../base/logger.ts";
import type { Stream } from "../net/stream.ts";
import type { PasswordSealer } from "./auth_relay.ts";
import type { Decide, ResponseLimits } from "./decision.ts";

/** A connection to the backend on which MySQL's greeting comes next, in plaintext. */
export interface BackendConnection extends Stream {
  readonly family: 4 | 6;
  /** Starts TLS as configured, behind an SSLRequest that was sent. */
  upgrade(signal: AbortSignal): Promise<Stream>;
}

/** Where backend connections come from. */
export interface BackendConnector {
  connect(signal: AbortSignal): Promise<BackendConnection>;
}

/** A connection that a client has opened, in plaintext. */
export interface ClientConnection extends Stream {
  /** Starts TLS as a server; `alreadyRead` is what came behind the SSLRequest. */
  upgrade(alreadyRead: Uint8Array): Promise<Stream>;
}

/** The listening side. */
export interface ClientListener extends AsyncIterable<ClientConnection> {
  readonly port: number;
  close(): void;
}

/** Everything the proxy is made with. */
export interface ProxyOptions {
  readonly listener: ClientListener;
  readonly connector: BackendConnector;
  /** For messages: `host:port` of the backend as configured. */
  readonly backendTarget: string;
  readonly backendTls: "disable" | "prefer" | "require" | "verify-ca" | "verify-full";
  /** `off`: no certificate; `prefer`: the client may; `require`: a client without TLS is refused. */
  readonly clientTls: "off" | "prefer" | "require";
  readonly proxyProtocol: boolean;
  readonly decide: Decide;
  readonly sealer: PasswordSealer;
  readonly limits: ResponseLimits;
  readonly maxStatementBytes: number;
  readonly maxConnections: number;
  /** 0 for no limit. */
  readonly maxConnectionsPerUser: number;
  readonly connectTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly logger: Logger;
}
