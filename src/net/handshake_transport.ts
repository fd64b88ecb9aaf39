import { Duplex } from "node:stream";
import type { Stream } from "./stream.ts";

/** Ciphertext of one read during a handshake. */
const READ_BYTES = 4 * 1024;

type Callback = (error?: Error | null) => void;

/**
 * What a `node:tls` socket makes its handshake on: a {@link Stream} as a `Duplex`. Once the handshake is over the
 * stream is handed to a `TlsStream`, which also gets what the socket still writes: the end of its own side of the
 * handshake.
 */
export class HandshakeTransport extends Duplex {
  readonly #stream: Stream;
  #first: Uint8Array | undefined;
  #reading: Promise<Uint8Array | null> | undefined;
  #handedOver = false;
  #write: (bytes: Uint8Array) => Promise<void>;

  /** Takes the stream over; `alreadyRead` is ciphertext that was read from it before. */
  constructor(stream: Stream, alreadyRead?: Uint8Array) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    this.#write = (bytes) => stream.write(bytes);
    this.on("error", () => {}); // Every error also reaches the next read or write.
    this.#first = alreadyRead !== undefined && alreadyRead.length > 0 ? alreadyRead.slice() : undefined;
  }

  /**
   * Gives the stream up: from here on nothing is read, and what the socket still writes goes to `write`. Resolves to
   * the ciphertext, `null` for the end, of a read that is under way, and is `undefined` where none is.
   */
  handOver(write: (bytes: Uint8Array) => Promise<void>): Promise<Uint8Array | null> | undefined {
    this.#handedOver = true;
    this.#write = write;
    return this.#reading;
  }

  override _read(): void {
    if (this.#reading !== undefined || this.#handedOver) return;
    if (this.#first !== undefined) {
      const first = this.#first;
      this.#first = undefined;
      this.push(first);
      return;
    }
    const buffer = new Uint8Array(READ_BYTES);
    this.#reading = this.#stream.read(buffer).then((count) =>
      count === null ? null : buffer.subarray(0, count)
    );
    this.#reading.then((bytes) => {
      if (this.#handedOver) return;
      this.#reading = undefined;
      this.push(bytes);
    }, (error) => {
      if (!this.#handedOver) this.destroy(error);
    });
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#write(chunk).then(() => callback(), callback);
  }

  override _final(callback: Callback): void {
    this.#stream.closeWrite().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#stream.close();
    callback(error);
  }
}
