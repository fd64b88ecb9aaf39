import type { Endpoint, TlsInfo } from "../net/mod.ts";
import type { SessionView } from "./decision.ts";
import type { EndCause } from "../contract/words.ts";

/** How a session came to be, or to be another user's. */
export interface SessionOpening {
  /** `caching_sha2_password`, ... */
  readonly authPlugin: string;
  readonly clientTls: TlsInfo | undefined;
  readonly backendTls: TlsInfo | undefined;
  /** The user before, where a COM_CHANGE_USER succeeded in a session that is open already. */
  readonly changedFrom: string | undefined;
}

/** What a session came to. */
export interface SessionSummary {
  readonly cause: EndCause;
  readonly bytesFromClient: number;
  readonly bytesFromBackend: number;
  /** Commands that were judged, and those of them that were refused. */
  readonly statements: number;
  readonly refused: number;
  /** Milliseconds since the client connected. */
  readonly durationMs: number;
}

/** A login that did not lead to a session, or a COM_CHANGE_USER that failed. */
export interface FailedLogin {
  /** Of the session that was not to be, or whose COM_CHANGE_USER failed. */
  readonly id: string;
  readonly user: string;
  readonly client: Endpoint;
  readonly cause: EndCause;
  /** What the client was told; 0 and a reason where it was told nothing. */
  readonly errno: number;
  readonly message: string;
}

/** Told of the sessions that a proxy carries. Clients that leave before they say who they are are none. */
export interface SessionObserver {
  /** After each login that succeeded, COM_CHANGE_USER included; the session is live and already the new user's. */
  opened(session: SessionView, opening: SessionOpening): void;
  /** Once for each session that was opened. */
  ended(session: SessionView, summary: SessionSummary): void;
  loginFailed(login: FailedLogin): void;
}
