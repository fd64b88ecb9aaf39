import { HEADER_BYTES, MAX_PAYLOAD_BYTES, readPayloadLength } from "../protocol/framing.ts";

/** Takes the payload of a command piece by piece. The bytes are the reader's and change with its next read. */
export interface PayloadSink {
  append(bytes: Uint8Array): void;
}

/**
 * A place among the packets of one direction. Bytes come in pieces that end anywhere; those that pass are handed on as
 * long runs of the reader's own buffer, without a copy.
 *
 * A packet that is whole can be passed or taken at once. One that is not, or that 16 MB packets continue, is entered;
 * `through` then goes on in it, piece after piece, until the last packet of the command has ended.
 */
export class PacketCursor {
  /** Where it stands in the bytes at hand. */
  at = 0;
  readonly #handOn: (bytes: Uint8Array) => void;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  /** Start of the bytes that pass and have not been handed on. */
  #run = 0;
  /** Payload bytes of the packet that was entered which are still to come. */
  #rest = 0;
  /** The packet that was entered is 16 MB long, so the next one continues it. */
  #continues = false;
  #passes = true;
  #entered = 0;

  /** `handOn` gets the bytes that pass, in order; they stay unchanged until the buffer is read into again. */
  constructor(handOn: (bytes: Uint8Array) => void) {
    this.#handOn = handOn;
  }

  /** Goes on in `bytes` from `start` up to `end`. */
  load(bytes: Uint8Array, start: number, end: number): void {
    this.#bytes = bytes;
    this.at = this.#run = start;
    this.#end = end;
  }

  /** Whether a packet's header, and so many bytes of its payload, are there. */
  has(payloadBytes: number): boolean {
    return this.#end - this.at >= HEADER_BYTES + payloadBytes;
  }

  /** Payload length of the packet at hand. */
  get length(): number {
    return readPayloadLength(this.#bytes, this.at);
  }

  /** Sequence id of the packet at hand. */
  get sequence(): number {
    return this.#bytes[this.at + 3] as number;
  }

  /** A byte of the payload at hand. */
  byte(index: number): number {
    return this.#bytes[this.at + HEADER_BYTES + index] as number;
  }

  /** The packet at hand, which is whole, header included: a view. */
  packet(): Uint8Array {
    return this.#bytes.subarray(this.at, this.at + HEADER_BYTES + this.length);
  }

  /** Passes the packet at hand, which is whole. */
  pass(): void {
    this.at += HEADER_BYTES + this.length;
  }

  /** Takes the packet at hand, which is whole, out of what passes. What passes before it is handed on first. */
  take(): Uint8Array {
    const packet = this.packet();
    this.flush();
    this.at += packet.length;
    this.#run = this.at;
    return packet;
  }

  /** Enters the packet at hand; `passes` says whether its command passes or is left out. */
  enter(passes: boolean): void {
    if (!passes) this.flush();
    this.#passes = passes;
    this.#enterPacket();
  }

  /** Goes through what is there of the command that was entered, and says whether that was its end. */
  through(sink?: PayloadSink): boolean {
    for (;;) {
      if (this.#rest > 0) {
        const taken = Math.min(this.#rest, this.#end - this.at);
        sink?.append(this.#bytes.subarray(this.at, this.at + taken));
        this.#rest -= taken;
        this.#moveOn(taken);
      }
      if (this.#rest > 0) return false;
      if (!this.#continues) return true;
      if (!this.has(0)) return false;
      this.#enterPacket();
    }
  }

  /** Sequence id of the packet that was entered last. */
  get enteredSequence(): number {
    return this.#entered;
  }

  /** Hands on what passes up to here. */
  flush(): void {
    if (this.at > this.#run) this.#handOn(this.#bytes.subarray(this.#run, this.at));
    this.#run = this.at;
  }

  #enterPacket(): void {
    this.#entered = this.sequence;
    this.#rest = this.length;
    this.#continues = this.#rest === MAX_PAYLOAD_BYTES;
    this.#moveOn(HEADER_BYTES);
  }

  #moveOn(bytes: number): void {
    this.at += bytes;
    if (!this.#passes) this.#run = this.at;
  }
}
