import { ConnectError, type ConnectPhase, ProtocolError } from "../base/errors.ts";
import { type Stream, streamFailure } from "../net/mod.ts";
import { encodePackets, HEADER_BYTES, MAX_PAYLOAD_BYTES, readPayloadLength } from "../protocol/framing.ts";

/** Longest payload that is assembled. Nothing that doctor or rotate ask for comes near it. */
const MAX_ASSEMBLED_BYTES = 64 * 1024 * 1024;
const FIRST_CAPACITY_BYTES = 4096;

/** Packets over a stream, with their sequence ids kept. One read and one write at a time. */
export class PacketChannel {
  /** `host:port`, for messages. */
  readonly target: string;
  /** What the connection is at, for errors. */
  phase: ConnectPhase = "greeting";
  #stream: Stream;
  #buffer = new Uint8Array(FIRST_CAPACITY_BYTES);
  #start = 0;
  #end = 0;
  #sequence = 0;

  constructor(stream: Stream, target: string) {
    this.#stream = stream;
    this.target = target;
  }

  get stream(): Stream {
    return this.#stream;
  }

  /** Goes on over TLS. Plaintext that came behind the greeting is refused: anyone may have put it there. */
  replaceStream(stream: Stream): void {
    if (this.#end > this.#start) {
      throw new ProtocolError(
        `${this.target} sends ${this.#end - this.#start} bytes of plaintext before TLS`,
      );
    }
    this.#stream = stream;
  }

  /** Starts a new command: its first packet has sequence id 0. */
  restart(): void {
    this.#sequence = 0;
  }

  /**
   * One whole payload, a copy of its own. Errors: `ConnectError` where the peer goes away, {@link ProtocolError} where a
   * packet is out of place or too long; the signal's firing closes the stream and is a `ConnectError`.
   */
  async read(signal: AbortSignal): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let total = 0;
    while (true) {
      await this.#fill(HEADER_BYTES, signal);
      const length = readPayloadLength(this.#buffer, this.#start);
      const sequence = this.#buffer[this.#start + 3] as number;
      total += length;
      if (total > MAX_ASSEMBLED_BYTES) {
        throw new ProtocolError(`${this.target} sends a packet of more than ${MAX_ASSEMBLED_BYTES} bytes`);
      }
      // An ERR before the greeting, and one that answers a broken packet, starts over at 0.
      if (sequence !== this.#sequence && sequence !== 0) {
        throw new ProtocolError(`${this.target} sends packet ${sequence} where ${this.#sequence} is due`);
      }
      this.#sequence = (sequence + 1) & 0xff;
      await this.#fill(HEADER_BYTES + length, signal);
      parts.push(this.#buffer.slice(this.#start + HEADER_BYTES, this.#start + HEADER_BYTES + length));
      this.#start += HEADER_BYTES + length;
      if (length < MAX_PAYLOAD_BYTES) break;
    }
    return parts.length === 1 ? parts[0] as Uint8Array : concatenate(parts, total);
  }

  /** Writes one payload. Errors as those of {@link read}. */
  async write(payload: Uint8Array, signal: AbortSignal): Promise<void> {
    const packets = encodePackets(this.#sequence, payload);
    this.#sequence = (this.#sequence + Math.floor(payload.length / MAX_PAYLOAD_BYTES) + 1) & 0xff;
    await this.#guard(() => this.#stream.write(packets), signal);
  }

  close(): void {
    this.#stream.close();
  }

  /** Reads until `count` bytes are buffered. */
  async #fill(count: number, signal: AbortSignal): Promise<void> {
    while (this.#end - this.#start < count) {
      this.#makeRoom(count);
      const read = await this.#guard(() => this.#stream.read(this.#buffer.subarray(this.#end)), signal);
      if (read === null) {
        throw new ConnectError(
          this.phase,
          "closed",
          this.target,
          `the server closed the connection ${this.#when()}`,
        );
      }
      this.#end += read;
    }
  }

  #makeRoom(count: number): void {
    if (this.#start > 0) {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    if (this.#buffer.length >= count) return;
    const grown = new Uint8Array(Math.max(count, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = grown;
  }

  async #guard<T>(action: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const abort = (): void => this.#stream.close();
    if (signal.aborted) throw this.#cut(signal);
    signal.addEventListener("abort", abort);
    try {
      return await action();
    } catch (cause) {
      if (signal.aborted) throw this.#cut(signal);
      const { reason, text } = streamFailure(cause);
      throw new ConnectError(this.phase, reason, this.target, `${text} ${this.#when()}`, { cause });
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  #cut(signal: AbortSignal): ConnectError {
    const timedOut = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
    const detail = timedOut
      ? `the server did not answer in time ${this.#when()}`
      : `cancelled ${this.#when()}`;
    return new ConnectError(this.phase, timedOut ? "timeout" : "aborted", this.target, detail, {
      cause: signal.reason,
    });
  }

  #when(): string {
    return WHEN[this.phase] ?? "";
  }
}

const WHEN: Readonly<Partial<Record<ConnectPhase, string>>> = {
  greeting: "before its greeting",
  login: "during login",
  command: "during a command",
};

function concatenate(parts: readonly Uint8Array[], total: number): Uint8Array {
  const whole = new Uint8Array(total);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
