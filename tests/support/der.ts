/** A DER writer for what certificates need (X.690). Lengths up to 2^24. */

/** One DER element: `tag`, its length and the parts' bytes. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = length < 0x80
    ? [tag, length]
    : length < 0x100
    ? [tag, 0x81, length]
    : length < 0x10000
    ? [tag, 0x82, length >> 8, length & 0xff]
    : [tag, 0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  const bytes = new Uint8Array(head.length + length);
  bytes.set(head);
  let at = head.length;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const sequence = (...parts: readonly Uint8Array[]): Uint8Array => der(0x30, ...parts);
export const set = (...parts: readonly Uint8Array[]): Uint8Array => der(0x31, ...parts);
export const octets = (bytes: Uint8Array): Uint8Array => der(0x04, bytes);
export const boolean = (value: boolean): Uint8Array => der(0x01, Uint8Array.of(value ? 0xff : 0));
export const utf8 = (text: string): Uint8Array => der(0x0c, new TextEncoder().encode(text));
export const ascii = (tag: number, text: string): Uint8Array => der(tag, new TextEncoder().encode(text));
export const nothing = (): Uint8Array => der(0x05);

/** A non-negative INTEGER from big-endian bytes or a small number. */
export function integer(value: Uint8Array | number): Uint8Array {
  const bytes = typeof value === "number"
    ? Uint8Array.from(
      value.toString(16).padStart(2, "0").match(/.{1,2}$|.{1,2}(?=(..)+$)/g) ?? [],
      (pair) => parseInt(pair, 16),
    )
    : value;
  return (bytes[0] ?? 0) >= 0x80 ? der(0x02, Uint8Array.of(0), bytes) : der(0x02, bytes);
}

/** A BIT STRING whose last byte has `unused` bits to spare. */
export function bits(bytes: Uint8Array, unused = 0): Uint8Array {
  return der(0x03, Uint8Array.of(unused), bytes);
}

/** A BIT STRING of flags: bit numbers as a specification names them, trailing zeros dropped as DER wants. */
export function flags(numbers: readonly number[]): Uint8Array {
  const highest = Math.max(-1, ...numbers);
  const bytes = new Uint8Array((highest >> 3) + 1);
  for (const number of numbers) bytes[number >> 3] = (bytes[number >> 3] ?? 0) | (0x80 >> (number & 7));
  return bits(bytes, highest < 0 ? 0 : 7 - (highest & 7));
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes: number[] = [];
  for (const part of [first * 40 + second, ...rest]) {
    const groups = [part & 0x7f];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128)) {
      groups.unshift((left & 0x7f) | 0x80);
    }
    bytes.push(...groups);
  }
  return der(0x06, Uint8Array.from(bytes));
}

/** UTCTime until 2049 and GeneralizedTime after, in whole seconds (RFC 5280, 4.1.2.5). */
export function time(date: Date): Uint8Array {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, "");
  return date.getUTCFullYear() < 2050 && date.getUTCFullYear() >= 1950
    ? ascii(0x17, digits.slice(2))
    : ascii(0x18, digits);
}
