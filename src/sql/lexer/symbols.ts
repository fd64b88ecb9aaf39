import * as K from "./keyword_ids.ts";
import type { SqlOptions } from "../options.ts";
import { Class } from "./char_class.ts";
import type { NameReader } from "./names.ts";
import { dollarQuotedEnd } from "./quotes.ts";
import { isDigit } from "./scan.ts";
import type { TokenBuffer } from "./token_buffer.ts";
import { F, Oddity, T } from "./tokens.ts";

/** Reads comparison operators, and what few statements have. What it found is in its fields until the next call. */
export class SymbolReader {
  /** 0 where a name begins. */
  kind = 0;
  end = 0;
  keyword = 0;
  /** Bits of F to add. */
  flags = 0;

  readonly #options: SqlOptions;
  readonly #classes: Uint8Array;
  readonly #identifier: Uint8Array;
  readonly #names: NameReader;
  /** MariaDB gives back what makes no operator. */
  readonly #mariadb: boolean;
  readonly #dollarStrings: boolean;
  /** \\N is NULL: MySQL 8 dropped it, MariaDB has it. */
  readonly #backslashNull: boolean;

  constructor(options: SqlOptions, classes: Uint8Array, identifier: Uint8Array, names: NameReader) {
    this.#options = options;
    this.#classes = classes;
    this.#identifier = identifier;
    this.#names = names;
    this.#mariadb = options.dialect === "mariadb";
    this.#backslashNull = options.dialect === "mariadb" || options.serverVersion < 80000;
    this.#dollarStrings = options.dialect === "mysql" && options.serverVersion >= 80100;
  }

  /** Whether `\\N` stands at `at`, where it is NULL. */
  isNull(bytes: Uint8Array, at: number, to: number): boolean {
    return this.#backslashNull && at + 1 < to && bytes[at + 1] === 0x4e;
  }

  /** Reads the token that begins at `at`; `joined` where another one ends there. */
  read(
    byteClass: number,
    bytes: Uint8Array,
    at: number,
    to: number,
    joined: boolean,
    tokens: TokenBuffer,
  ): void {
    this.keyword = this.flags = 0;
    this.kind = T.invalid;
    this.end = at + 1;
    switch (byteClass) {
      case Class.comparison:
      case Class.less: {
        let end = comparisonEnd(bytes, at, to, this.#classes);
        let kind = comparisonKind(bytes, at, end);
        while (this.#mariadb && end > at + 1 && (kind === T.invalid || kind === T.exclamation)) {
          kind = comparisonKind(bytes, at, --end);
        }
        if (kind === T.invalid) tokens.addOddity(Oddity.strayCharacter, at);
        this.kind = kind;
        this.end = end;
        break;
      }
      case Class.colon:
        this.kind = T.colon;
        if (at + 1 >= to) break;
        if (bytes[at + 1] === 0x3d) {
          this.kind = T.assign;
          this.end++;
        } else if (this.#options.namedPlaceholders && !joined) {
          // VTGate writes a list of values as "::name".
          const name = bytes[at + 1] === 0x3a ? at + 2 : at + 1;
          if (name < to && this.#identifier[bytes[name]!] !== 0 && !isDigit(bytes[name]!)) {
            this.kind = T.placeholder;
            this.end = this.#names.end(bytes, name, to, at, tokens);
          }
        }
        break;
      case Class.dollar: {
        const close = this.#dollarStrings ? dollarQuotedEnd(bytes, at, to, this.#identifier) : 0;
        this.kind = close === 0 ? 0 : T.dollarString;
        this.end = close === 0 ? at : close;
        if (close >= 0) break;
        this.end = to;
        this.flags = F.unterminated;
        tokens.addOddity(Oddity.unterminatedString, at);
        break;
      }
      case Class.backslash:
        if (this.isNull(bytes, at, to)) {
          this.end++;
          this.kind = T.keyword;
          this.keyword = K.NULL;
        } else tokens.addOddity(Oddity.strayCharacter, at);
        break;
      case Class.nul:
        tokens.addOddity(Oddity.nulByte, at);
        break;
      default:
        tokens.addOddity(bytes[at]! < 0x80 ? Oddity.strayCharacter : Oddity.invalidByte, at);
    }
  }
}

/** End of the comparison operator that begins at `at`. */
function comparisonEnd(bytes: Uint8Array, at: number, to: number, classes: Uint8Array): number {
  let p = at + 1;
  if (p < to && (classes[bytes[p]!] === Class.comparison || classes[bytes[p]!] === Class.less)) {
    p++;
    if (bytes[at] === 0x3c && p < to && classes[bytes[p]!] === Class.comparison) p++;
  }
  return p;
}

/** Kind of the comparison operator in bytes `start` to `end`. */
function comparisonKind(bytes: Uint8Array, start: number, end: number): number {
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
