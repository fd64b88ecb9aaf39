import type { Logger } from "../base/logger.ts";
import type { BackendConnector, Listener, TlsMode } from "../net/mod.ts";
import type { PasswordSealer } from "./auth_relay.ts";
import type { OpenJudge, ResponseLimits } from "./decision.ts";
import type { SessionObserver } from "./session_observer.ts";

/** Everything the proxy is made with. */
export interface ProxyOptions {
  readonly listener: Listener;
  readonly connector: BackendConnector;
  readonly backendTls: TlsMode;
  /** `off`: no certificate; `prefer`: the client may; `require`: a client without TLS is refused. */
  readonly clientTls: "off" | "prefer" | "require";
  readonly proxyProtocol: boolean;
  readonly openJudge: OpenJudge;
  readonly observer?: SessionObserver;
  /** Awaited only by a login whose legs differ: the key takes a moment to make. */
  readonly sealer: Promise<PasswordSealer>;
  readonly limits: ResponseLimits;
  readonly maxStatementBytes: number;
  /** Connections at a time, and what sets that limit, for the error that one too many gets. */
  readonly connectionLimit: { readonly most: number; readonly because: string };
  /** 0 for no limit. */
  readonly maxConnectionsPerUser: number;
  readonly connectTimeoutMs: number;
  readonly loginTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly logger: Logger;
}
