import type { TokenBuffer } from "./token_buffer.ts";
import { Oddity } from "./tokens.ts";

/** Bytes that a string's or comment's inner loop stops at. */
export const Stop = {
  none: 0,
  singleQuote: 1,
  doubleQuote: 2,
  backslash: 3,
  /** First byte of a character that may be invisible or reorder text (UTF-8). */
  suspicious: 4,
  /** First byte of a character whose later bytes may look like a quote or a backslash. */
  hiding: 5,
} as const;

/** Whether a byte is 0 to 9. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Whether a byte is 0 to 9, a to f or A to F. */
export function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);
}

/** Notes a character in U+200B to U+206F, U+FEFF, U+00A0 or U+3000 that begins at `at` (UTF-8), if it is one. */
export function noteSuspicious(
  bytes: Uint8Array,
  at: number,
  to: number,
  tokens: TokenBuffer,
  inName: boolean,
): void {
  const first = bytes[at]!;
  const second = at + 1 < to ? bytes[at + 1]! : 0;
  const third = at + 2 < to ? bytes[at + 2]! : 0;
  if (first === 0xe2 && second === 0x80) {
    if (third >= 0x8b && third <= 0x8d) tokens.addOddity(Oddity.zeroWidthCharacter, at);
    else if (third === 0x8e || third === 0x8f || (third >= 0xaa && third <= 0xae)) {
      tokens.addOddity(Oddity.bidiCharacter, at);
    } else if (inName && ((third >= 0x80 && third <= 0x8a) || third === 0xaf)) {
      tokens.addOddity(Oddity.spaceLookalike, at);
    }
  } else if (first === 0xe2 && second === 0x81) {
    if (third === 0xa0) tokens.addOddity(Oddity.zeroWidthCharacter, at);
    else if (third >= 0xa6 && third <= 0xa9) tokens.addOddity(Oddity.bidiCharacter, at);
    else if (inName && third === 0x9f) tokens.addOddity(Oddity.spaceLookalike, at);
  } else if (first === 0xef && second === 0xbb && third === 0xbf) {
    tokens.addOddity(Oddity.zeroWidthCharacter, at);
  } else if (inName && first === 0xc2 && second === 0xa0) tokens.addOddity(Oddity.spaceLookalike, at);
  else if (inName && first === 0xe3 && second === 0x80 && third === 0x80) {
    tokens.addOddity(Oddity.spaceLookalike, at);
  }
}
