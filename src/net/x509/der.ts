/** A reader of DER (X.690) that never looks past the bytes it was given. */

/** The bytes are no DER, or not the DER that was expected. */
export class DerError extends Error {
  override readonly name = "DerError";
}

/** One element: its tag and the views of its content and of the whole. The views share the input's memory. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  /** Tag, length and content. */
  readonly whole: Uint8Array;
}

/** Tags used in certificates. `context(n)` is a constructed, `contextPrimitive(n)` a primitive context tag. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Reads elements one after another from a run of bytes. */
export class DerReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length;
  }

  /** The next element's tag, or `undefined` at the end. */
  peekTag(): number | undefined {
    return this.#bytes[this.#at];
  }

  /** The next element, whatever it is. Throws {@link DerError} on a short or overlong one. */
  next(): DerElement {
    const start = this.#at;
    const tag = this.#byte();
    if ((tag & 0x1f) === 0x1f) throw new DerError("Unexpected long DER tag");
    let length = this.#byte();
    if (length === 0x80) throw new DerError("Indefinite lengths are not DER");
    if (length > 0x80) {
      const count = length - 0x80;
      if (count > 4) throw new DerError("DER length out of range");
      length = 0;
      for (let index = 0; index < count; index++) length = length * 256 + this.#byte();
    }
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new DerError("DER element is cut short");
    const content = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return { tag, content, whole: this.#bytes.subarray(start, end) };
  }

  /** The next element, which has to carry `tag`. */
  expect(tag: number): DerElement {
    const element = this.next();
    if (element.tag !== tag) {
      throw new DerError(`Expected DER tag 0x${tag.toString(16)}, found 0x${element.tag.toString(16)}`);
    }
    return element;
  }

  /** The next element where it carries `tag`, else `undefined` and nothing is consumed. */
  optional(tag: number): DerElement | undefined {
    return this.peekTag() === tag ? this.next() : undefined;
  }

  /** A reader over the content of the next element, which has to carry `tag`. */
  enter(tag: number): DerReader {
    return new DerReader(this.expect(tag).content);
  }

  #byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new DerError("DER element is cut short");
    this.#at += 1;
    return byte;
  }
}

/** The dotted form of an OBJECT IDENTIFIER's content. */
export function readOid(content: Uint8Array): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if (value > Number.MAX_SAFE_INTEGER / 128) throw new DerError("Object identifier out of range");
    if (byte >= 0x80) continue;
    if (parts.length === 0) {
      const first = Math.min(2, Math.floor(value / 40));
      parts.push(first, value - first * 40);
    } else parts.push(value);
    value = 0;
  }
  if (parts.length === 0 || (content[content.length - 1] ?? 0) >= 0x80) {
    throw new DerError("Object identifier is cut short");
  }
  return parts.join(".");
}

/** An INTEGER's content as a number that fits one. Throws {@link DerError} on a larger one. */
export function readSmallInteger(content: Uint8Array): number {
  if (content.length === 0 || content.length > 6) throw new DerError("Integer out of range");
  let value = (content[0] ?? 0) >= 0x80 ? -1 : 0;
  for (const byte of content) value = value * 256 + byte;
  return value;
}

/** A BIT STRING's content without its count of unused bits. */
export function readBits(content: Uint8Array): Uint8Array {
  if (content.length === 0 || (content[0] ?? 0) > 7) throw new DerError("Bit string is malformed");
  return content.subarray(1);
}

/** UTCTime or GeneralizedTime in milliseconds since the epoch (RFC 5280, 4.1.2.5). */
export function readTime(element: DerElement): number {
  const text = new TextDecoder().decode(element.content);
  const match = element.tag === TAG.utcTime
    ? /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?Z$/.exec(text)
    : /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) throw new DerError(`Cannot read the time ${JSON.stringify(text.slice(0, 20))}`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map((part) =>
    Number(part ?? 0)
  );
  const fullYear = element.tag === TAG.utcTime ? (year < 50 ? 2000 + year : 1900 + year) : year;
  const date = new Date(0);
  date.setUTCFullYear(fullYear, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}
