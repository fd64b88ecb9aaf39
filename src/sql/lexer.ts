import { Class, classTables } from "./char_class.ts";
import { characterLength, hidesAscii } from "./charset.ts";
import { isCharsetName } from "./charset_names.ts";
import * as K from "./keyword_ids.ts";
import { findKeyword, isFunctionKeyword } from "./keywords.ts";
import {
  blockCommentEnd,
  commentShape,
  isDigit,
  isHexDigit,
  lineCommentEnd,
  noteSuspicious,
  scanFraction,
  scanNumber,
  Stop,
} from "./lexer_scan.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "./options.ts";
import { TokenBuffer } from "./token_buffer.ts";
import { C, F, Oddity, T } from "./tokens.ts";

/** What the token after this one is, whatever its bytes would say. */
const Mode = {
  any: 0,
  /** The dot that joins two names. */
  dot: 1,
  /** A name, even one that spells a keyword. */
  name: 2,
  /** A name or a keyword such as GLOBAL. */
  systemVariable: 3,
} as const;
type Mode = typeof Mode[keyof typeof Mode];

/** Reads a whole text as tokens; for many texts, keep a {@link Lexer} and a buffer. */
export function tokenize(bytes: Uint8Array, options: SqlOptions = DEFAULT_SQL_OPTIONS): TokenBuffer {
  const tokens = new TokenBuffer();
  new Lexer(options).tokenize(bytes, tokens);
  return tokens;
}

/**
 * MySQL's lexical grammar over bytes: the states of its own lexer, including those that surprise. Total: any bytes
 * give tokens, in time linear in their number, and what a server would refuse is told by kind, flag and oddity.
 */
export class Lexer {
  readonly options: SqlOptions;
  /** Whether the last run ended at a semicolon or delimiter, and where that begins. */
  stopped = false;
  stoppedAt = 0;

  #classes: Uint8Array;
  readonly #identifier: Uint8Array;
  readonly #plainClasses: Uint8Array;
  readonly #stops: Uint8Array;
  #delimiter: Uint8Array | undefined;
  /** In an executable comment, which began at this offset. */
  #executable = false;
  #executableStart = 0;
  #executableIndex = 0;
  #escaped = false;

  constructor(options: SqlOptions = DEFAULT_SQL_OPTIONS) {
    this.options = options;
    const tables = classTables(options.charset);
    this.#plainClasses = this.#classes = tables.classes;
    this.#identifier = tables.identifier;
    this.#stops = stopTable(options);
  }

  /** Reads bytes `from` to `to` into `tokens`, which is emptied first. */
  tokenize(bytes: Uint8Array, tokens: TokenBuffer, from = 0, to = bytes.length): void {
    tokens.clear();
    this.#executable = false;
    this.run(bytes, tokens, from, to, false);
    this.finish(tokens, to);
  }

  /** Sets what ends a statement when a run stops there; undefined for the semicolon. */
  setDelimiter(delimiter: Uint8Array | undefined): void {
    this.#delimiter = delimiter;
    this.#classes = this.#plainClasses;
    if (delimiter === undefined) return;
    this.#classes = this.#plainClasses.slice();
    this.#classes[0x3b] = Class.single;
    this.#classes[delimiter[0]!] = Class.delimiter;
  }

  /** Forgets an executable comment that the last statement left open. */
  reset(): void {
    this.#executable = false;
  }

