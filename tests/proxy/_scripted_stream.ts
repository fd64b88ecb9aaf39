import type { Stream } from "../../src/net/stream.ts";

/** A stream in memory: its reads bring what is pushed, its writes go to `onWrite`. */
export interface ScriptedStream {
  readonly stream: Stream;
  readonly written: Uint8Array[];
  readonly closed: Promise<void>;
  push(bytes: Uint8Array | null): void;
}

/** A stream whose reads bring `pieces` one by one and then wait; `onWrite` resolves when a write is to be over. */
export function scriptedStream(
  pieces: readonly (Uint8Array | null)[] = [],
  onWrite: (bytes: Uint8Array) => Promise<void> = () => Promise.resolve(),
): ScriptedStream {
  const queue = [...pieces];
  const written: Uint8Array[] = [];
  const closing = Promise.withResolvers<void>();
  let wake = Promise.withResolvers<void>();
  let isClosed = false;
  const failWhenClosed = () => closing.promise.then(() => Promise.reject(new Error("Closed")));
  const stream: Stream = {
    remote: { host: "127.0.0.1", port: 1 },
    local: { host: "127.0.0.1", port: 2 },
    tls: undefined,
    async read(buffer) {
      while (queue.length === 0) await Promise.race([wake.promise, failWhenClosed()]);
      if (isClosed) throw new Error("Closed");
      const piece = queue.shift() as Uint8Array | null;
      if (piece === null) return null;
      const count = Math.min(piece.length, buffer.length);
      buffer.set(piece.subarray(0, count));
      if (count < piece.length) queue.unshift(piece.subarray(count));
      return count;
    },
    async write(bytes) {
      if (isClosed) throw new Error("Closed");
      written.push(bytes.slice());
      await Promise.race([onWrite(bytes), failWhenClosed()]);
    },
    closeWrite: () => Promise.resolve(),
    close() {
      isClosed = true;
      closing.resolve();
    },
  };
  return {
    stream,
    written,
    closed: closing.promise,
    push(bytes) {
      queue.push(bytes);
      wake.resolve();
      wake = Promise.withResolvers();
    },
  };
}
