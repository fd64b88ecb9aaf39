import { ProtocolError } from "../base/errors.ts";

const latin1 = new TextDecoder("latin1");
const utf8 = new TextDecoder();

/**
 * Reads the protocol's primitives from one packet's payload; every read past the end is a {@link ProtocolError}.
 *
 * Byte slices are views of the payload: valid as long as the payload's buffer is left alone.
 */
export class PacketReader {
  readonly #bytes: Uint8Array;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = bytes;
    this.#position = position;
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#bytes.length - this.#position;
  }

  readUint8(): number {
    return this.#bytes[this.#advance(1, "a byte")] as number;
  }

  /** Little-endian, as all integers of the protocol. */
  readUint16(): number {
    const at = this.#advance(2, "a 2-byte integer");
    return (this.#bytes[at] as number) | ((this.#bytes[at + 1] as number) << 8);
  }

  readUint24(): number {
    const at = this.#advance(3, "a 3-byte integer");
    const bytes = this.#bytes;
    return (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
  }

  readUint32(): number {
    const low = this.readUint16();
    return (low | (this.readUint16() << 16)) >>> 0;
  }

  /**
   * Length-encoded integer. Values past 2^53 and the two bytes that are no length (0xfb NULL, 0xff ERR) are a
   * {@link ProtocolError}.
   */
  readLengthEncodedInteger(): number {
    const first = this.readUint8();
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.readUint16();
    if (first === 0xfd) return this.readUint24();
    if (first !== 0xfe) throw new ProtocolError(`Cannot read a length: ${first} does not start one`);
    const low = this.readUint32();
    const high = this.readUint32();
    if (high > 0x1fffff) throw new ProtocolError("Cannot read a length: it is past 2^53");
    return high * 0x1_0000_0000 + low;
  }

  readBytes(length: number): Uint8Array {
    const at = this.#advance(length, `${length} bytes`);
    return this.#bytes.subarray(at, at + length);
  }

  readLengthEncodedBytes(): Uint8Array {
    return this.readBytes(this.readLengthEncodedInteger());
  }

  /** Bytes up to a NUL, which is skipped; the NUL must be there. */
  readNulTerminatedBytes(): Uint8Array {
    const end = this.#bytes.indexOf(0, this.#position);
    if (end < 0) throw new ProtocolError("Cannot read a string: its closing NUL is missing");
    const bytes = this.#bytes.subarray(this.#position, end);
    this.#position = end + 1;
    return bytes;
  }

  readRest(): Uint8Array {
    return this.readBytes(this.remaining);
  }

  skip(length: number): void {
    this.#advance(length, `${length} bytes`);
  }

  #advance(length: number, what: string): number {
    const at = this.#position;
    if (length > this.#bytes.length - at) {
      throw new ProtocolError(`Cannot read ${what}: the packet has ${this.#bytes.length - at} bytes left`);
    }
    this.#position = at + length;
    return at;
  }
}

/** Bytes as text for people, one character a byte; safe for any input. */
export function decodeLatin1(bytes: Uint8Array): string {
  return latin1.decode(bytes);
}

/** Bytes as UTF-8 text; what is no UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array): string {
  return utf8.decode(bytes);
}
