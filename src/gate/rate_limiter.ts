/** Lets so many statements a second pass, with a second's worth at once after a pause. */
export class RateLimiter {
  readonly #perMs: number;
  readonly #most: number;
  #tokens: number;
  #lastMs: number;

  constructor(perSecond: number, nowMs: number) {
    this.#perMs = perSecond / 1000;
    this.#most = Math.max(1, perSecond);
    this.#tokens = this.#most;
    this.#lastMs = nowMs;
  }

  /** Whether one more may pass now; `nowMs` only grows. */
  take(nowMs: number): boolean {
    this.#tokens = Math.min(this.#most, this.#tokens + (nowMs - this.#lastMs) * this.#perMs);
    this.#lastMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
