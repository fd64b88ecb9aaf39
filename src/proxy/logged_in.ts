import type { Stream } from "../net/mod.ts";
import type { AuthRelayOptions } from "./auth_relay.ts";
import type { PendingRead } from "./packet_source.ts";

/** A session that may now send commands. */
export interface LoggedIn {
  readonly client: Stream;
  readonly backend: Stream;
  /** Bytes that came behind the login's last packet. */
  readonly clientRest: Uint8Array;
  /** A read from the client that is under way. */
  readonly clientRead: PendingRead | undefined;
  readonly backendRest: Uint8Array;
  /** Of the client's leg. */
  readonly capabilities: number;
  readonly backendCapabilities: number;
  readonly serverVersion: string;
  readonly user: string;
  readonly schema: string;
  readonly collation: number;
  readonly status: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly ownAttributes: readonly (readonly [string, string])[];
  readonly authentication: AuthRelayOptions;
  readonly authPlugin: string;
}
