import { Class } from "./char_class.ts";
import { Oddity, T } from "./tokens.ts";
import type { TokenBuffer } from "./token_buffer.ts";

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

/** Kind and end of a number or of a name that begins with a digit. Reused: valid until the next call. */
export interface Scanned {
  kind: number;
  end: number;
}

const scanned: Scanned = { kind: 0, end: 0 };

/**
 * Reads what begins with a digit at `at`: a number, 0x.., 0b.., or a name. For a name, `end` is where its rest has yet
 * to be read. Kind {@link T.end} means that MySQL drops the number (`1.e`) and takes the byte at `end - 1` as the token.
 */
export function scanNumber(bytes: Uint8Array, at: number, to: number, identifier: Uint8Array): Scanned {
  let p = at + 1;
  if (bytes[at] === 0x30 && p < to) {
    if (bytes[p] === 0x78) {
      p++;
      while (p < to && isHexDigit(bytes[p]!)) p++;
      return finish(p - at >= 3 && !(p < to && identifier[bytes[p]!] !== 0) ? T.hexLiteral : T.identifier, p);
    }
    if (bytes[p] === 0x62) {
      p++;
      while (p < to && (bytes[p] === 0x30 || bytes[p] === 0x31)) p++;
      return finish(p - at >= 3 && !(p < to && identifier[bytes[p]!] !== 0) ? T.bitLiteral : T.identifier, p);
    }
  }
  while (p < to && isDigit(bytes[p]!)) p++;
  if (p >= to) return finish(T.integer, p);
  const next = bytes[p]!;
  if (next === 0x2e) return scanFraction(bytes, p + 1, to);
  if (identifier[next] === 0) return finish(T.integer, p);
  if (next === 0x65 || next === 0x45) {
    const digits = exponentDigits(bytes, p + 1, to);
    if (digits > 0) return finish(T.float, skipDigits(bytes, digits, to));
  }
  return finish(T.identifier, p);
}

/** Reads on after a number's point. */
export function scanFraction(bytes: Uint8Array, at: number, to: number): Scanned {
  let p = skipDigits(bytes, at, to);
  if (p < to && (bytes[p] === 0x65 || bytes[p] === 0x45)) {
    p++;
    if (p < to && (bytes[p] === 0x2b || bytes[p] === 0x2d)) p++;
    if (p < to && isDigit(bytes[p]!)) return finish(T.float, skipDigits(bytes, p, to));
    return finish(T.end, Math.min(p + 1, to));
  }
  return finish(T.decimal, p);
}

function exponentDigits(bytes: Uint8Array, at: number, to: number): number {
  let p = at;
  if (p < to && (bytes[p] === 0x2b || bytes[p] === 0x2d)) p++;
  return p < to && isDigit(bytes[p]!) ? p : 0;
}

function skipDigits(bytes: Uint8Array, at: number, to: number): number {
  let p = at;
  while (p < to && isDigit(bytes[p]!)) p++;
  return p;
}

function finish(kind: number, end: number): Scanned {
  scanned.kind = kind;
  scanned.end = end;
  return scanned;
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

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

/** End of the comparison operator that begins at `at`. */
export function comparisonEnd(bytes: Uint8Array, at: number, to: number, classes: Uint8Array): number {
  let p = at + 1;
  if (p < to && (classes[bytes[p]!] === Class.comparison || classes[bytes[p]!] === Class.less)) {
    p++;
    if (bytes[at] === 0x3c && p < to && classes[bytes[p]!] === Class.comparison) p++;
  }
  return p;
}
