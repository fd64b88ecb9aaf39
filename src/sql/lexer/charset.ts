import type { SqlCharset } from "../options.ts";

/** Character sets whose characters may hold a backslash or a backtick as a second byte. */
export function hidesAscii(charset: SqlCharset): boolean {
  return charset === "gbk" || charset === "big5" || charset === "sjis" || charset === "cp932" ||
    charset === "gb18030";
}

/**
 * Bytes of the valid character of more than one byte that begins at `at`, or 0 where none does: the rule by which
 * MySQL's own lexer tells a character from stray bytes. Only asked where the byte at `at` is 0x80 or more.
 */
export function characterLength(charset: SqlCharset, bytes: Uint8Array, at: number, to: number): number {
  const left = to - at;
  if (left < 2) return 0;
  const first = bytes[at]!;
  const second = bytes[at + 1]!;
  switch (charset) {
    case "utf8mb4":
      return utf8Length(bytes, at, left, first, second);
    case "gbk":
      return first >= 0x81 && first <= 0xfe && isGbkTail(second) ? 2 : 0;
    case "gb18030":
      if (first < 0x81 || first > 0xfe) return 0;
      if (isGbkTail(second)) return 2;
      if (left < 4 || second < 0x30 || second > 0x39) return 0;
      return bytes[at + 2]! >= 0x81 && bytes[at + 2]! <= 0xfe && bytes[at + 3]! >= 0x30 &&
          bytes[at + 3]! <= 0x39
        ? 4
        : 0;
    case "big5":
      return first >= 0xa1 && first <= 0xf9 &&
          ((second >= 0x40 && second <= 0x7e) || (second >= 0xa1 && second <= 0xfe))
        ? 2
        : 0;
    case "sjis":
    case "cp932":
      return ((first >= 0x81 && first <= 0x9f) || (first >= 0xe0 && first <= 0xfc)) &&
          ((second >= 0x40 && second <= 0x7e) || (second >= 0x80 && second <= 0xfc))
        ? 2
        : 0;
    case "gb2312":
      return first >= 0xa1 && first <= 0xf7 && second >= 0xa1 && second <= 0xfe ? 2 : 0;
    case "euckr":
      return first >= 0x81 && first <= 0xfe &&
          ((second >= 0x41 && second <= 0x5a) || (second >= 0x61 && second <= 0x7a) ||
            (second >= 0x81 && second <= 0xfe))
        ? 2
        : 0;
    case "ujis":
      if (first === 0x8e) return second >= 0xa1 && second <= 0xdf ? 2 : 0;
      if (first === 0x8f) return left >= 3 && isHigh(second) && isHigh(bytes[at + 2]!) ? 3 : 0;
      return isHigh(first) && isHigh(second) ? 2 : 0;
    default:
      return 0;
  }
}

function utf8Length(bytes: Uint8Array, at: number, left: number, first: number, second: number): number {
  if (first < 0xc2 || (second & 0xc0) !== 0x80) return 0;
  if (first < 0xe0) return 2;
  if (left < 3 || (bytes[at + 2]! & 0xc0) !== 0x80) return 0;
  if (first < 0xf0) {
    if (first === 0xe0 && second < 0xa0) return 0;
    if (first === 0xed && second > 0x9f) return 0;
    return 3;
  }
  if (left < 4 || (bytes[at + 3]! & 0xc0) !== 0x80) return 0;
  if (first > 0xf4 || (first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
  return 4;
}

function isGbkTail(byte: number): boolean {
  return (byte >= 0x40 && byte <= 0x7e) || (byte >= 0x80 && byte <= 0xfe);
}

function isHigh(byte: number): boolean {
  return byte >= 0xa1 && byte <= 0xfe;
}
