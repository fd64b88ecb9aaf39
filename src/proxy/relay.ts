import { ProtocolError } from "../base/errors.ts";
import type { Stream } from "../net/stream.ts";
import { LARGE_BUFFER_BYTES, returnLargeBuffer, SMALL_BUFFER_BYTES, takeLargeBuffer } from "./buffer_pool.ts";
import { CommandStream } from "./command_stream.ts";
import { Outbox } from "./outbox.ts";
import type { PendingRead } from "./packet_source.ts";
import type { EndCause } from "../contract/words.ts";
import type { RelayOutput, RelaySession, RelaySettings } from "./relay_state.ts";
import { RelayState } from "./relay_state.ts";
import { ResponseStream } from "./response_stream.ts";

/** Largest packet of a login that is waited for whole, in bytes; commands and rows are not bound by it. */
const MAX_HELD_BYTES = 1024 * 1024;

/** How long the last packet of a session is waited for: the client to take it, or the backend to say it. In ms. */
const LAST_PACKET_MS = 1000;

/** The command phase on real streams: reads both sides, feeds the two directions, writes what they put out. */
export class Relay {
  readonly state: RelayState;
  readonly #client: Stream;
  readonly #backend: Stream;
  readonly #toClient: Outbox;
  readonly #toBackend: Outbox;
  readonly #commands: CommandStream;
  readonly #responses: ResponseStream;
  readonly #ended = new AbortController();
  #cause: EndCause | undefined;
  #wakeClient: (() => void) | undefined;
  /** Counts what the backend's direction was fed, so that a waiter misses nothing. */
  #fed = 0;
  /** A read that was under way when a hold ended, into a buffer of its own. */
  #pendingRead: PendingRead | undefined;
  #clientDone = false;
  /** Runs out when the backend, which takes no more, has had its time to say why. */
  #lastWord: ReturnType<typeof setTimeout> | undefined;
  /** Milliseconds of the caller's coarse clock when bytes last came from either side. */
  lastActiveMs = 0;
  bytesFromClient = 0;
  bytesFromBackend = 0;

  constructor(
    client: Stream,
    backend: Stream,
    settings: RelaySettings,
    session: RelaySession,
    capabilities: number,
  ) {
    this.#client = client;
    this.#backend = backend;
    this.#toClient = new Outbox(client);
    this.#toBackend = new Outbox(backend);
    const output: RelayOutput = {
      toBackend: (bytes) => this.#toBackend.push(bytes),
      toClient: (bytes) => this.#toClient.push(bytes),
    };
    this.state = new RelayState(settings, session, capabilities, output);
    this.#commands = new CommandStream(this.state);
    this.#responses = new ResponseStream(this.state);
    this.lastActiveMs = settings.coarseNow();
  }

