import type { PayloadSink } from "./packet_cursor.ts";

const FIRST_CAPACITY = 64 * 1024;

/** Collects the payload of one command that does not lie whole in the bytes at hand, up to a limit. */
export class StatementAssembly implements PayloadSink {
  readonly #limit: number;
  #bytes: Uint8Array;
  #length = 0;
  #overflowed = false;

  /** `declared` is the first packet's length: a hint, not trusted with memory. */
  constructor(declared: number, limit: number) {
    this.#limit = limit;
    this.#bytes = new Uint8Array(Math.min(declared, FIRST_CAPACITY));
  }

  /** Whether the command was longer than the limit; its bytes are gone. */
  get overflowed(): boolean {
    return this.#overflowed;
  }

  append(bytes: Uint8Array): void {
    if (this.#overflowed) return;
    const length = this.#length + bytes.length;
    // The limit is on the text; the command byte is not part of it.
    if (length > this.#limit + 1) {
      this.#overflowed = true;
      this.#bytes = new Uint8Array(0);
      return;
    }
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(length, this.#bytes.length * 2), this.#limit + 1));
      grown.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = grown;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = length;
  }

  payload(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}
