/** Timers that run when a test says so. */
export class FakeTimers implements Disposable {
  readonly #real = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };
  readonly #waiting = new Map<number, { readonly at: number; readonly run: () => void }>();
  #now = 0;
  #next = 1;

  constructor() {
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 0) => {
        this.#waiting.set(this.#next, { at: this.#now + ms, run });
        return this.#next++;
      },
      clearTimeout: (id: number | undefined) => void (id !== undefined && this.#waiting.delete(id)),
    });
  }

  /** Timers that have not run. */
  get pending(): number {
    return this.#waiting.size;
  }

  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = [...this.#waiting].filter(([, { at }]) => at <= until).sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.#waiting.delete(due[0]);
      this.#now = due[1].at;
      due[1].run();
    }
    this.#now = until;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, this.#real);
  }
}