  /**
   * Relays until one side ends the session and resolves to why; both streams are closed then. The rests are bytes that
   * were read before; so may be a read from the client that is under way.
   */
  async run(
    clientRest: Uint8Array,
    pendingRead: PendingRead | undefined,
    backendRest: Uint8Array,
  ): Promise<EndCause> {
    this.#pendingRead = pendingRead;
    const both = [
      this.#pumpClient(clientRest).catch((error) =>
        this.#toBackend.failed ? this.#hearOut(error) : this.#failed("client", error)
      ),
      this.#pumpBackend(backendRest).catch((error) =>
        this.#failed(this.#toClient.failed ? "client" : "backend", error)
      ),
    ];
    await Promise.race([
      ...both,
      new Promise((resolve) => this.#ended.signal.addEventListener("abort", resolve)),
    ]);
    await Promise.allSettled([this.#ended.signal.aborted ? undefined : Promise.all(both)]);
    this.end("client_closed");
    await Promise.allSettled(both);
    this.state.abandon();
    return this.#cause ?? "internal";
  }

  /** Whether bytes came from the backend that no command asked for, as before it closes a connection. */
  get unsolicited(): boolean {
    return this.#responses.unsolicited;
  }

  /** Ends the session now; the first cause counts. */
  end(cause: EndCause): void {
    this.#cause ??= cause;
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    clearTimeout(this.#lastWord);
    this.#wakeClient?.();
    this.#client.close();
    this.#backend.close();
  }

  /** Sends the client a last packet, if no response is under way, and ends the session. */
  async endWith(cause: EndCause, packet: Uint8Array): Promise<void> {
    if (this.state.pipeline.length === 0 || this.state.tracker.atPacketBoundary) this.#toClient.push(packet);
    // One that reads nothing must not keep the session, and with it a drain, for ever.
    const timer = setTimeout(() => this.end(cause), LAST_PACKET_MS);
    try {
      await this.#toClient.flush();
    } catch {
      // The client is gone, which is what was wanted of it.
    }
    clearTimeout(timer);
    this.end(cause);
  }

  async #pumpClient(rest: Uint8Array): Promise<void> {
    let buffer = bufferWith(rest);
    let filled = rest.length;
    let start = 0;
    /** A command that was taken whole waits for responses: there may be nothing behind it. */
    let waiting = false;
    const commands = this.#commands;
    try {
      for (;;) {
        if (filled > start || waiting) {
          const fedBefore = this.#fed;
          const why = commands.feed(buffer, start, filled);
          start = commands.position;
          waiting = why === "responses";
          await this.#flush();
          if (this.#ended.signal.aborted) return;
          if (this.state.ending !== undefined) return this.end(this.state.ending);
          if (why === "broken") return this.end("client_protocol");
          if (why === "quit") {
            this.#cause ??= "client_quit";
            return await this.#finishClient();
          }
          if (waiting) {
            if (this.#fed === fedBefore) await this.#untilResponses();
            if (this.#ended.signal.aborted) return;
            continue;
          }
          if (why === "held") {
            const rest = await this.#hold(buffer.slice(start, filled));
            if (rest === undefined) return;
            if (rest.length > buffer.length) buffer = new Uint8Array(rest.length * 2);
            buffer.set(rest);
            start = 0;
            filled = rest.length;
            continue;
          }
        }
        if (start === filled) {
          start = filled = 0;
          if (buffer.length > SMALL_BUFFER_BYTES && !commands.midPacket && this.state.mode === "command") {
            returnLargeBuffer(buffer);
            buffer = new Uint8Array(SMALL_BUFFER_BYTES);
          }
        } else if (start > 0) {
          buffer.copyWithin(0, start, filled);
          filled -= start;
          start = 0;
        }
        if (filled === buffer.length) buffer = grow(buffer, filled);
        const count = await (this.#pendingRead === undefined
          ? this.#client.read(filled === 0 ? buffer : buffer.subarray(filled))
          : this.#takePendingRead(buffer, filled));
        if (count === null) {
          this.#cause ??= "client_closed";
          return await this.#finishClient();
        }
        this.lastActiveMs = this.state.settings.coarseNow();
        this.bytesFromClient += count;
        filled += count;
        if (filled === buffer.length && buffer.length === SMALL_BUFFER_BYTES) {
          buffer = grow(buffer, filled);
        }
      }
    } finally {
      returnLargeBuffer(buffer);
      this.#clientDone = true;
    }
  }

  /**
   * The client sends nothing more: so the backend is told, as a direct connection would tell it, and what it still
   * owes the client is passed on until it closes.
   */
  async #finishClient(): Promise<void> {
    if (this.state.pipeline.length === 0) {
      await this.#toClient.flush();
      return this.end("client_closed");
    }
    await this.#backend.closeWrite();
  }

  async #pumpBackend(rest: Uint8Array): Promise<void> {
    let buffer = bufferWith(rest);
    /** The other large buffer, while a long response is read into one and written from the other. */
    let spare: Uint8Array | undefined;
    let filled = rest.length;
    const responses = this.#responses;
    const { pipeline } = this.state;
    try {
      for (;;) {
        if (filled > 0) {
          responses.feed(buffer, 0, filled);
          this.#fed++;
          if (this.#wakeClient !== undefined) this.#wakeClient();
          const left = filled - responses.position;
          // What goes to the backend is not waited for: one that is busy answering may take nothing until its answer is
          // read. The bytes are none of this buffer's.
          this.#toBackend.flush()?.catch((error) => this.#awaitLastWord(error));
          const writing = this.#toClient.flush();
          if (buffer.length > SMALL_BUFFER_BYTES && left < SMALL_BUFFER_BYTES && pipeline.length > 0) {
            // Long response: the next read goes on while this buffer is written.
            spare ??= takeLargeBuffer();
            if (left > 0) spare.set(buffer.subarray(filled - left, filled));
            const reading = this.#backend.read(left === 0 ? spare : spare.subarray(left));
            reading.catch(() => {});
            await writing;
            const count = await reading;
            if (count === null) return await this.#backendClosed();
            [buffer, spare] = [spare, buffer];
            filled = left + count;
            this.#received(count);
            continue;
          }
          await writing;
          if (this.state.ending !== undefined) return this.end(this.state.ending);
          if (left > 0) buffer.copyWithin(0, filled - left, filled);
          filled = left;
          if (filled === buffer.length) buffer = grow(buffer, filled);
          if (filled === 0 && buffer.length > SMALL_BUFFER_BYTES && pipeline.length === 0) {
            returnLargeBuffer(buffer);
            buffer = new Uint8Array(SMALL_BUFFER_BYTES);
            if (spare !== undefined) returnLargeBuffer(spare);
            spare = undefined;
          }
        }
        const count = await this.#backend.read(filled === 0 ? buffer : buffer.subarray(filled));
        if (count === null) return await this.#backendClosed();
        this.#received(count);
        filled += count;
        if (filled === buffer.length && buffer.length === SMALL_BUFFER_BYTES) buffer = grow(buffer, filled);
      }
    } finally {
      returnLargeBuffer(buffer);
      if (spare !== undefined) returnLargeBuffer(spare);
    }
  }

  #received(count: number): void {
    this.lastActiveMs = this.state.settings.coarseNow();
    this.bytesFromBackend += count;
  }

  async #backendClosed(): Promise<void> {
    if (this.#lastWord !== undefined && !this.#ended.signal.aborted) {
      this.#cause ??= "backend_closed";
      return await this.#client.closeWrite();
    }
    this.end(this.#clientDone ? this.#cause ?? "client_closed" : "backend_closed");
  }

  /**
   * The backend takes no more: it has closed the connection, and its reason may be on the way. What it still says is
   * passed on for a moment.
   */
  #awaitLastWord(error: unknown): void {
    if (this.#ended.signal.aborted) return;
    this.#lastWord ??= setTimeout(() => this.#failed("backend", error), LAST_PACKET_MS);
  }

  /** Hears the backend out, and drops what the client still sends: to close on that would take the reason from it. */
  async #hearOut(error: unknown): Promise<void> {
    this.#awaitLastWord(error);
    const buffer = new Uint8Array(LARGE_BUFFER_BYTES);
    try {
      await this.#pendingRead?.count;
      while (!this.#ended.signal.aborted && await this.#client.read(buffer) !== null);
    } catch {
      // The client is gone, or the session has ended.
    }
    this.#failed("backend", error);
  }

  /** Writes what both directions have put out. */
  #flush(): Promise<unknown> | undefined {
    const toBackend = this.#toBackend.flush();
    const toClient = this.#toClient.flush();
    if (toBackend === undefined) return toClient;
    if (toClient === undefined) return toBackend;
    return Promise.all([toBackend, toClient]);
  }

  /** Resolves when the backend's direction has taken bytes, or the session has ended. */
  #untilResponses(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeClient = () => {
        this.#wakeClient = undefined;
        resolve();
      };
      if (this.#ended.signal.aborted) this.#wakeClient();
    });
  }

  /**
   * Waits for the verdict on a held command while watching the client. Resolves to the bytes behind the command, or
   * to `undefined` when the session has ended.
   */
  async #hold(kept: Uint8Array): Promise<Uint8Array | undefined> {
    const held = this.#commands.held;
    if (held === undefined) return kept;
    const withdrawn = new AbortController();
    const signal = AbortSignal.any([withdrawn.signal, this.#ended.signal]);
    const decision = held.wait(signal).then((decision) => ({ decision }));
    let buffered = kept;
    for (;;) {
      const reading = this.#pendingRead ??
        (buffered.length < MAX_HELD_BYTES ? this.#startRead() : undefined);
      const first = await (reading === undefined ? decision : Promise.race([decision, reading.count]));
      if (first !== null && typeof first === "object") {
        this.#commands.resume(first.decision);
        await this.#flush();
        return buffered;
      }
      this.#pendingRead = undefined;
      if (first === null) {
        withdrawn.abort();
        this.end("client_closed");
        return undefined;
      }
      this.bytesFromClient += first;
      buffered = concat(buffered, (reading as PendingRead).into.subarray(0, first));
    }
  }

  #startRead(): PendingRead {
    const into = new Uint8Array(SMALL_BUFFER_BYTES);
    const count = this.#client.read(into);
    count.catch(() => {});
    this.#pendingRead = { count, into };
    return this.#pendingRead;
  }

  /** What the read that outlasted a hold brings, put behind the bytes at hand. */
  async #takePendingRead(buffer: Uint8Array, filled: number): Promise<number | null> {
    const { count, into } = this.#pendingRead as PendingRead;
    const read = await count;
    if (read === null) return null;
    const taken = Math.min(read, buffer.length - filled);
    buffer.set(into.subarray(0, taken), filled);
    this.#pendingRead = taken < read
      ? { count: Promise.resolve(read - taken), into: into.slice(taken, read) }
      : undefined;
    return taken;
  }

  #failed(side: "client" | "backend", error: unknown): void {
    if (this.#ended.signal.aborted) return;
    this.error = error;
    this.end(error instanceof ProtocolError ? `${side}_protocol` : `${side}_lost`);
  }

  /** What ended the session, where that was an error. */
  error: unknown;
}

function bufferWith(rest: Uint8Array): Uint8Array {
  const buffer = new Uint8Array(rest.length < SMALL_BUFFER_BYTES ? SMALL_BUFFER_BYTES : rest.length * 2);
  buffer.set(rest);
  return buffer;
}

/** A larger buffer with the same first bytes. */
function grow(buffer: Uint8Array, filled: number): Uint8Array {
  if (buffer.length >= MAX_HELD_BYTES + LARGE_BUFFER_BYTES) {
    throw new ProtocolError("Cannot go on: a packet that has to be seen whole is longer than 1 MB");
  }
  const grown = buffer.length < LARGE_BUFFER_BYTES ? takeLargeBuffer() : new Uint8Array(buffer.length * 2);
  grown.set(buffer.subarray(0, filled));
  returnLargeBuffer(buffer);
  return grown;
}

function concat(first: Uint8Array, second: Uint8Array): Uint8Array {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
