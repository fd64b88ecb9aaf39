/** A value that is made when it is asked for and then shared for a while; failures are not kept. */
export class Recent<T> {
  readonly #freshMs: number;
  #value: Promise<T> | undefined;
  #madeAtMs = 0;

  constructor(freshMs: number) {
    this.#freshMs = freshMs;
  }

  /** The value made last, or a new one where that is too old or was never made. */
  get(make: () => Promise<T>): Promise<T> {
    const nowMs = performance.now();
    if (this.#value !== undefined && nowMs - this.#madeAtMs < this.#freshMs) return this.#value;
    const value = make();
    this.#value = value;
    this.#madeAtMs = nowMs;
    value.catch(() => {
      if (this.#value === value) this.#value = undefined;
    });
    return value;
  }
}
