import type { TLSSocket } from "node:tls";
import type { CipherTransport } from "./cipher_transport.ts";
import type { Endpoint, Stream, TlsInfo } from "./stream.ts";

interface PendingRead {
  readonly buffer: Uint8Array;
  readonly resolve: (count: number | null) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A {@link Stream} of cleartext over a `node:tls` socket whose handshake is over. What may be queued unread is the
 * cleartext of one read of ciphertext.
 */
export class NodeTlsStream implements Stream {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly tls: TlsInfo;
  readonly #secure: TLSSocket;
  readonly #transport: CipherTransport;
  #queue: Uint8Array[] = [];
  #ended = false;
  #failure: Error | undefined;
  #pending: PendingRead | undefined;

  /** Takes both over. `plain` is the stream below, for its endpoints. */
  constructor(secure: TLSSocket, transport: CipherTransport, plain: Pick<Stream, "remote" | "local">) {
    this.remote = plain.remote;
    this.local = plain.local;
    this.tls = { version: secure.getProtocol() ?? undefined, cipher: secure.getCipher()?.standardName };
    this.#secure = secure;
    this.#transport = transport;
    transport.readOnDemand(() => this.#pending !== undefined);
    secure.on("data", (chunk: Uint8Array) => this.#received(chunk));
    secure.on("end", () => this.#end());
    secure.on("error", (error: Error) => this.#fail(error));
    transport.on("error", (error: Error) => this.#fail(error));
    secure.on("close", () => this.#closed());
    if (transport.destroyed) this.#fail(transport.errored ?? new Error("The connection was closed"));
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#queue.length > 0) return Promise.resolve(this.#take(buffer));
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(null);
    if (this.#pending !== undefined) return Promise.reject(new TypeError("A read is already pending"));
    return new Promise((resolve, reject) => {
      this.#pending = { buffer, resolve, reject };
      this.#transport.pull();
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#secure.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#secure.end((error?: Error | null) => error ? reject(error) : resolve());
    });
  }

  close(): void {
    this.#fail(new Error("The stream is closed"));
    this.#queue = [];
    this.#secure.destroy();
    this.#transport.destroy();
  }

  /** Moves queued bytes to `buffer`; at least one byte is queued. */
  #take(buffer: Uint8Array): number {
    let filled = 0;
    while (filled < buffer.length) {
      const chunk = this.#queue[0];
      if (chunk === undefined) break;
      const count = Math.min(chunk.length, buffer.length - filled);
      buffer.set(count === chunk.length ? chunk : chunk.subarray(0, count), filled);
      filled += count;
      if (count === chunk.length) this.#queue.shift();
      else this.#queue[0] = chunk.subarray(count);
    }
    return filled;
  }

  #received(chunk: Uint8Array): void {
    this.#queue.push(chunk);
    const pending = this.#pending;
    if (pending === undefined) return;
    this.#pending = undefined;
    pending.resolve(this.#take(pending.buffer));
  }

  #end(): void {
    this.#ended = true;
    this.#pending?.resolve(null);
    this.#pending = undefined;
  }

  #closed(): void {
    if (!this.#ended) this.#fail(new Error("The connection was closed"));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#pending?.reject(this.#failure);
    this.#pending = undefined;
  }
}
