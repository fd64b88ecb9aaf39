/** Bytes of the MySQL wire made by hand, apart from `src/protocol`, so that a mistake there does not hide itself. */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One after the other; a string is its UTF-8, a number one byte. */
export function bytes(...parts: readonly (Uint8Array | string | number)[]): Uint8Array {
  const pieces = parts.map((part) =>
    typeof part === "number" ? Uint8Array.of(part) : typeof part === "string" ? encoder.encode(part) : part
  );
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** `size` bytes, little end first. */
export function uint(value: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
}

/** A length-encoded integer. */
export function lenencInt(value: number): Uint8Array {
  if (value < 0xfb) return uint(value, 1);
  if (value < 0x10000) return bytes(0xfc, uint(value, 2));
  if (value < 0x1000000) return bytes(0xfd, uint(value, 3));
  return bytes(0xfe, uint(value, 8));
}

/** A length-encoded string. */
export function lenencString(value: Uint8Array | string): Uint8Array {
  const content = typeof value === "string" ? encoder.encode(value) : value;
  return bytes(lenencInt(content.length), content);
}

/** One packet; the payload is below 16 MB. */
export function packet(sequence: number, payload: Uint8Array): Uint8Array {
  return bytes(uint(payload.length, 3), sequence & 0xff, payload);
}

/** UTF-8 text of some bytes. */
export function text(content: Uint8Array): string {
  return decoder.decode(content);
}

/** The bytes as hexadecimal digits. */
export function hex(content: Uint8Array): string {
  return Array.from(content, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
