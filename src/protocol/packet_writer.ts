const encoder = new TextEncoder();

/** Builds one packet's payload from the protocol's primitives. The buffer grows as needed. */
export class PacketWriter {
  #bytes: Uint8Array;
  #length = 0;

  constructor(capacity = 128) {
    this.#bytes = new Uint8Array(capacity);
  }

  writeUint8(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  writeUint16(value: number): this {
    return this.writeUint8(value & 0xff).writeUint8((value >>> 8) & 0xff);
  }

  writeUint24(value: number): this {
    return this.writeUint16(value & 0xffff).writeUint8((value >>> 16) & 0xff);
  }

  writeUint32(value: number): this {
    return this.writeUint16(value & 0xffff).writeUint16((value >>> 16) & 0xffff);
  }

  /** Length-encoded integer in its shortest form. */
  writeLengthEncodedInteger(value: number): this {
    if (value < 0xfb) return this.writeUint8(value);
    if (value <= 0xffff) return this.writeUint8(0xfc).writeUint16(value);
    if (value <= 0xffffff) return this.writeUint8(0xfd).writeUint24(value);
    return this.writeUint8(0xfe).writeUint32(value >>> 0).writeUint32(Math.floor(value / 0x1_0000_0000));
  }

  writeBytes(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** UTF-8. */
  writeText(text: string): this {
    return this.writeBytes(encoder.encode(text));
  }

  writeLengthEncodedBytes(bytes: Uint8Array): this {
    return this.writeLengthEncodedInteger(bytes.length).writeBytes(bytes);
  }

  writeNulTerminatedBytes(bytes: Uint8Array): this {
    return this.writeBytes(bytes).writeUint8(0);
  }

  writeZeros(count: number): this {
    this.#reserve(count);
    this.#length += count;
    return this;
  }

  /** The payload so far: a copy of its own. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
