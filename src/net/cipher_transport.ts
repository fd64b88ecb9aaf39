import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";
import type { Stream } from "./stream.ts";

/** Reads of ciphertext: small while a peer says little, so that idle sessions stay small, large for bulk. */
const SMALL_READ_BYTES = 4 * 1024;
const LARGE_READ_BYTES = 64 * 1024;

type Callback = (error?: Error | null) => void;

/**
 * The ciphertext side of a `node:tls` socket, carried by a {@link Stream}.
 *
 * It exists for backpressure. On Deno 2.9.6 a paused TLS socket goes on reading: all that the peer sends is decrypted
 * and kept in memory, and an end that comes while it is paused is lost. So the socket is never paused here; ciphertext
 * is read when {@link pull} asks for it and at no other time.
 */
export class CipherTransport extends Duplex {
  readonly #stream: Stream;
  #buffer: Uint8Array | undefined;
  #first: Uint8Array | undefined;
  #reading = false;
  #wanted: (() => boolean) | undefined;

  /** Takes the stream over; `alreadyRead` is ciphertext that was read from it before. */
  constructor(stream: Stream, alreadyRead?: Uint8Array) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    this.on("error", () => {}); // Every error also reaches whoever reads or writes.
    this.#first = alreadyRead !== undefined && alreadyRead.length > 0 ? alreadyRead.slice() : undefined;
  }

  /**
   * From here on, the handshake being over, ciphertext is read for {@link pull} alone; and again where it did not
   * complete a TLS record, which `wanted` tells.
   */
  readOnDemand(wanted: () => boolean): void {
    this.#wanted = wanted;
  }

  /** Reads ciphertext once, unless a read is under way. */
  pull(): void {
    if (this.#reading || this.destroyed) return;
    if (this.#first !== undefined) {
      const first = this.#first;
      this.#first = undefined;
      this.push(first);
      return;
    }
    this.#reading = true;
    const buffer = this.#buffer ??= new Uint8Array(SMALL_READ_BYTES);
    this.#stream.read(buffer).then((count) => {
      this.#reading = false;
      this.push(count === null ? null : buffer.slice(0, count));
      this.#fit(buffer, count ?? 0);
      if (count !== null && this.#wanted?.()) this.pull();
    }, (error) => this.destroy(error));
  }

  override _read(): void {
    if (this.#wanted === undefined) this.pull();
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    this.#stream.write(chunk).then(() => callback(), callback);
  }

  override _writev(chunks: readonly { readonly chunk: Uint8Array }[], callback: Callback): void {
    this.#stream.write(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => callback(), callback);
  }

  override _final(callback: Callback): void {
    this.#stream.closeWrite().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#stream.close();
    callback(error);
  }

  /** Gives the next read more room after a full one, and lets the room go when little comes. */
  #fit(buffer: Uint8Array, count: number): void {
    if (count === buffer.length && count < LARGE_READ_BYTES) this.#buffer = new Uint8Array(LARGE_READ_BYTES);
    else if (buffer.length > SMALL_READ_BYTES && count <= SMALL_READ_BYTES) this.#buffer = undefined;
  }
}
