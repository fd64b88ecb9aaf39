/** Addresses that are remembered at a time; past that the ones that have not asked for longest are forgotten. */
const MAX_ADDRESSES = 10_000;

export interface RateLimitOptions {
  readonly perSecond: number;
  /** Requests that may come at once. */
  readonly burst: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** Lets each address ask so often a second: a token bucket an address. */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #buckets = new Map<string, { readonly tokens: number; readonly at: number }>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** Takes one request into account; `false` where it is one too many. */
  allow(address: string): boolean {
    const key = networkOf(address);
    const tokens = this.#tokens(key);
    // Put at the end, so that the map's order is that of the last request.
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: this.#options.now() });
    if (this.#buckets.size > MAX_ADDRESSES) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    return tokens >= 1;
  }

  /** Whether one more would be allowed, without taking it. */
  has(address: string): boolean {
    return this.#tokens(networkOf(address)) >= 1;
  }

  /** Addresses remembered now. */
  get size(): number {
    return this.#buckets.size;
  }

  #tokens(key: string): number {
    const { perSecond, burst, now } = this.#options;
    const known = this.#buckets.get(key);
    return known === undefined
      ? burst
      : Math.min(burst, known.tokens + (now() - known.at) / 1000 * perSecond);
  }
}

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one address of such a network has all of them. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = "", tail] = address.split("%", 1)[0]?.split("::", 2) ?? [];
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const middle = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => "0");
  return [...front, ...middle, ...back].slice(0, 4).map((part) => part.toLowerCase()).join(":");
}
