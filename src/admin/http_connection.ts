import { Duplex } from "node:stream";
import type { Stream } from "../net/mod.ts";

const READ_BYTES = 16 * 1024;

type Callback = (error?: Error | null) => void;

/** A client's connection as `node:http` wants it. It ends by itself where the client does not take what is sent. */
export class HttpConnection extends Duplex {
  readonly remoteAddress: string;
  readonly #stream: Stream;
  readonly #writePatienceMs: number;

  /** Takes the stream over. `writePatienceMs` is how long one write may wait for the client. */
  constructor(stream: Stream, writePatienceMs: number) {
    super({ allowHalfOpen: true });
    this.#stream = stream;
    this.#writePatienceMs = writePatienceMs;
    this.remoteAddress = stream.remote.host;
    this.on("error", () => {}); // The connection ends with it, and nobody waits for more.
  }

  override _read(): void {
    const buffer = new Uint8Array(READ_BYTES);
    this.#stream.read(buffer).then(
      (count) => this.push(count === null ? null : buffer.subarray(0, count)),
      (error) => this.destroy(error),
    );
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    const timer = setTimeout(() => this.destroy(), this.#writePatienceMs);
    this.#stream.write(chunk).then(() => callback(), callback).finally(() => clearTimeout(timer));
  }

  override _final(callback: Callback): void {
    this.#stream.closeWrite().then(() => callback(), callback);
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.#stream.close();
    callback(error);
  }

  /** For `node:http`, which expects a socket; time is kept by the server, and the rest was set when it was accepted. */
  setTimeout(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
}
