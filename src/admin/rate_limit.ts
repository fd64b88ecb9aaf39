/** Addresses that are remembered at a time; past that the ones that have not asked for longest are forgotten. */
const MAX_ADDRESSES = 10_000;

/** Lets each address ask so often a second, in bursts of as many: a token bucket an address. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  /** `now` gives monotonic milliseconds. */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond;
    this.#now = now;
  }

  /** Takes one request into account; `false` where it is one too many. */
  allow(address: string): boolean {
    const now = this.#now();
    const known = this.#buckets.get(address);
    const tokens = known === undefined
      ? this.#perSecond
      : Math.min(this.#perSecond, known.tokens + (now - known.at) / 1000 * this.#perSecond);
    // Put at the end, so that the map's order is that of the last request.
    this.#buckets.delete(address);
    this.#buckets.set(address, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    if (this.#buckets.size > MAX_ADDRESSES) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    return tokens >= 1;
  }
}
