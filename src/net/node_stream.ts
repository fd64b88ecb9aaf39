import type { Socket } from "node:net";
import { plainEndpoint } from "./address.ts";
import type { Endpoint, Stream, TlsInfo } from "./stream.ts";

/** Received bytes that may wait for a reader before the socket is paused. */
const MAX_QUEUED_BYTES = 64 * 1024;

interface PendingRead {
  readonly buffer: Uint8Array;
  readonly resolve: (count: number | null) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A {@link Stream} over a socket of `node:net` or `node:tls`. Bytes that come while nobody reads are queued up to a
 * bound and then stay in the kernel.
 */
export class NodeStream implements Stream {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly tls: TlsInfo | undefined;
  readonly #socket: Socket;
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #paused = true;
  #ended = false;
  #failure: Error | undefined;
  #pending: PendingRead | undefined;

  /** Takes the socket over. It should be made with `allowHalfOpen`, so that each direction ends on its own. */
  constructor(socket: Socket, tls?: TlsInfo) {
    this.#socket = socket;
    this.tls = tls;
    this.remote = plainEndpoint(socket.remoteAddress ?? "", socket.remotePort ?? 0);
    this.local = plainEndpoint(socket.localAddress ?? "", socket.localPort ?? 0);
    socket.pause();
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#queuedBytes > 0) return Promise.resolve(this.#take(buffer));
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(null);
    if (this.#pending !== undefined) return Promise.reject(new TypeError("A read is already pending"));
    if (this.#paused) {
      this.#paused = false;
      this.#socket.resume();
    }
    return new Promise((resolve, reject) => {
      this.#pending = { buffer, resolve, reject };
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }

  closeWrite(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#socket.end((error?: Error | null) => error ? reject(error) : resolve());
    });
  }

  close(): void {
    this.#fail(new Error("The stream is closed"));
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#socket.destroy();
  }

  /** Gives the socket back, paused, with the bytes that were received and not read. This stream is dead afterwards. */
  detach(): { readonly socket: Socket; readonly unread: readonly Uint8Array[] } {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#pending !== undefined) throw new TypeError("A read is pending");
    const unread = this.#queue;
    this.#queue = [];
    this.#queuedBytes = 0;
    this.#socket.pause();
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    this.#socket.off("error", this.#onError);
    this.#socket.off("close", this.#onClose);
    this.#failure = new Error("The stream was upgraded to TLS");
    return { socket: this.#socket, unread };
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
    this.#queuedBytes -= filled;
    return filled;
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    const pending = this.#pending;
    if (pending !== undefined) {
      this.#pending = undefined;
      pending.resolve(this.#take(pending.buffer));
    }
    if (this.#queuedBytes >= MAX_QUEUED_BYTES) {
      this.#paused = true;
      this.#socket.pause();
    }
  };

  readonly #onEnd = (): void => {
    this.#ended = true;
    this.#pending?.resolve(null);
    this.#pending = undefined;
  };

  readonly #onError = (error: Error): void => {
    this.#fail(error);
  };

  readonly #onClose = (): void => {
    if (!this.#ended) this.#fail(new Error("The connection was closed"));
  };

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#pending?.reject(this.#failure);
    this.#pending = undefined;
  }
}
