import type { SqlCharset, SqlOptions } from "../options.ts";
import { characterLength, hidesAscii } from "./charset.ts";
import { isHexDigit, noteSuspicious, Stop } from "./scan.ts";
import type { TokenBuffer } from "./token_buffer.ts";
import { Oddity } from "./tokens.ts";

/** Reads what stands in quotes, as far as one set of settings tells. */
export class QuoteReader {
  /** Whether the string or name read last holds an escape or a doubled quote, so that its value differs from its text. */
  escaped = false;

  readonly #charset: SqlCharset;
  readonly #ansiQuotes: boolean;
  readonly #hiding: boolean;
  /** Where the inner loop over a string stops, by byte. */
  readonly #stops: Uint8Array;

  constructor(options: SqlOptions) {
    this.#charset = options.charset;
    this.#ansiQuotes = options.ansiQuotes;
    this.#hiding = hidesAscii(options.charset);
    this.#stops = stopTable(options);
  }

  /** End of a string whose content begins at `at`, or -1 where its quote is missing. */
  string(bytes: Uint8Array, at: number, to: number, quote: number, tokens: TokenBuffer): number {
    const stops = this.#stops;
    let p = at;
    let escaped = false;
    for (;;) {
      while (p < to && stops[bytes[p]!] === Stop.none) p++;
      if (p >= to) break;
      const byte = bytes[p]!;
      if (byte === quote) {
        if (p + 1 >= to || bytes[p + 1] !== quote) {
          this.escaped = escaped;
          return p + 1;
        }
        escaped = true;
        p += 2;
      } else if (stops[byte] === Stop.backslash) {
        escaped = true;
        p += 2;
      } else if (stops[byte] === Stop.hiding) {
        p += characterLength(this.#charset, bytes, p, to) || 1;
      } else {
        if (stops[byte] === Stop.suspicious) noteSuspicious(bytes, p, to, tokens, false);
        p++;
      }
    }
    tokens.addOddity(Oddity.unterminatedString, at - 1);
    this.escaped = escaped;
    return -1;
  }

  /** End of a quoted name whose content begins at `at`, or -1 where its quote is missing or a NUL comes first. */
  name(bytes: Uint8Array, at: number, to: number, quote: number, tokens: TokenBuffer): number {
    const utf8 = this.#charset === "utf8mb4";
    let p = at;
    this.escaped = false;
    while (p < to) {
      const byte = bytes[p]!;
      if (byte === quote) {
        if (p + 1 >= to || bytes[p + 1] !== quote) return p + 1;
        this.escaped = true;
        p += 2;
      } else if (byte === 0) break;
      else if (byte >= 0x80) {
        if (utf8) noteSuspicious(bytes, p, to, tokens, true);
        p += this.#hiding ? characterLength(this.#charset, bytes, p, to) || 1 : 1;
      } else p++;
    }
    tokens.addOddity(p < to ? Oddity.nulByte : Oddity.unterminatedIdentifier, p < to ? p : at - 1);
    return -1;
  }

  /** End of a user variable whose name begins at `at`, after the @. */
  userVariable(
    bytes: Uint8Array,
    at: number,
    to: number,
    identifier: Uint8Array,
    tokens: TokenBuffer,
  ): number {
    if (at >= to) return at;
    const quote = bytes[at]!;
    if (quote === 0x27 || quote === 0x22 || quote === 0x60) {
      const name = quote === 0x60 || (quote === 0x22 && this.#ansiQuotes);
      const end = name
        ? this.name(bytes, at + 1, to, quote, tokens)
        : this.string(bytes, at + 1, to, quote, tokens);
      return end < 0 ? to : end;
    }
    let p = at;
    while (p < to && (bytes[p] === 0x2e || identifier[bytes[p]!] !== 0)) p++;
    return p;
  }
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

/** Where the inner loop over a string stops, by byte. */
function stopTable(options: SqlOptions): Uint8Array {
  const stops = new Uint8Array(256);
  stops[0x27] = Stop.singleQuote;
  stops[0x22] = Stop.doubleQuote;
  if (!options.noBackslashEscapes) stops[0x5c] = Stop.backslash;
  if (options.charset === "utf8mb4") stops[0xe2] = stops[0xef] = Stop.suspicious;
  if (hidesAscii(options.charset)) stops.fill(Stop.hiding, 0x80);
  return stops;
}
