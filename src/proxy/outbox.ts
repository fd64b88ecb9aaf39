import type { Stream } from "../net/stream.ts";

/** Up to this many bytes, several pieces are joined into one write. */
const JOIN_BYTES = 16 * 1024;

/** Serialises writes to one stream from several places, in the order of their push. */
export class Outbox {
  readonly #stream: Stream;
  #queue: Uint8Array[] = [];
  #running: Promise<void> | undefined;
  /** Bytes written. */
  bytes = 0;
  /** A write has failed: the peer takes no more. */
  failed = false;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** Queues bytes, which must stay unchanged until a later `flush` has resolved. */
  push(bytes: Uint8Array): void {
    this.#queue.push(bytes);
  }

  /** Writes what is queued; `undefined` where nothing is. Rejects as the stream does. */
  flush(): Promise<void> | undefined {
    if (this.#running !== undefined) return this.#running;
    const { length } = this.#queue;
    if (length === 0) return undefined;
    // One piece is the rule: it goes out without a copy and with as few promises as can be.
    this.#running = length === 1 ? this.#write(this.#queue.pop() as Uint8Array) : this.#writeAll();
    return this.#running;
  }

  #write(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length;
    return this.#stream.write(bytes).then(this.#written, this.#failed);
  }

  /** What was queued in the meantime is written before the flush is over. */
  readonly #written = (): Promise<void> | undefined => {
    this.#running = undefined;
    return this.#queue.length === 0 ? undefined : this.flush();
  };

  readonly #failed = (error: unknown): never => {
    this.#running = undefined;
    this.failed = true;
    throw error;
  };

  async #writeAll(): Promise<void> {
    try {
      while (this.#queue.length > 0) {
        const pieces = this.#queue;
        this.#queue = [];
        for (const bytes of join(pieces)) {
          this.bytes += bytes.length;
          await this.#stream.write(bytes);
        }
      }
    } catch (error) {
      this.failed = true;
      throw error;
    } finally {
      this.#running = undefined;
    }
  }
}

/** The pieces with neighbours joined while they are small. */
function join(pieces: readonly Uint8Array[]): Uint8Array[] {
  const total = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (total > JOIN_BYTES) return [...pieces];
  const joined = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return [joined];
}
