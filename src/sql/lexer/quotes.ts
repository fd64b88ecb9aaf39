import { characterLength, hidesAscii } from "./charset.ts";
import { isHexDigit, noteSuspicious, Stop } from "./scan.ts";
import type { SqlCharset, SqlOptions } from "../options.ts";
import type { TokenBuffer } from "./token_buffer.ts";
import { Oddity, T } from "./tokens.ts";

/** What the last call of {@link stringEnd} or {@link quotedNameEnd} met beside the end. */
export const quoted = {
  /** An escape or a doubled quote: the value differs from the text. */
  escaped: false,
};

/** End of a string whose content begins at `at`, or -1 where its quote is missing. */
export function stringEnd(
  bytes: Uint8Array,
  at: number,
  to: number,
  quote: number,
  stops: Uint8Array,
  charset: SqlCharset,
  tokens: TokenBuffer,
): number {
  let p = at;
  quoted.escaped = false;
  for (;;) {
    while (p < to && stops[bytes[p]!] === Stop.none) p++;
    if (p >= to) break;
    const byte = bytes[p]!;
    if (byte === quote) {
      if (p + 1 >= to || bytes[p + 1] !== quote) return p + 1;
      quoted.escaped = true;
      p += 2;
    } else if (stops[byte] === Stop.backslash) {
      quoted.escaped = true;
      p += 2;
    } else if (stops[byte] === Stop.hiding) {
      p += characterLength(charset, bytes, p, to) || 1;
    } else {
      if (stops[byte] === Stop.suspicious) noteSuspicious(bytes, p, to, tokens, false);
      p++;
    }
  }
  tokens.addOddity(Oddity.unterminatedString, at - 1);
  return -1;
}

/** End of a quoted name whose content begins at `at`, or -1 where its quote is missing or a NUL comes first. */
export function quotedNameEnd(
  bytes: Uint8Array,
  at: number,
  to: number,
  quote: number,
  charset: SqlCharset,
  tokens: TokenBuffer,
): number {
  const hiding = hidesAscii(charset);
  const utf8 = charset === "utf8mb4";
  let p = at;
  quoted.escaped = false;
  while (p < to) {
    const byte = bytes[p]!;
    if (byte === quote) {
      if (p + 1 >= to || bytes[p + 1] !== quote) return p + 1;
      quoted.escaped = true;
      p += 2;
    } else if (byte === 0) break;
    else if (byte >= 0x80) {
      if (utf8) noteSuspicious(bytes, p, to, tokens, true);
      p += hiding ? characterLength(charset, bytes, p, to) || 1 : 1;
    } else p++;
  }
  tokens.addOddity(p < to ? Oddity.nulByte : Oddity.unterminatedIdentifier, p < to ? p : at - 1);
  return -1;
}

/** End of x'..' or b'..' that begins at `at`; negative where what it holds is no such literal. */
export function codedEnd(bytes: Uint8Array, at: number, to: number, tokens: TokenBuffer): number {
  const hex = (bytes[at]! | 0x20) === 0x78;
  let p = at + 2;
  while (p < to && (hex ? isHexDigit(bytes[p]!) : bytes[p] === 0x30 || bytes[p] === 0x31)) p++;
  if (p < to && bytes[p] === 0x27 && (!hex || ((p - at) & 1) === 0)) return p + 1;
  tokens.addOddity(Oddity.malformedLiteral, at);
  const quote = bytes.indexOf(0x27, p);
  return quote < 0 || quote >= to ? -to : -(quote + 1);
}

/** End of $tag$...$tag$ that begins at `at`; 0 where it is no such string, -1 where it is not closed. */
export function dollarQuotedEnd(bytes: Uint8Array, at: number, to: number, identifier: Uint8Array): number {
  let p = at + 1;
  while (p < to && bytes[p] !== 0x24 && identifier[bytes[p]!] !== 0) p++;
  if (p >= to || bytes[p] !== 0x24) return 0;
  const length = p + 1 - at;
  p++;
  // As MySQL matches it: a failed match does not give back what it took.
  let matched = 0;
  while (p < to) {
    const byte = bytes[p++]!;
    if (matched === 0) {
      if (byte === 0x24) matched = 1;
    } else if (byte === bytes[at + matched]) {
      if (++matched === length) return p;
    } else matched = 0;
  }
  return -1;
}

/** Looks for invisible characters in a comment (UTF-8). */
export function inspectComment(bytes: Uint8Array, from: number, to: number, tokens: TokenBuffer): void {
  for (let p = from; p < to; p++) {
    if (bytes[p] === 0xe2 || bytes[p] === 0xef) {
      noteSuspicious(bytes, p, to, tokens, false);
    }
  }
}

/** Looks for characters in a name that are not what they look like, and for stray bytes (UTF-8). */
export function inspectName(bytes: Uint8Array, from: number, to: number, tokens: TokenBuffer): void {
  let p = from;
  while (p < to) {
    const length = bytes[p]! < 0x80 ? 1 : characterLength("utf8mb4", bytes, p, to);
    if (length === 0) tokens.addOddity(Oddity.invalidByte, p);
    else if (length > 1) noteSuspicious(bytes, p, to, tokens, true);
    p += length || 1;
  }
}

/** End of a user variable whose name begins at `at`, after the @. */
export function userVariableEnd(
  bytes: Uint8Array,
  at: number,
  to: number,
  identifier: Uint8Array,
  stops: Uint8Array,
  options: SqlOptions,
  tokens: TokenBuffer,
): number {
  if (at >= to) return at;
  const quote = bytes[at]!;
  if (quote === 0x27 || quote === 0x22 || quote === 0x60) {
    const name = quote === 0x60 || (quote === 0x22 && options.ansiQuotes);
    const end = name
      ? quotedNameEnd(bytes, at + 1, to, quote, options.charset, tokens)
      : stringEnd(bytes, at + 1, to, quote, stops, options.charset, tokens);
    return end < 0 ? to : end;
  }
  let p = at;
  while (p < to && (bytes[p] === 0x2e || identifier[bytes[p]!] !== 0)) p++;
  return p;
}

/** Kind of the comparison operator in bytes `start` to `end`. */
export function comparisonKind(bytes: Uint8Array, start: number, end: number): number {
  const first = bytes[start]!;
  if (end === start + 1) return first;
  const second = bytes[start + 1]!;
  if (end === start + 3) return second === 0x3d && bytes[start + 2] === 0x3e ? T.nullSafeEqual : T.invalid;
  if (second === 0x3d) {
    if (first === 0x3c) return T.lessOrEqual;
    if (first === 0x3e) return T.greaterOrEqual;
    return first === 0x21 ? T.notEqual : T.invalid;
  }
  if (first === 0x3c && second === 0x3e) return T.notEqual;
  if (first === 0x3c && second === 0x3c) return T.shiftLeft;
  if (first === 0x3e && second === 0x3e) return T.shiftRight;
  return first === 0x21 && second === 0x21 ? T.exclamation : T.invalid;
}

/** Where the inner loop over a string stops, by byte. */
export function stopTable(options: SqlOptions): Uint8Array {
  const stops = new Uint8Array(256);
  stops[0x27] = Stop.singleQuote;
  stops[0x22] = Stop.doubleQuote;
  if (!options.noBackslashEscapes) stops[0x5c] = Stop.backslash;
  if (options.charset === "utf8mb4") stops[0xe2] = stops[0xef] = Stop.suspicious;
  if (hidesAscii(options.charset)) stops.fill(Stop.hiding, 0x80);
  return stops;
}
