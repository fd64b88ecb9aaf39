import { ConnectError, type ConnectReason } from "../base/errors.ts";
import { formatDurationMs } from "../base/duration.ts";
import { formatEndpoint, type IpFamily, ipFamily } from "./address.ts";
import { type DialFailure, dialFailure } from "./dial_failure.ts";

/** Which addresses a dial may use: both families, staggered, or one of them. */
export type FamilyChoice = "auto" | IpFamily;

/** Delay between the starts of two attempts (RFC 8305, "Connection Attempt Delay"). */
const STAGGER_MS = 250;
/** How long an IPv4 answer waits for the IPv6 one (RFC 8305, "Resolution Delay"). */
const RESOLUTION_DELAY_MS = 50;

export interface DialOptions<T extends { close(): void }> {
  /** A name or an IP literal without brackets. */
  readonly host: string;
  readonly port: number;
  readonly family: FamilyChoice;
  /** Over everything: lookups and all attempts. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** The addresses of a name in one family; rejects where there are none. */
  readonly resolve: (host: string, family: IpFamily) => Promise<readonly string[]>;
  /** Connects to one address; rejects when `signal` aborts. */
  readonly attempt: (address: string, family: IpFamily, signal: AbortSignal) => Promise<T>;
  readonly staggerMs?: number;
  /** Told how each attempt at an address ended; those that another was faster than are left out. */
  readonly onAttempt?: ((family: IpFamily, result: "ok" | ConnectReason) => void) | undefined;
}

/**
 * Connects to a host by the first of its addresses that answers (RFC 8305, "Happy Eyeballs"): A and AAAA are looked
 * up side by side, attempts alternate between the families starting with IPv6, each starts 250 ms after the one
 * before or as soon as that one has failed. Losers are closed.
 *
 * Errors: {@link ConnectError} that says what happened for each address family.
 */
export function dial<T extends { close(): void }>(options: DialOptions<T>): Promise<T> {
  return new Promise((resolve, reject) => new Dial(options, resolve, reject).start());
}

class Dial<T extends { close(): void }> {
  readonly #options: DialOptions<T>;
  readonly #resolve: (connection: T) => void;
  readonly #reject: (error: unknown) => void;
  readonly #abort = new AbortController();
  readonly #waiting: Record<IpFamily, string[]> = { 4: [], 6: [] };
  readonly #lookups = new Set<IpFamily>();
  readonly #inFlight = new Map<string, IpFamily>();
  readonly #failures: DialFailure[] = [];
  #next: IpFamily = 6;
  #attempts = 0;
  #settled = false;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #stagger: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DialOptions<T>, resolve: (connection: T) => void, reject: (error: unknown) => void) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  start(): void {
    const { host, family, signal, timeoutMs } = this.#options;
    if (signal.aborted) return this.#cancelled();
    signal.addEventListener("abort", this.#cancelled);
    this.#deadline = setTimeout(() => this.#timedOut(), timeoutMs);
    const literal = ipFamily(host);
    if (literal !== undefined) {
      this.#waiting[literal].push(host);
      return this.#advance();
    }
    const families: readonly IpFamily[] = family === "auto" ? [6, 4] : [family];
    for (const each of families) this.#lookups.add(each);
    for (const each of families) void this.#lookUp(each);
  }

