import type { HostAnswer } from "../net/dns/lookup.ts";
import type { BackendStream } from "../net/mod.ts";
import type { Certificate } from "../net/x509/mod.ts";
import type { Greeting } from "../protocol/packets/greeting.ts";

/** A database to check. */
export interface Target {
  /** A name or an address without brackets. */
  readonly host: string;
  readonly port: number;
  /** Name for SNI and verification. */
  readonly serverName: string;
}

/** A time that somebody else told. */
export interface RemoteTime {
  /** `server's clock`, `Date header of api.planetscale.com`. */
  readonly from: string;
  /** Their time less ours, in milliseconds. */
  readonly aheadMs: number;
}

/** `from` of the time that a login asked the database for. */
export const SERVER_CLOCK = "the server's clock";

/** What the checks of one database leave for each other. */
export interface TargetNotes {
  answer?: HostAnswer;
  /** Addresses that took a connection, quickest first. */
  reachable?: readonly string[];
  /** What the server said in its greeting. */
  greeting?: Greeting;
  /** The certificates that the server sent, its own first. */
  chain?: readonly Certificate[];
  /** Whether serve's own way to connect came through TLS. */
  connects?: boolean;
}

/** What the checks of a run leave for each other. */
export class Notes {
  /** The CA file, once it is read and found whole. */
  authorities: { readonly pem: string; readonly certificates: readonly Certificate[] } | undefined;
  /** The check of the CA file ran: what is wrong with the file is said there. */
  bundleChecked = false;
  readonly times: RemoteTime[] = [];
  readonly #targets = new Map<Target, TargetNotes>();
  readonly #streams = new Map<Target, BackendStream>();

  of(target: Target): TargetNotes {
    let notes = this.#targets.get(target);
    if (notes === undefined) this.#targets.set(target, notes = {});
    return notes;
  }

  /** Hands an open connection on to the check that goes on with it. */
  keep(target: Target, stream: BackendStream): void {
    this.#streams.get(target)?.close();
    this.#streams.set(target, stream);
  }

  /** The connection that was kept; whoever takes it closes it. */
  take(target: Target): BackendStream | undefined {
    const stream = this.#streams.get(target);
    this.#streams.delete(target);
    return stream;
  }

  /** Closes the connections that nobody took. */
  close(): void {
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
  }

  /** Of every database so far. */
  get targets(): readonly (readonly [Target, TargetNotes])[] {
    return [...this.#targets];
  }
}

/** `host:port`, with brackets around an IPv6 address. */
export function formatTarget({ host, port }: Pick<Target, "host" | "port">): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
