import type { IpFamily } from "./address.ts";
import { dialFailure } from "./dial_failure.ts";

/** Looks a name up in one family; rejects with `ENOTFOUND` where it has no address of it. */
export type Resolve = (host: string, family: IpFamily) => Promise<readonly string[]>;

export interface AddressBookOptions {
  readonly resolve: Resolve;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** How long an answer holds, in ms: short, since the system does not tell how long the name's owner lets it hold. */
  readonly freshMs?: number;
  /** How old an answer may be that stands in for a look-up that fails, in ms. */
  readonly staleMs?: number;
  /** How long an old answer is held back for a fresh one, in ms. */
  readonly patienceMs?: number;
}

/** What is known of a name in one family. */
interface Entry {
  answer: { readonly addresses: readonly string[]; readonly atMs: number } | undefined;
  failure: { readonly error: unknown; readonly untilMs: number } | undefined;
  asking: { readonly answer: Promise<readonly string[]>; readonly sinceMs: number } | undefined;
}

/** How long a failure of the look-up itself holds, in ms: enough that a crowd of logins does not ask for each. */
const FAILURE_FRESH_MS = 1000;

/**
 * Look-ups of names, made once for all who ask at the same time and kept for a moment. Where a name was found before, a
 * look-up that fails or is late costs nobody the connection.
 */
export class AddressBook {
  readonly #resolve: Resolve;
  readonly #now: () => number;
  readonly #freshMs: number;
  readonly #staleMs: number;
  readonly #patienceMs: number;
  readonly #entries = new Map<string, Entry>();

  constructor(options: AddressBookOptions) {
    this.#resolve = options.resolve;
    this.#now = options.now ?? (() => performance.now());
    this.#freshMs = options.freshMs ?? 5000;
    this.#staleMs = options.staleMs ?? 3_600_000;
    this.#patienceMs = options.patienceMs ?? 1000;
  }

  /** The addresses of a name in one family. Rejects as the look-up does. */
  lookUp(host: string, family: IpFamily): Promise<readonly string[]> {
    const key = `${family} ${host}`;
    const entry: Entry = this.#entries.get(key) ??
      { answer: undefined, failure: undefined, asking: undefined };
    this.#entries.set(key, entry);
    const nowMs = this.#now();
    const { answer } = entry;
    if (answer !== undefined && nowMs - answer.atMs < this.#freshMs) return Promise.resolve(answer.addresses);
    const old = answer !== undefined && nowMs - answer.atMs < this.#staleMs ? answer.addresses : undefined;
    if (entry.failure !== undefined && nowMs < entry.failure.untilMs) {
      return old === undefined ? Promise.reject(entry.failure.error) : Promise.resolve(old);
    }
    const asking = entry.asking ??= { answer: this.#ask(entry, host, family), sinceMs: nowMs };
    if (old === undefined) return asking.answer;
    return orElse(asking.answer, old, asking.sinceMs + this.#patienceMs - nowMs);
  }

  async #ask(entry: Entry, host: string, family: IpFamily): Promise<readonly string[]> {
    try {
      const addresses = await this.#resolve(host, family);
      entry.answer = { addresses, atMs: this.#now() };
      entry.failure = undefined;
      return addresses;
    } catch (error) {
      const gone = dialFailure(error).reason === "not_found";
      if (gone) entry.answer = undefined; // The name's owner says so: what was there before does not count.
      entry.failure = { error, untilMs: this.#now() + (gone ? this.#freshMs : FAILURE_FRESH_MS) };
      throw error;
    } finally {
      entry.asking = undefined;
    }
  }
}

/** The first within the time, and otherwise, or where it fails for a reason that may pass, the second. */
async function orElse<T>(first: Promise<T>, second: T, patienceMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<T>((resolve) =>
    timer = setTimeout(() => resolve(second), Math.max(0, patienceMs))
  );
  try {
    return await Promise.race([first, late]);
  } catch (error) {
    if (dialFailure(error).reason === "not_found") throw error;
    return second;
  } finally {
    clearTimeout(timer);
  }
}