  async #lookUp(family: IpFamily): Promise<void> {
    try {
      this.#waiting[family].push(...await this.#options.resolve(this.#options.host, family));
    } catch (error) {
      this.#failures.push({ ...dialFailure(error), phase: "dns", family, address: undefined });
    }
    this.#lookups.delete(family);
    if (this.#settled) return;
    const mayWait = this.#attempts === 0 && this.#lookups.size > 0 && this.#waiting[family].length > 0;
    if (mayWait) this.#advanceAfter(RESOLUTION_DELAY_MS);
    else if (this.#attempts === 0 || this.#inFlight.size === 0) this.#advance();
    else if (this.#stagger === undefined) this.#advanceAfter(this.#options.staggerMs ?? STAGGER_MS);
  }

  #advanceAfter(delayMs: number): void {
    clearTimeout(this.#stagger);
    this.#stagger = setTimeout(() => this.#advance(), delayMs);
  }

  /** Starts the next attempt, or ends the dial where nothing is left to wait for. */
  #advance(): void {
    clearTimeout(this.#stagger);
    this.#stagger = undefined;
    if (this.#settled) return;
    const family: IpFamily = this.#waiting[this.#next].length > 0 ? this.#next : this.#next === 6 ? 4 : 6;
    const address = this.#waiting[family].shift();
    if (address === undefined) {
      if (this.#inFlight.size === 0 && this.#lookups.size === 0) this.#exhausted();
      return;
    }
    this.#next = family === 6 ? 4 : 6;
    this.#attempts++;
    void this.#attempt(address, family);
    if (this.#waiting[4].length + this.#waiting[6].length > 0) {
      this.#advanceAfter(this.#options.staggerMs ?? STAGGER_MS);
    }
  }

  async #attempt(address: string, family: IpFamily): Promise<void> {
    this.#inFlight.set(address, family);
    try {
      const connection = await this.#options.attempt(address, family, this.#abort.signal);
      if (this.#settled) return connection.close();
      this.#settle();
      this.#options.onAttempt?.(family, "ok");
      this.#resolve(connection);
    } catch (error) {
      this.#inFlight.delete(address);
      if (this.#settled) return;
      const failure = dialFailure(error);
      this.#options.onAttempt?.(family, failure.reason);
      this.#failures.push({ ...failure, phase: "tcp", family, address });
      this.#advance();
    }
  }

  #timedOut(): void {
    const text = `timed out after ${formatDurationMs(this.#options.timeoutMs)}`;
    for (const family of this.#lookups) {
      this.#failures.push({
        phase: "dns",
        reason: "timeout",
        text,
        family,
        address: undefined,
        cause: undefined,
      });
    }
    for (const [address, family] of this.#inFlight) {
      this.#options.onAttempt?.(family, "timeout");
      this.#failures.push({ phase: "tcp", reason: "timeout", text, family, address, cause: undefined });
    }
    this.#exhausted();
  }

  readonly #cancelled = (): void => {
    if (this.#settled) return;
    this.#settle();
    const target = formatEndpoint(this.#options);
    this.#reject(
      new ConnectError("tcp", "aborted", target, "the attempt was cancelled", {
        cause: this.#options.signal.reason,
      }),
    );
  };

  #exhausted(): void {
    this.#settle();
    this.#reject(dialError(formatEndpoint(this.#options), this.#options.host, this.#failures));
  }

  #settle(): void {
    this.#settled = true;
    clearTimeout(this.#deadline);
    clearTimeout(this.#stagger);
    this.#options.signal.removeEventListener("abort", this.#cancelled);
    this.#abort.abort();
  }
}

/** Which reason stands for all when the attempts failed in different ways: what the peer said before what it did not. */
const REASON_ORDER: readonly ConnectReason[] = ["refused", "reset", "timeout", "unreachable", "failed"];

function dialError(target: string, host: string, failures: readonly DialFailure[]): ConnectError {
  const attempts = failures.filter((failure) => failure.phase === "tcp");
  const cause = failures.find((failure) => failure.cause !== undefined)?.cause;
  if (attempts.length === 0) {
    const notFound = failures.every((failure) => failure.reason === "not_found");
    const reason = notFound
      ? "not_found"
      : failures.find((each) => each.reason !== "not_found")?.reason ?? "failed";
    return new ConnectError("dns", reason, target, describeLookups(host, failures, notFound), {
      hint: "Check the host name and this machine's DNS settings",
      cause,
    });
  }
  const reasons = new Set(attempts.map((failure) => failure.reason));
  const reason = REASON_ORDER.find((each) => reasons.has(each)) ?? "failed";
  return new ConnectError("tcp", reason, target, describeAttempts(host, failures), {
    hint: HINTS[reason],
    cause,
  });
}

const HINTS: Readonly<Partial<Record<ConnectReason, string>>> = {
  refused: "Check host and port, and that the server is running and listening there",
  timeout: "Check that a firewall or security group lets this machine reach that port",
  unreachable: "Check this machine's network and routes for that address family",
};

function describeLookups(host: string, failures: readonly DialFailure[], notFound: boolean): string {
  const families = failures.map(({ family }) => `IPv${family}`).toSorted().toReversed();
  if (notFound) return `no ${families.join(" or ")} address found for ${host}`;
  return `cannot look up ${host}: ${listFailures(failures)}`;
}

function describeAttempts(host: string, failures: readonly DialFailure[]): string {
  const [first] = failures;
  if (failures.length === 1 && first !== undefined) {
    return first.address === host || first.address === undefined
      ? first.text
      : `${first.text} (${first.address})`;
  }
  return listFailures(failures);
}

function listFailures(failures: readonly DialFailure[]): string {
  const lines = [...failures].sort((a, b) => b.family - a.family).map(({ family, address, text, phase }) => {
    const what = phase === "dns" ? `IPv${family} lookup` : `IPv${family} ${address}`;
    return `${what}: ${text}`;
  });
  return lines.join("; ");
}
