import { S } from "./symbols.ts";
import { DigestReducer } from "./reducer.ts";
import { type SqlOptions, SYSTEM_SCHEMAS } from "../options.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { C } from "../lexer/tokens.ts";

/** The key of this process: a client cannot look for two statements that share a hash. */
const SEED = crypto.getRandomValues(new Uint32Array(2));

/** Words kept between statements. */
const RETAINED_WORDS = 1 << 16;

/**
 * Hashes statements by shape, for a cache's key: 64 bits of HalfSipHash-1-3 over MySQL's normal form, in the two fields
 * after a call. Finer than a digest, so that what a digest hides but a rule may see gives another key: the kinds of
 * literals, oddities, kinds of comments and whether one cuts a string, the text of directives, and the settings the text
 * was read under. Values of literals never count. Differs from process to process.
 */
export class DigestHasher {
  /** Unsigned 32 bits each, after {@link hash}. */
  high = 0;
  low = 0;

  readonly #reducer = new DigestReducer();
  #words = new Int32Array(512);
  #length = 0;

  /** Hashes tokens `first` to `last`, which make one statement. */
  hash(bytes: Uint8Array, tokens: TokenBuffer, options: SqlOptions, first = 0, last = tokens.length): void {
    const reducer = this.#reducer;
    reducer.reduce(bytes, tokens, options, first, last);
    if (this.#words.length > RETAINED_WORDS) this.#words = new Int32Array(512);
    this.#length = 0;
    let flags = 0;
    for (let i = first; i < last; i++) flags |= tokens.flags[i]!;
    this.#add(optionBits(options) | flags << 8);
    this.#add(tokens.oddities);
    if (tokens.commentCount > 0) this.#addComments(bytes, tokens, first, last);
    const { symbol, from, to, length } = reducer;
    for (let i = 0; i < length; i++) {
      const one = symbol[i]!;
      if (one < S.value || one > S.columnNumber) this.#add(one);
      else if (one >= S.identifier && one < S.columnNumber) this.#addText(bytes, one, from[i]!, to[i]!);
      else {
        this.#add(one);
        this.#add(from[i]!);
      }
    }
    this.#finish();
  }

  #addComments(bytes: Uint8Array, tokens: TokenBuffer, first: number, last: number): void {
    let kinds = 0;
    for (let i = 0; i < tokens.commentCount; i++) {
      const at = tokens.commentToken[i]!;
      if (at < first || at > last) continue;
      kinds |= 1 << tokens.commentKind[i]!;
      if (tokens.commentKind[i] === C.block && holdsHalfString(bytes, tokens.commentStart[i]!)) {
        kinds |= HALF_STRING;
      }
      if (tokens.commentKind[i] === C.directive) {
        this.#addText(bytes, 0, tokens.commentStart[i]!, tokens.commentEnd[i]!);
      }
    }
    this.#add(kinds);
  }

  #add(word: number): void {
    if (this.#length >= this.#words.length) this.#grow(1);
    this.#words[this.#length++] = word;
  }

  #addText(bytes: Uint8Array, symbol: number, from: number, to: number): void {
    const needed = ((to - from) >> 2) + 3;
    if (this.#length + needed > this.#words.length) this.#grow(needed);
    const words = this.#words;
    let n = this.#length;
    words[n++] = symbol;
    words[n++] = to - from;
    let p = from;
    for (; p + 4 <= to; p += 4) {
      words[n++] = bytes[p]! | bytes[p + 1]! << 8 | bytes[p + 2]! << 16 | bytes[p + 3]! << 24;
    }
    let rest = 0;
    for (let shift = 0; p < to; p++, shift += 8) rest |= bytes[p]! << shift;
    words[n++] = rest;
    this.#length = n;
  }

  #grow(needed: number): void {
    const words = new Int32Array(Math.max(this.#words.length * 2, this.#length + needed));
    words.set(this.#words);
    this.#words = words;
  }

  /** HalfSipHash over the words: one round a word, three at the end, 64 bits out. */
  #finish(): void {
    const words = this.#words;
    const length = this.#length;
    let v0 = SEED[0]! | 0;
    let v1 = SEED[1]! ^ 0xee;
    let v2 = 0x6c796765 ^ SEED[0]!;
    let v3 = 0x74656462 ^ SEED[1]!;
    // The words, their count, and then rounds without input: three for each half of the result.
    for (let i = 0; i < length + 7; i++) {
      const word = i < length ? words[i]! : i === length ? length : 0;
      v3 ^= word;
      if (i === length + 1) v2 ^= 0xee;
      if (i === length + 4) {
        this.low = (v1 ^ v3) >>> 0;
        v1 ^= 0xdd;
      }
      v0 = v0 + v1 | 0;
      v1 = (v1 << 5 | v1 >>> 27) ^ v0;
      v0 = v0 << 16 | v0 >>> 16;
      v2 = v2 + v3 | 0;
      v3 = (v3 << 8 | v3 >>> 24) ^ v2;
      v0 = v0 + v3 | 0;
      v3 = (v3 << 7 | v3 >>> 25) ^ v0;
      v2 = v2 + v1 | 0;
      v1 = (v1 << 13 | v1 >>> 19) ^ v2;
      v2 = v2 << 16 | v2 >>> 16;
      v0 ^= word;
    }
    this.high = (v1 ^ v3) >>> 0;
  }
}

/** Beyond the bits of all kinds of comments. */
const HALF_STRING = 1 << 30;

/** Whether a comment begins right behind a string, and with that string's quote: `'a'/*' ...`. */
function holdsHalfString(bytes: Uint8Array, start: number): boolean {
  const quote = start === 0 ? 0 : bytes[start - 1]!;
  return (quote === 0x22 || quote === 0x27) && bytes[start + 2] === quote;
}

function optionBits(options: SqlOptions): number {
  return (options.dialect === "mysql" ? 1 : 0) | (options.ansiQuotes ? 2 : 0) |
    (options.noBackslashEscapes ? 4 : 0) |
    (options.pipesAsConcat ? 8 : 0) | (options.ignoreSpace ? 16 : 0) | (options.highNotPrecedence ? 32 : 0) |
    (options.systemSchema === undefined ? 0 : SYSTEM_SCHEMAS.indexOf(options.systemSchema) + 1 << 6);
}
