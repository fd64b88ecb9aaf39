/** Whether traffic should be sent here, with the reason where not. */
export interface Readiness {
  readonly ready: boolean;
  /** For people: the server's version, or what is wrong. */
  readonly detail: string;
}

export interface ReadinessOptions {
  /** Reaches the backend as a session would; resolves to a fact about it, rejects with the reason. */
  readonly probe: (signal: AbortSignal) => Promise<string>;
  readonly draining: () => boolean;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** How long an answer holds, in ms. */
  readonly freshMs: number;
  readonly timeoutMs: number;
}

/** Remembers the last probe for a while, and runs one at a time however many ask. */
export class ReadinessCheck {
  readonly #options: ReadinessOptions;
  #last: { readonly at: number; readonly result: Readiness } | undefined;
  #running: Promise<Readiness> | undefined;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  /** The state now, or as it was less than `freshMs` ago. Never rejects. */
  check(): Promise<Readiness> {
    const { draining, now, freshMs } = this.#options;
    if (draining()) return Promise.resolve({ ready: false, detail: "draining" });
    if (this.#last !== undefined && now() - this.#last.at < freshMs) {
      return Promise.resolve(this.#last.result);
    }
    this.#running ??= this.#probe().finally(() => this.#running = undefined);
    return this.#running;
  }

  async #probe(): Promise<Readiness> {
    const { probe, now, timeoutMs } = this.#options;
    let result: Readiness;
    try {
      result = { ready: true, detail: await probe(AbortSignal.timeout(timeoutMs)) };
    } catch (error) {
      result = { ready: false, detail: error instanceof Error ? error.message : String(error) };
    }
    this.#last = { at: now(), result };
    return result;
  }
}
