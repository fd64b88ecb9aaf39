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
    const first = this.#queue[0];
    if (first === undefined) return undefined;
    this.#running = this.#drain();
    return this.#running;
  }

  async #drain(): Promise<void> {
    try {
      for (;;) {
        const pieces = this.#queue;
        const [only] = pieces;
        if (only === undefined) return;
        this.#queue = [];
        const bytes = pieces.length === 1 ? only : undefined;
        if (bytes !== undefined) {
          this.bytes += bytes.length;
          await this.#stream.write(bytes);
        } else {
          for (const joined of join(pieces)) {
            this.bytes += joined.length;
            await this.#stream.write(joined);
          }
        }
      }
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
