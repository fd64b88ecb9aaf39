import { createHash, randomBytes } from "node:crypto";

/** How long a login holds, in ms. */
export const LOGIN_LASTS_MS = 12 * 3_600_000;

/** Logins at a time; past that the oldest ends. */
const MAX_LOGINS = 200;

/** Those who have logged in with the key, for browsers: in memory, so that a restart ends them all. */
export class LoginSessions {
  readonly #now: () => number;
  /** By the token's SHA-256, so that how long a look-up takes says nothing of a token. */
  readonly #sessions = new Map<
    string,
    { readonly host: string; readonly name: string; readonly until: number }
  >();

  /** `now` gives milliseconds that do not go backwards. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * A new token, good for requests to this Host only: under another name it is not our page that sends it.
   * `name` is who logs in, as they name themselves.
   */
  open(host: string, name: string): string {
    this.#forgetOld();
    const token = randomBytes(32).toString("base64url");
    this.#sessions.set(hash(token), {
      host: host.toLowerCase(),
      name,
      until: this.#now() + LOGIN_LASTS_MS,
    });
    for (const oldest of this.#sessions.keys()) {
      if (this.#sessions.size <= MAX_LOGINS) break;
      this.#sessions.delete(oldest);
    }
    return token;
  }

  /** Whether this token came of a login to this Host that still holds. */
  holds(token: string, host: string): boolean {
    return this.nameOf(token, host) !== undefined;
  }

  /** Who logged in to this Host for this token; undefined where that no longer holds. */
  nameOf(token: string, host: string): string | undefined {
    const session = this.#sessions.get(hash(token));
    const holds = session !== undefined && session.until > this.#now() && session.host === host.toLowerCase();
    return holds ? session.name : undefined;
  }

  close(token: string): void {
    this.#sessions.delete(hash(token));
  }

  get size(): number {
    return this.#sessions.size;
  }

  #forgetOld(): void {
    const now = this.#now();
    for (const [key, { until }] of this.#sessions) if (until <= now) this.#sessions.delete(key);
  }
}

function hash(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
