/** What the client needs of time and chance, so that tests can turn both. */
export interface Timing {
  /** Milliseconds that only grow. */
  readonly monotonic: () => number;
  /** Milliseconds since the Unix epoch, for Retry-After dates. */
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it aborts. */
  readonly delay: (ms: number, signal: AbortSignal) => Promise<void>;
  /** At least 0, below 1. */
  readonly random: () => number;
}

/** The machine's own time and chance. */
export const systemTiming: Timing = {
  monotonic: () => performance.now(),
  now: () => Date.now(),
  delay,
  random: Math.random,
};

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal.addEventListener("abort", abort, { once: true });
  });
}

/** Of the 600 requests a minute that PlanetScale allows a token, those that one run takes for itself at most. */
const REQUESTS_A_MINUTE = 300;
const BURST = 50;

/** Spaces requests: fifty may go at once, then one each 200 ms. */
export class Pacer {
  readonly #timing: Timing;
  #tokens = BURST;
  #filledAt: number;

  constructor(timing: Timing) {
    this.#timing = timing;
    this.#filledAt = timing.monotonic();
  }

  /** Resolves when the next request may be sent. */
  async turn(signal: AbortSignal): Promise<void> {
    const { monotonic, delay } = this.#timing;
    const now = monotonic();
    const perMs = REQUESTS_A_MINUTE / 60_000;
    this.#tokens = Math.min(BURST, this.#tokens + (now - this.#filledAt) * perMs);
    this.#filledAt = now;
    this.#tokens -= 1;
    if (this.#tokens < 0) await delay(-this.#tokens / perMs, signal);
  }
}

const BACKOFF_MS = 500;
const LONGEST_BACKOFF_MS = 15_000;
const LONGEST_RATE_LIMIT_MS = 120_000;
/** The limit counts by the minute, so that shorter waits only spend requests. */
const SHORTEST_RATE_LIMIT_MS = 5_000;

/** Wait before attempt `attempt + 1` (the first is 1): anything up to a limit that doubles, so that clients part. */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** attempt);
}

/**
 * Wait after a 429: what Retry-After says (seconds or a date; two minutes at most), and a little more so that clients
 * part; without it 5 s and anything up to a limit that doubles.
 */
export function rateLimitMs(attempt: number, retryAfter: string | null, timing: Timing): number {
  const jitter = backoffMs(attempt, timing.random);
  const asked = retryAfterMs(retryAfter, timing.now());
  if (asked !== undefined) return Math.min(LONGEST_RATE_LIMIT_MS, asked) + timing.random() * 1000;
  return SHORTEST_RATE_LIMIT_MS * attempt + jitter;
}

function retryAfterMs(text: string | null, now: number): number | undefined {
  if (text === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
