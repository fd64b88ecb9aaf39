import type { ConfigError } from "../base/errors.ts";
import type { Clock } from "../base/clock.ts";
import type { Secret } from "../base/secret.ts";
import type { ConfigWarning, InspectedConfig } from "../config/mod.ts";
import type { NameServer } from "../net/dns/query.ts";
import type { BackendConnector, TlsMode } from "../net/mod.ts";
import type { Target } from "./notes.ts";

/** User name and password for the login check. */
export interface Credentials {
  readonly user: string;
  readonly password: Secret;
}

/** A PlanetScale service token, as far as it is set, and what it is for. */
export interface ServiceToken {
  readonly id: string | undefined;
  readonly secret: Secret | undefined;
  readonly organization: string | undefined;
  readonly database: string | undefined;
  readonly branch?: string | undefined;
}

/** Everything a run is told. */
export interface DoctorInput {
  /** The configuration as `serve` reads it, as far as it can be read. */
  readonly inspected: InspectedConfig;
  /** serve would not start with this configuration, and end with exit code 3. */
  readonly serveRefuses: boolean;
  /** Where the targets were named. `default`: nowhere, so PlanetScale's public endpoints are checked. */
  readonly targetsFrom: "configuration" | "flag" | "default";
  readonly targets: readonly Target[];
  readonly tls: {
    readonly mode: TlsMode;
    readonly caFile: string | undefined;
    /** The mode or CA file was chosen here, since nothing is configured. */
    readonly assumed: boolean;
  };
  /** What is wrong with the policy that the configuration names; nothing where it names none. */
  readonly policy: {
    readonly problems: readonly ConfigError[];
    readonly warnings: readonly ConfigWarning[];
  };
  /** The connector that `serve` would have for a target; `address` is dialled in place of its host where given. */
  readonly connectorFor: (target: Target, address: string | undefined) => BackendConnector;
  /** Connects as `serve` does when it looks whether it is ready, login and refusal included. Rejects as it does. */
  readonly connectAsServe: (connector: BackendConnector, signal: AbortSignal) => Promise<unknown>;
  readonly credentials: Credentials | undefined;
  readonly serviceToken: ServiceToken;
  /** Base of the PlanetScale API, without `/v1`. */
  readonly apiUrl: string;
  /** PEM file of authorities for HTTPS requests; `undefined` where this machine has none. */
  readonly httpsCaFile: string | undefined;
  /** Where the HTTPS side of a host of PlanetScale's edge is. */
  readonly edgeUrl: (host: string) => string;
  /** Asked in place of the system's name servers. */
  readonly nameServer: NameServer | undefined;
  /** How long a peer may say nothing, in milliseconds: as long as serve waits for a connection. */
  readonly silenceMs: number;
  readonly clock: Clock;
  /** `linux`, `darwin`, `windows`: for advice. */
  readonly os: string;
}
