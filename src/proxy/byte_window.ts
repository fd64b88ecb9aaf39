const SLOT_MS = 5000;
const SLOTS = 12;

/** Bytes over a rolling 60 s, in steps of 5 s. */
export class ByteWindow {
  #slots: Float64Array | undefined;
  #slot = 0;
  #total = 0;

  /** Bytes of the last 60 s; `nowMs` is monotonic. */
  total(nowMs: number): number {
    this.#advance(nowMs);
    return this.#total;
  }

  add(bytes: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#slots ??= new Float64Array(SLOTS);
    const index = this.#slot % SLOTS;
    this.#slots[index] = (this.#slots[index] as number) + bytes;
    this.#total += bytes;
  }

  #advance(nowMs: number): void {
    const slot = Math.floor(nowMs / SLOT_MS);
    if (slot === this.#slot) return;
    if (this.#slots !== undefined) {
      const passed = Math.min(slot - this.#slot, SLOTS);
      for (let step = 1; step <= passed; step++) {
        const index = (this.#slot + step) % SLOTS;
        this.#total -= this.#slots[index] as number;
        this.#slots[index] = 0;
      }
    }
    this.#slot = slot;
  }
}
