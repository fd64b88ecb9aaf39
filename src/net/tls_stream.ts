import type { TLSSocket } from "node:tls";
import type { HandshakeTransport } from "./handshake_transport.ts";
import type { Endpoint, Stream, TlsInfo } from "./stream.ts";

/** Reads of ciphertext: small while a peer says little, so that idle sessions stay small, large for bulk. */
const SMALL_READ_BYTES = 4 * 1024;
const LARGE_READ_BYTES = 64 * 1024;
/** What the engine encrypts at once. */
const PIECE_BYTES = 48 * 1024;

/** A write that nobody waits for: the engine calls back once it has encrypted it, which is known from the call. */
const WRITE = { oncomplete: (): void => {} };

/**
 * The engine under a `node:tls` socket on a JavaScript stream (Deno 2.9): bytes in, bytes out, no input or output of
 * its own. `readBuffer` calls `onread` with what it could decrypt, and `onerror`, before it returns.
 */
interface TlsEngine {
  onread: (cleartext: ArrayBuffer | undefined) => void;
  onerror: (error: Error) => void;
  /** Makes `onread` the receiver from now on. */
  readStart(): void;
  readBuffer(ciphertext: Uint8Array): void;
  writeBuffer(request: typeof WRITE, cleartext: Uint8Array): number;
  /** Ciphertext to be sent. */
  drainEncOut(): Uint8Array;
}

/**
 * A {@link Stream} of cleartext, over the engine of a `node:tls` socket whose handshake is over.
 *
 * The socket itself is left out. As a Node stream it reads on while it is paused, calls back before its bytes are out,
 * and takes twice the CPU. `Deno.startTls` takes less, but its close holds the descriptor and one of the runtime's
 * blocking threads for 0.1 s (TLS 1.3), and always sends close_notify, which hides the end of the connection from a
 * MySQL server that runs a statement.
 *
 * An end here is the transport's, as with MySQL's own client and server: no close_notify is sent and none is asked for,
 * since MySQL's packets carry their lengths.
 */
export class TlsStream implements Stream {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly tls: TlsInfo;
  readonly #secure: TLSSocket;
  readonly #engine: TlsEngine;
  readonly #encrypt: TlsEngine["writeBuffer"];
  readonly #plain: Stream;
  /** The read that the handshake had under way. */
  #first: Promise<Uint8Array | null> | undefined;
  #buffer: Uint8Array | undefined;
  #cleartext: Uint8Array | undefined;
  #ended = false;
  #failure: Error | undefined;
  #sending: Promise<void> | undefined;

  /** Takes all three over. `plain` is the stream below. */
  constructor(secure: TLSSocket, transport: HandshakeTransport, plain: Stream) {
    this.remote = plain.remote;
    this.local = plain.local;
    this.tls = { version: secure.getProtocol() ?? undefined, cipher: secure.getCipher()?.standardName };
    this.#secure = secure;
    this.#plain = plain;
    this.#engine = engineOf(secure);
    // The socket puts a writeBuffer of its own before the engine's, which sends by way of the transport.
    this.#encrypt = Object.getPrototypeOf(this.#engine).writeBuffer;
    this.#engine.onread = (cleartext) => this.#decrypted(cleartext);
    this.#engine.onerror = (error) => this.#failure ??= error;
    this.#engine.readStart();
    // What came in one piece with the end of the handshake.
    for (let early = secure.read(); early !== null; early = secure.read()) this.#keep(early);
    this.#first = transport.handOver((bytes) => this.#send(bytes));
    this.#first?.catch(() => {}); // Told by the read that waits for it.
    secure.on("error", () => {});
    if (transport.destroyed) this.#failure ??= transport.errored ?? new Error("The connection was closed");
  }

