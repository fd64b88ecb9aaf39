import net from "node:net";
import tls from "node:tls";
import { bytes, packet } from "./bytes.ts";

/** One packet as it came. */
export interface WirePacket {
  readonly sequence: number;
  readonly payload: Uint8Array;
}

/** The other side ended, or reset, the connection before it sent what was waited for. */
export class WireClosed extends Error {
  override readonly name = "WireClosed";
}

/** A certificate and its key, PEM. */
export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * One end of a MySQL connection with full control of its bytes: exact reads, any write, an orderly end or a reset,
 * reading held back, TLS begun at any moment. Reads and writes are the caller's to order; one of each at a time.
 */
export class WireSocket {
  readonly #raw: net.Socket;
  #channel: net.Socket;
  #chunks: Uint8Array[] = [];
  #available = 0;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;
  #lastSequence = -1;

  constructor(socket: net.Socket) {
    this.#raw = socket;
    this.#channel = socket;
    socket.setNoDelay(true);
    this.#listen(socket);
  }

  /** Connects to a port of this machine. */
  static async connect(port: number, host = "127.0.0.1"): Promise<WireSocket> {
    const socket = net.connect({ port, host });
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new WireSocket(socket);
  }

  /** Bytes that came and were not read. */
  get available(): number {
    return this.#available;
  }

  /** Exactly `count` bytes; {@link WireClosed} when the other side ends before. */
  async read(count: number): Promise<Uint8Array> {
    while (this.#available < count) {
      if (this.#ended) {
        throw new WireClosed(
          this.#failure?.message ?? `The connection ended ${count - this.#available} bytes early`,
        );
      }
      await this.#change();
    }
    return this.#take(count);
  }

  /** Everything until the other side ends or resets the connection. */
  async readToEnd(): Promise<Uint8Array> {
    while (!this.#ended) await this.#change();
    return this.#take(this.#available);
  }

  /** Whatever comes until nothing more has come for `quietMs`; waits for the first bytes as long as it takes. */
  async readUntilQuiet(quietMs: number): Promise<Uint8Array> {
    while (this.#available === 0 && !this.#ended) await this.#change();
    for (let before = -1; before !== this.#available && !this.#ended;) {
      before = this.#available;
      await new Promise((resolve) => setTimeout(resolve, quietMs));
    }
    return this.#take(this.#available);
  }

  /** One packet; {@link WireClosed} when the other side ends before. */
  async readPacket(): Promise<WirePacket> {
    const header = await this.read(4);
    const [low = 0, middle = 0, high = 0, sequence = 0] = header;
    const payload = await this.read(low | middle << 8 | high << 16);
    this.#lastSequence = sequence;
    return { sequence, payload };
  }

  /** Writes bytes as they are; resolves once they are with the system. */
  write(content: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#channel.write(content, (error) => error ? reject(error) : resolve());
    });
  }

  /** Writes packets that continue the sequence of what was read or written last. */
  async send(...payloads: readonly Uint8Array[]): Promise<void> {
    await this.write(this.frame(...payloads));
  }

  /** The bytes that {@link send} would write, for cutting short and for bending. */
  frame(...payloads: readonly Uint8Array[]): Uint8Array {
    return bytes(...payloads.map((payload) => packet(++this.#lastSequence, payload)));
  }

  /** Begins a command: the next packet sent has sequence id 0. */
  resetSequence(): void {
    this.#lastSequence = -1;
  }

  /** Stops taking bytes from the system, so that the other side meets a full window. */
  hold(): void {
    this.#channel.pause();
  }

  /** Takes bytes again after {@link hold}. */
  release(): void {
    this.#channel.resume();
  }

  /** Ends this side's direction. */
  end(): void {
    this.#channel.end();
  }

  /** Ends the connection by RST. */
  reset(): void {
    this.#raw.resetAndDestroy();
  }

  /** Lets go of the connection, whatever its state. Safe to call again. */
  close(): void {
    this.#channel.destroy();
    this.#raw.destroy();
  }

  /** Resolves when the other side has ended or reset the connection; what it sent before may still be read. */
  async closed(): Promise<void> {
    while (!this.#ended) await this.#change();
  }

  /** Whether the other side has ended or reset the connection. */
  get isClosed(): boolean {
    return this.#ended;
  }

  /** Begins TLS as the client. */
  async startTlsClient(options: tls.ConnectionOptions = {}): Promise<void> {
    this.#unlisten();
    const channel = tls.connect({ ...options, socket: this.#raw });
    await new Promise<void>((resolve, reject) => {
      channel.once("secureConnect", resolve);
      channel.once("error", reject);
      channel.once("close", () => reject(new WireClosed("The connection ended within the TLS handshake")));
    });
    this.#channel = channel;
    this.#listen(channel);
  }

  /**
   * Begins TLS as the server. What came after the SSLRequest is the client's first flight, already read or not, so
   * the bytes are carried to a TLS server behind this socket and the plaintext is exchanged with that.
   */
  async startTlsServer(pair: PemPair): Promise<void> {
    const server = tls.createServer({ cert: pair.cert, key: pair.key });
    const inner = await new Promise<{ carrier: net.Socket; channel: tls.TLSSocket }>((resolve, reject) => {
      server.once("tlsClientError", (error) => reject(new WireClosed(`No TLS: ${error.message}`)));
      server.listen(0, "127.0.0.1", () => {
        const carrier = net.connect((server.address() as net.AddressInfo).port, "127.0.0.1");
        carrier.setNoDelay(true);
        carrier.on("error", () => this.#raw.destroy());
        this.#unlisten();
        carrier.write(this.#take(this.#available));
        this.#raw.on("data", (chunk) => carrier.write(chunk));
        this.#raw.on("close", () => carrier.destroy());
        this.#raw.on("error", () => carrier.destroy());
        carrier.on("data", (chunk) => this.#raw.write(chunk));
        carrier.on("close", () => this.#raw.end());
        this.#raw.once(
          "close",
          () => reject(new WireClosed("The connection ended within the TLS handshake")),
        );
        server.once("secureConnection", (channel) => resolve({ carrier, channel }));
      });
    }).finally(() => server.close());
    this.#channel = inner.channel;
    this.#listen(inner.channel);
  }

  #listen(socket: net.Socket): void {
    socket.on("data", (chunk) => {
      this.#chunks.push(chunk);
      this.#available += chunk.length;
      this.#wake?.();
    });
    const finish = (error?: Error): void => {
      this.#failure ??= error;
      this.#ended = true;
      this.#wake?.();
    };
    socket.on("end", () => finish());
    socket.on("close", () => finish());
    socket.on("error", finish);
  }

  #unlisten(): void {
    for (const event of ["data", "end", "close", "error"]) this.#raw.removeAllListeners(event);
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  #take(count: number): Uint8Array {
    const first = this.#chunks[0];
    this.#available -= count;
    if (first !== undefined && first.length > count) {
      this.#chunks[0] = first.subarray(count);
      return first.slice(0, count);
    }
    const taken = new Uint8Array(count);
    let at = 0;
    while (at < count) {
      const chunk = this.#chunks.shift() ?? new Uint8Array(0);
      const part = chunk.subarray(0, count - at);
      taken.set(part, at);
      at += part.length;
      if (part.length < chunk.length) this.#chunks.unshift(chunk.subarray(part.length));
    }
    return taken;
  }
}