  /** Notes what can be told only at the end of a text: an executable comment left open. */
  finish(tokens: TokenBuffer, to: number): void {
    if (!this.#executable) return;
    this.#executable = false;
    tokens.addOddity(Oddity.unterminatedComment, this.#executableStart);
    this.#closeExecutable(tokens, to);
  }

  /**
   * Reads on from `from` and adds to `tokens`. With `stop`, ends after the first semicolon (or delimiter), which is the
   * last token then. Returns where it ended.
   */
  run(bytes: Uint8Array, tokens: TokenBuffer, from: number, to: number, stop: boolean): number {
    const classes = this.#classes;
    const identifier = this.#identifier;
    let kinds = tokens.kind;
    let starts = tokens.start;
    let ends = tokens.end;
    let keywords = tokens.keyword;
    let flagArray = tokens.flags;
    let capacity = kinds.length - 1;
    let n = tokens.length;
    /** Where the next token begins, its kind, keyword number and flags. */
    let p = from;
    let start = from;
    let kind = 0;
    let keyword = 0;
    let flags = this.#executable ? F.inExecutableComment : 0;
    let mode: Mode = Mode.any;
    let byteClass = 0;
    this.stopped = false;

    while (p < to) {
      const byte = bytes[p]!;
      start = p;
      keyword = 0;
      if (mode !== Mode.any) {
        if (mode === Mode.dot) {
          p++;
          kind = T.dot;
          mode = p < to && identifier[bytes[p]!] !== 0 ? Mode.name : Mode.any;
        } else {
          p = this.#nameEnd(bytes, p, to);
          kind = T.identifier;
          if (mode === Mode.systemVariable && (keyword = findKeyword(bytes, start, p)) !== 0) {
            if (isFunctionKeyword(keyword)) keyword = 0;
            else kind = T.keyword;
          }
          mode = this.#dotFollows(bytes, p, to) ? Mode.dot : Mode.any;
        }
      } else {
        byteClass = classes[byte]!;
        if (byteClass === Class.delimiter) {
          if (this.#isDelimiter(bytes, p, to)) {
            tokens.length = n;
            kinds[n] = T.end;
            this.stopped = stop;
            this.stoppedAt = p;
            return p + this.#delimiter!.length;
          }
          byteClass = this.#plainClasses[byte]!;
        }
        switch (byteClass) {
          case Class.space:
            p++;
            flags |= F.spaceBefore;
            continue;
          case Class.single:
            p++;
            kind = byte;
            break;
          case Class.digit: {
            const number = scanNumber(bytes, p, to, identifier);
            p = number.end;
            kind = number.kind;
            if (kind === T.identifier) {
              p = this.#nameEnd(bytes, p, to, start);
              if (this.#dotFollows(bytes, p, to)) mode = Mode.dot;
            } else if (kind === T.end) {
              tokens.addOddity(Oddity.droppedNumber, start);
              flags |= F.droppedNumber;
              start = p - 1;
              kind = bytes[start]!;
            }
            break;
          }
          case Class.singleQuote:
            kind = T.string;
            p = this.#quoted(bytes, p + 1, to, 0x27, tokens);
            break;
          case Class.doubleQuote:
            flags |= F.doubleQuoted;
            if (this.options.ansiQuotes) {
              kind = T.quotedIdentifier;
              p = this.#quotedName(bytes, p + 1, to, 0x22, tokens);
            } else {
              kind = T.string;
              p = this.#quoted(bytes, p + 1, to, 0x22, tokens);
            }
            break;
          case Class.backtick:
            kind = T.quotedIdentifier;
            p = this.#quotedName(bytes, p + 1, to, 0x60, tokens);
            break;
          case Class.letterN:
            if (p + 1 < to && bytes[p + 1] === 0x27) {
              kind = T.nationalString;
              p = this.#quoted(bytes, p + 2, to, 0x27, tokens);
              break;
            }
            kind = 0;
            break;
          case Class.letterX:
          case Class.letterB:
            kind = 0;
            if (p + 1 < to && bytes[p + 1] === 0x27) {
              kind = byteClass === Class.letterX ? T.hexLiteral : T.bitLiteral;
              p = this.#coded(bytes, p, to, tokens);
            }
            break;
          case Class.identifier:
          case Class.underscore:
            kind = 0;
            break;
          case Class.high:
            if (characterLength(this.options.charset, bytes, p, to) === 0) {
              tokens.addOddity(Oddity.invalidByte, p);
              kind = T.invalid;
              p++;
            } else kind = 0;
            break;
          case Class.dollar: {
            const close = this.#dollarQuoted(bytes, p, to);
            if (close === 0) kind = 0;
            else {
              kind = T.dollarString;
              p = close;
              if (close < 0) {
                p = to;
                this.#escaped = false;
                tokens.addOddity(Oddity.unterminatedString, start);
                flags |= F.unterminated;
              }
            }
            break;
          }
          case Class.dot:
            if (p + 1 < to && isDigit(bytes[p + 1]!)) {
              const number = scanFraction(bytes, p + 1, to);
              p = number.end;
              kind = number.kind;
              if (kind === T.end) {
                tokens.addOddity(Oddity.droppedNumber, start);
                flags |= F.droppedNumber;
                start = p - 1;
                kind = bytes[start]!;
              }
            } else {
              p++;
              kind = T.dot;
              if (p < to && identifier[bytes[p]!] !== 0) mode = Mode.name;
            }
            break;
          case Class.comparison:
          case Class.less:
            p = this.#comparison(bytes, p, to);
            kind = comparisonKind(bytes, start, p);
            if (kind === T.invalid) tokens.addOddity(Oddity.strayCharacter, start);
            break;
          case Class.doubled:
            p++;
            kind = byte;
            if (p < to && bytes[p] === byte) {
              p++;
              kind = byte === 0x26 ? T.andAnd : T.orOr;
            }
            break;
          case Class.hash:
            p = lineCommentEnd(bytes, p + 1, to);
            tokens.length = n;
            tokens.addComment(C.line, start, p);
            if (this.#stops[0xe2] !== 0) this.#inspect(bytes, start, p, tokens);
            flags |= F.spaceBefore;
            continue;
          case Class.minus: {
            p++;
            kind = T.minus;
            const next = p < to ? bytes[p] : 0x20;
            if (next === 0x2d) {
              const third = p + 1 < to ? bytes[p + 1]! : 0;
              if (third <= 0x20 || third === 0x7f || classes[third] === Class.space) {
                p = lineCommentEnd(bytes, p + 1, to);
                tokens.length = n;
                tokens.addComment(C.line, start, p);
                if (this.#stops[0xe2] !== 0) this.#inspect(bytes, start, p, tokens);
                flags |= F.spaceBefore;
                continue;
              }
            } else if (next === 0x3e && p < to) {
              p++;
              kind = T.arrow;
              if (p < to && bytes[p] === 0x3e) {
                p++;
                kind = T.doubleArrow;
              }
            }
            break;
          }
          case Class.slash:
            if (p + 1 < to && bytes[p + 1] === 0x2a) {
              tokens.length = n;
              kinds[n] = T.end;
              p = this.#comment(bytes, p, to, tokens, n === 0 ? 0 : keywords[n - 1]!);
              flags = (flags & ~F.inExecutableComment) | F.spaceBefore |
                (this.#executable ? F.inExecutableComment : 0);
              continue;
            }
            p++;
            kind = T.slash;
            break;
          case Class.star:
            p++;
            kind = T.star;
            if (this.#executable && p < to && bytes[p] === 0x2f) {
              p++;
              this.#executable = false;
              this.#closeExecutable(tokens, p);
              flags = (flags & ~F.inExecutableComment) | F.spaceBefore;
              continue;
            }
            break;
          case Class.semicolon:
            p++;
            kind = T.semicolon;
            this.stopped = stop;
            this.stoppedAt = start;
            break;
          case Class.colon:
            p++;
            kind = T.colon;
            if (p < to) {
              if (bytes[p] === 0x3d) {
                p++;
                kind = T.assign;
              } else if (
                this.options.namedPlaceholders && identifier[bytes[p]!] !== 0 && !isDigit(bytes[p]!) &&
                !(n > 0 && ends[n - 1] === start)
              ) {
                p = this.#nameEnd(bytes, p, to);
                kind = T.placeholder;
              }
            }
            break;
          case Class.at:
            p++;
            if (p < to && bytes[p] === 0x40) {
              p++;
              kind = T.systemVariable;
              if (p < to && identifier[bytes[p]!] !== 0) mode = Mode.systemVariable;
            } else {
              kind = T.userVariable;
              p = this.#userVariable(bytes, p, to, tokens);
            }
            break;
          case Class.question:
            p++;
            kind = T.placeholder;
            break;
          case Class.backslash:
            p++;
            kind = T.invalid;
            if (p < to && bytes[p] === 0x4e) {
              p++;
              kind = T.keyword;
              keyword = K.NULL;
            } else tokens.addOddity(Oddity.strayCharacter, start);
            break;
          case Class.nul:
            p++;
            kind = T.invalid;
            tokens.addOddity(Oddity.nulByte, start);
            break;
          default:
            p++;
            kind = T.invalid;
            tokens.addOddity(byte < 0x80 ? Oddity.strayCharacter : Oddity.invalidByte, start);
            break;
        }
        if (kind === 0) {
          // A name or a keyword.
          p++;
          while (p < to && identifier[bytes[p]!] === 1) p++;
          if (byte >= 0x80 || (p < to && identifier[bytes[p]!] !== 0)) {
            p = this.#nameEnd(bytes, byte >= 0x80 ? start : p, to);
            flags |= F.nonAscii;
            if (this.options.charset === "utf8mb4") this.#inspectName(bytes, start, p, tokens);
          }
          if (this.#delimiter !== undefined) p = this.#cut(bytes, start, p);
          kind = T.identifier;
          if (p < to && bytes[p] === 0x2e && this.#dotFollows(bytes, p, to)) mode = Mode.dot;
          else {
            keyword = findKeyword(bytes, start, p);
            if (keyword !== 0) {
              if (!isFunctionKeyword(keyword) || this.#callFollows(bytes, p, to)) kind = T.keyword;
              else keyword = 0;
            }
          }
          if (byteClass === Class.underscore && keyword === 0 && isCharsetName(bytes, start + 1, p)) {
            kind = T.charsetIntroducer;
          }
        } else if (kind === T.string || kind === T.quotedIdentifier || kind === T.nationalString) {
          if (p < 0) {
            p = to;
            kind = T.invalid;
            flags |= F.unterminated;
          }
          if (this.#escaped) flags |= F.escaped;
        }
      }

      if (n >= capacity) {
        tokens.length = n;
        if (tokens.grow()) {
          kinds = tokens.kind;
          starts = tokens.start;
          ends = tokens.end;
          keywords = tokens.keyword;
          flagArray = tokens.flags;
          capacity = kinds.length - 1;
        } else {
          if ((tokens.oddities & Oddity.tooManyTokens) === 0) tokens.addOddity(Oddity.tooManyTokens, start);
          n--;
        }
      }
      kinds[n] = kind;
      starts[n] = start;
      ends[n] = p;
      keywords[n] = keyword;
      flagArray[n] = flags;
      n++;
      flags &= F.inExecutableComment;
      if (this.stopped) break;
    }
    tokens.length = n;
    kinds[n] = T.end;
    return p;
  }

  /** End of a name that goes on at `at`; where a delimiter is set, it ends there too. */
  #nameEnd(bytes: Uint8Array, at: number, to: number, start = at): number {
    const identifier = this.#identifier;
    let p = at;
    while (p < to) {
      const follows = identifier[bytes[p]!]!;
      if (follows === 0) break;
      p += follows === 1 ? 1 : characterLength(this.options.charset, bytes, p, to) || 1;
    }
    return this.#delimiter === undefined ? p : this.#cut(bytes, start, p);
  }

  /** Where the delimiter begins within a name from `start` to `end`, else `end`. */
  #cut(bytes: Uint8Array, start: number, end: number): number {
    for (let p = start + 1; p < end; p++) {
      if (this.#isDelimiter(bytes, p, bytes.length)) return p;
    }
    return end;
  }

  #isDelimiter(bytes: Uint8Array, at: number, to: number): boolean {
    const delimiter = this.#delimiter;
    if (delimiter === undefined || at + delimiter.length > to) return false;
    for (let index = 0; index < delimiter.length; index++) {
      if (bytes[at + index] !== delimiter[index]) return false;
    }
    return true;
  }

  /** Whether a dot and then a name without quotes follows. */
  #dotFollows(bytes: Uint8Array, at: number, to: number): boolean {
    return at + 1 < to && bytes[at] === 0x2e && this.#identifier[bytes[at + 1]!] !== 0;
  }

  /** Whether "(" follows, with what IGNORE_SPACE allows between. */
  #callFollows(bytes: Uint8Array, at: number, to: number): boolean {
    let p = at;
    if (this.options.ignoreSpace) {
      while (p < to && this.#plainClasses[bytes[p]!] === Class.space) p++;
    }
    return p < to && bytes[p] === 0x28;
  }

  /** End of a string whose content begins at `at`, or -1 where its quote is missing. */
  #quoted(bytes: Uint8Array, at: number, to: number, quote: number, tokens: TokenBuffer): number {
    const stops = this.#stops;
    let p = at;
    this.#escaped = false;
    for (;;) {
      while (p < to && stops[bytes[p]!] === Stop.none) p++;
      if (p >= to) break;
      const byte = bytes[p]!;
      if (byte === quote) {
        if (p + 1 >= to || bytes[p + 1] !== quote) return p + 1;
        this.#escaped = true;
        p += 2;
      } else if (stops[byte] === Stop.backslash) {
        this.#escaped = true;
        p += 2;
      } else if (stops[byte] === Stop.hiding) {
        p += characterLength(this.options.charset, bytes, p, to) || 1;
      } else {
        if (stops[byte] === Stop.suspicious) noteSuspicious(bytes, p, to, tokens, false);
        p++;
      }
    }
    tokens.addOddity(Oddity.unterminatedString, at - 1);
    return -1;
  }

  /** End of a quoted name whose content begins at `at`, or -1 where its quote is missing or a NUL comes first. */
  #quotedName(bytes: Uint8Array, at: number, to: number, quote: number, tokens: TokenBuffer): number {
    const hiding = hidesAscii(this.options.charset);
    const utf8 = this.options.charset === "utf8mb4";
    let p = at;
    this.#escaped = false;
    while (p < to) {
      const byte = bytes[p]!;
      if (byte === quote) {
        if (p + 1 >= to || bytes[p + 1] !== quote) return p + 1;
        this.#escaped = true;
        p += 2;
      } else if (byte === 0) break;
      else if (byte >= 0x80) {
        if (utf8) noteSuspicious(bytes, p, to, tokens, true);
        p += hiding ? characterLength(this.options.charset, bytes, p, to) || 1 : 1;
      } else p++;
    }
    tokens.addOddity(p < to ? Oddity.nulByte : Oddity.unterminatedIdentifier, p < to ? p : at - 1);
    return -1;
  }

  /** End of x'..' or b'..' that begins at `at`. */
  #coded(bytes: Uint8Array, at: number, to: number, tokens: TokenBuffer): number {
    const hex = (bytes[at]! | 0x20) === 0x78;
    let p = at + 2;
    while (p < to && (hex ? isHexDigit(bytes[p]!) : bytes[p] === 0x30 || bytes[p] === 0x31)) p++;
    if (p < to && bytes[p] === 0x27 && (!hex || ((p - at) & 1) === 0)) return p + 1;
    tokens.addOddity(Oddity.malformedLiteral, at);
    return p < to && bytes[p] === 0x27 ? p + 1 : p;
  }

  /** End of $tag$...$tag$ that begins at `at`; 0 where it is no such string, -1 where it is not closed. */
  #dollarQuoted(bytes: Uint8Array, at: number, to: number): number {
    if (this.options.dialect !== "mysql" || this.options.serverVersion < 80100) return 0;
    let p = at + 1;
    while (p < to && bytes[p] !== 0x24 && this.#identifier[bytes[p]!] !== 0) p++;
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

  #comparison(bytes: Uint8Array, at: number, to: number): number {
    const classes = this.#plainClasses;
    let p = at + 1;
    if (p < to && (classes[bytes[p]!] === Class.comparison || classes[bytes[p]!] === Class.less)) {
      p++;
      if (bytes[at] === 0x3c && p < to && classes[bytes[p]!] === Class.comparison) p++;
    }
    return p;
  }

  /** End of a user variable whose name begins at `at`, after the @. */
  #userVariable(bytes: Uint8Array, at: number, to: number, tokens: TokenBuffer): number {
    this.#escaped = false;
    if (at >= to) return at;
    const quote = bytes[at]!;
    if (quote === 0x27 || quote === 0x22 || quote === 0x60) {
      const name = quote === 0x60 || (quote === 0x22 && this.options.ansiQuotes);
      const end = name
        ? this.#quotedName(bytes, at + 1, to, quote, tokens)
        : this.#quoted(bytes, at + 1, to, quote, tokens);
      return end < 0 ? to : end;
    }
    let p = at;
    while (p < to && (bytes[p] === 0x2e || this.#identifier[bytes[p]!] !== 0)) p++;
    return this.#delimiter === undefined ? p : this.#cut(bytes, at, p);
  }

  /** Passes over a comment, or only over the opening of one that is code. `before` is the keyword in front of it. */
  #comment(bytes: Uint8Array, at: number, to: number, tokens: TokenBuffer, before: number): number {
    let shape = commentShape(bytes, at, to);
    let nested = false;
    if (shape === C.strayHint && takesHints(before)) shape = C.hint;
    if (shape === C.executable || (shape === C.skipped && this.options.dialect === "mariadb")) {
      const content = this.#versionEnd(bytes, at + (shape === C.executable ? 3 : 4), to, shape === C.skipped);
      if (content > 0) {
        if (!this.#executable) {
          this.#executableStart = at;
          this.#executableIndex = tokens.commentCount;
          tokens.addComment(C.executable, at, to);
        } else if ((tokens.oddities & Oddity.nestedComment) === 0) tokens.addOddity(Oddity.nestedComment, at);
        this.#executable = true;
        return content;
      }
      nested = true;
      shape = C.skipped;
    }
    let end = blockCommentEnd(bytes, at + 2, to, nested, tokens);
    if (end < 0) {
      tokens.addOddity(Oddity.unterminatedComment, at);
      end = to;
    }
    tokens.addComment(shape, at, end);
    if (this.#stops[0xe2] !== 0) this.#inspect(bytes, at, end, tokens);
    return end;
  }

  /** Where the code of an executable comment begins whose version would stand at `at`; 0 where it is not for us. */
  #versionEnd(bytes: Uint8Array, at: number, to: number, mariadbOnly: boolean): number {
    let p = at;
    let version = 0;
    while (p < to && p < at + 5 && isDigit(bytes[p]!)) version = version * 10 + bytes[p++]! - 0x30;
    if (p < at + 5) return at;
    const mariadb = this.options.dialect === "mariadb";
    if (p < to && isDigit(bytes[p]!)) {
      const after = p + 1 < to ? this.#plainClasses[bytes[p + 1]!] : Class.stray;
      if (mariadb || after === Class.space) version = version * 10 + bytes[p++]! - 0x30;
    }
    if (version > this.options.serverVersion) return 0;
    if (mariadb && !mariadbOnly && version >= 50700 && version <= 99999) return 0;
    return p;
  }

  #closeExecutable(tokens: TokenBuffer, end: number): void {
    if (this.#executableIndex < tokens.commentCount) tokens.commentEnd[this.#executableIndex] = end;
  }

  /** Looks for invisible characters in a comment. */
  #inspect(bytes: Uint8Array, from: number, to: number, tokens: TokenBuffer): void {
    for (let p = from; p < to; p++) {
      if (bytes[p]! >= 0xe2 && this.#stops[bytes[p]!] === Stop.suspicious) {
        noteSuspicious(bytes, p, to, tokens, false);
      }
    }
  }

  /** Looks for characters in a name that are not what they look like. */
  #inspectName(bytes: Uint8Array, from: number, to: number, tokens: TokenBuffer): void {
    for (let p = from; p < to; p++) {
      if (bytes[p]! >= 0xc2) noteSuspicious(bytes, p, to, tokens, true);
    }
  }
}

/** Whether MySQL reads an optimizer hint after this keyword. */
function takesHints(keyword: number): boolean {
  return keyword === K.SELECT || keyword === K.INSERT || keyword === K.UPDATE || keyword === K.DELETE ||
    keyword === K.REPLACE;
}

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

function stopTable(options: SqlOptions): Uint8Array {
  const stops = new Uint8Array(256);
  stops[0x27] = Stop.singleQuote;
  stops[0x22] = Stop.doubleQuote;
  if (!options.noBackslashEscapes) stops[0x5c] = Stop.backslash;
  if (options.charset === "utf8mb4") stops[0xe2] = stops[0xef] = Stop.suspicious;
  if (hidesAscii(options.charset)) stops.fill(Stop.hiding, 0x80);
  return stops;
}