  read(buffer: Uint8Array): Promise<number | null> {
    if (this.#cleartext !== undefined) return Promise.resolve(this.#take(this.#cleartext, buffer));
    return this.#receive(buffer);
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (bytes.length > PIECE_BYTES) return this.#writePieces(bytes);
    this.#encrypt.call(this.#engine, WRITE, bytes);
    const ciphertext = this.#engine.drainEncOut();
    // Writes of the caller's come one after the other; only the handshake's own end may still be on its way.
    return this.#sending === undefined ? this.#plain.write(ciphertext) : this.#send(ciphertext);
  }

  closeWrite(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return (this.#sending ?? Promise.resolve()).then(() => this.#plain.closeWrite());
  }

  close(): void {
    this.#failure ??= new Error("The stream is closed");
    this.#cleartext = undefined;
    this.#plain.close();
    this.#secure.destroy();
  }

  /** One promise a read, since each statement's answer comes through here. */
  #receive(buffer: Uint8Array): Promise<number | null> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#ended) return Promise.resolve(null);
    if (this.#first !== undefined) {
      const first = this.#first;
      this.#first = undefined;
      return first.then((ciphertext) => this.#decrypt(ciphertext, buffer));
    }
    const into = this.#buffer ??= new Uint8Array(SMALL_READ_BYTES);
    return this.#plain.read(into).then((count) => {
      if (count === null) return this.#decrypt(null, buffer);
      // More room after a full read, and none kept once little comes.
      if (count === into.length && count < LARGE_READ_BYTES) this.#buffer = new Uint8Array(LARGE_READ_BYTES);
      else if (into.length > SMALL_READ_BYTES && count <= SMALL_READ_BYTES) this.#buffer = undefined;
      return this.#decrypt(into.subarray(0, count), buffer);
    });
  }

  #decrypt(ciphertext: Uint8Array | null, buffer: Uint8Array): number | null | Promise<number | null> {
    if (this.#failure !== undefined) throw this.#failure;
    if (ciphertext === null) return null;
    this.#engine.readBuffer(ciphertext);
    if (this.#cleartext !== undefined) return this.#take(this.#cleartext, buffer);
    return this.#receive(buffer);
  }

  #decrypted(cleartext: ArrayBuffer | undefined): void {
    if (cleartext === undefined) this.#ended = true;
    else this.#keep(new Uint8Array(cleartext));
  }

  #keep(fresh: Uint8Array): void {
    const before = this.#cleartext;
    if (before === undefined) {
      this.#cleartext = fresh;
      return;
    }
    this.#cleartext = new Uint8Array(before.length + fresh.length);
    this.#cleartext.set(before);
    this.#cleartext.set(fresh, before.length);
  }

  /** Moves bytes at hand to `buffer`. */
  #take(cleartext: Uint8Array, buffer: Uint8Array): number {
    if (cleartext.length <= buffer.length) {
      buffer.set(cleartext);
      this.#cleartext = undefined;
      return cleartext.length;
    }
    buffer.set(cleartext.subarray(0, buffer.length));
    this.#cleartext = cleartext.subarray(buffer.length);
    return buffer.length;
  }

  async #writePieces(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      await this.write(bytes.subarray(at, at + PIECE_BYTES));
    }
  }

  /** Sends ciphertext behind what is being sent. */
  #send(ciphertext: Uint8Array): Promise<void> {
    const sent = this.#sending === undefined
      ? this.#plain.write(ciphertext)
      : this.#sending.then(() => this.#plain.write(ciphertext));
    this.#sending = sent;
    const done = (): void => {
      if (this.#sending === sent) this.#sending = undefined;
    };
    return sent.then(done);
  }
}

function engineOf(secure: TLSSocket): TlsEngine {
  const engine = Reflect.get(secure, "_handle") as TlsEngine;
  if (typeof engine?.readBuffer !== "function" || typeof engine.drainEncOut !== "function") {
    throw new TypeError(`Deno ${Deno.version.deno} has another TLS engine than querycop knows: use Deno 2.9`);
  }
  return engine;
}
