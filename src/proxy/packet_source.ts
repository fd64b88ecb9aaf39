import { ProtocolError } from "../base/errors.ts";
import type { Stream } from "../net/stream.ts";
import { nameSpokenProtocol } from "../protocol/other_protocols.ts";
import { HEADER_BYTES, readPayloadLength } from "../protocol/framing.ts";

/** One packet of the connection phase. The payload is a copy of its own. */
export interface SourcePacket {
  readonly payload: Uint8Array;
  readonly sequence: number;
}

/** A read that has been started and not yet used. */
export interface PendingRead {
  readonly count: Promise<number | null>;
  readonly into: Uint8Array;
}

/** Largest packet that a login has any use for: certificates of a plugin, long attributes. */
const MAX_PACKET_BYTES = 128 * 1024;
const FIRST_CAPACITY = 512;
const EMPTY = new Uint8Array(0);

/** Reads whole packets of the connection phase from a stream. */
export class PacketSource {
  #stream: Stream;
  #buffer: Uint8Array = new Uint8Array(FIRST_CAPACITY);
  #start = 0;
  #end = 0;
  #pending: Promise<SourcePacket | null> | undefined;
  /** Bytes at the start that belong to the packet that `peek` resolved to. */
  #peeked = 0;
  #reading: PendingRead | undefined;
  #handedOver = false;

  /** `before` is what was read from the stream already. */
  constructor(stream: Stream, before: Uint8Array = EMPTY) {
    this.#stream = stream;
    if (before.length > FIRST_CAPACITY) this.#buffer = new Uint8Array(before.length);
    this.#buffer.set(before);
    this.#end = before.length;
  }

  /** The next packet, or `null` where the peer ended the stream before one. The same promise until it is taken. */
  peek(): Promise<SourcePacket | null> {
    this.#pending ??= this.#read();
    return this.#pending;
  }

  /** Takes the packet that `peek` resolved to. */
  async next(): Promise<SourcePacket | null> {
    const packet = await this.peek();
    this.#pending = undefined;
    this.#start += this.#peeked;
    this.#peeked = 0;
    return packet;
  }

  /**
   * Gives the stream up: bytes that came behind the last packet that was taken, and a read that is under way into a buffer of its
   * own, where `peek` has started one. This source is dead afterwards.
   */
  handOver(): { readonly rest: Uint8Array; readonly pendingRead: PendingRead | undefined } {
    const pendingRead = this.#reading;
    this.#handedOver = true;
    return { rest: this.takeRest(), pendingRead };
  }

  /** Bytes that came behind the last packet, taken away. */
  takeRest(): Uint8Array {
    const rest = this.#buffer.slice(this.#start, this.#end);
    this.#start = this.#end = 0;
    return rest;
  }

  /** Goes on with the stream that TLS made of the one before. */
  replace(stream: Stream): void {
    this.#stream = stream;
  }

  async #read(): Promise<SourcePacket | null> {
    for (;;) {
      const available = this.#end - this.#start;
      if (available >= HEADER_BYTES) {
        const size = HEADER_BYTES + readPayloadLength(this.#buffer, this.#start);
        if (size > MAX_PACKET_BYTES) {
          const other = nameSpokenProtocol(this.#buffer.subarray(this.#start, this.#end));
          const what = other === undefined
            ? `${size} bytes are more than any login needs`
            : `the other side speaks ${other.name}, not MySQL`;
          throw new ProtocolError(`Cannot read a login packet: ${what}`);
        }
        if (available >= size) {
          const at = this.#start;
          this.#peeked = size;
          return {
            payload: this.#buffer.slice(at + HEADER_BYTES, at + size),
            sequence: this.#buffer[at + 3] as number,
          };
        }
        this.#makeRoom(size);
      } else {
        this.#makeRoom(HEADER_BYTES);
      }
      const into = this.#buffer.subarray(this.#end);
      this.#reading = { count: this.#stream.read(into), into };
      const count = await this.#reading.count;
      if (this.#handedOver) return null;
      this.#reading = undefined;
      if (count === null) return null;
      this.#end += count;
    }
  }

  #makeRoom(size: number): void {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    if (size <= this.#buffer.length) return;
    const grown = new Uint8Array(size);
    grown.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = grown;
  }
}
