import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../options.ts";
import { Class, classTables } from "./char_class.ts";
import { characterLength } from "./charset.ts";
import { isCharsetName } from "./charset_names.ts";
import {
  backslashCommand,
  isDashComment,
  isDelimiterCommand,
  lineEnd,
  parameterEnd,
  readMarker,
} from "./client_text.ts";
import { CommentReader } from "./comments.ts";
import { Delimiter } from "./delimiter.ts";
import { findKeyword, isFunctionKeyword } from "./keywords.ts";
import { NameReader } from "./names.ts";
import { NumberReader } from "./numbers.ts";
import { codedEnd, QuoteReader } from "./quotes.ts";
import { isDigit } from "./scan.ts";
import { SymbolReader } from "./symbols.ts";
import { TokenBuffer } from "./token_buffer.ts";
import { F, Oddity, T } from "./tokens.ts";

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

/** What ended a run: the semicolon that is its last token, or what a client's text has that is no token. */
export type StopReason = "semicolon" | "delimiter" | "marker" | "end" | "clear";

const SEMICOLON = new Delimiter(undefined, false);

/** Stands for a number that MySQL drops, while its last byte is made the token. */
const DROPPED = -1;

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
  /** Whether the last run ended before its text did, where, and at what. */
  stopped = false;
  stoppedBy: StopReason | undefined;
  stoppedAt = 0;

  #classes: Uint8Array;
  readonly #identifier: Uint8Array;
  readonly #plainClasses: Uint8Array;
  readonly #numbers = new NumberReader();
  readonly #quotes: QuoteReader;
  readonly #names: NameReader;
  readonly #symbols: SymbolReader;
  #delimiter = SEMICOLON;
  readonly #comments: CommentReader;

  constructor(options: SqlOptions = DEFAULT_SQL_OPTIONS) {
    this.options = options;
    const tables = classTables(options.charset);
    this.#plainClasses = this.#classes = tables.classes;
    this.#identifier = tables.identifier;
    this.#comments = new CommentReader(options, tables.classes);
    this.#quotes = new QuoteReader(options);
    this.#names = new NameReader(options.charset, tables.identifier);
    this.#symbols = new SymbolReader(options, tables.classes, tables.identifier, this.#names);
  }

  /** Reads bytes `from` to `to` into `tokens`, which is emptied first. */
  tokenize(bytes: Uint8Array, tokens: TokenBuffer, from = 0, to = bytes.length): void {
    tokens.clear();
    this.#comments.executable = false;
    this.run(bytes, tokens, from, to, false);
    this.finish(tokens, to);
  }

  /**
   * Sets what ends a statement when a run stops there; undefined for the semicolon. With `liquibase`, the text is one of
   * that tool's, where a lone `/` or GO stands for the semicolon too.
   */
  setDelimiter(delimiter: Uint8Array | undefined, liquibase = false): void {
    this.#names.delimiter = this.#delimiter = new Delimiter(delimiter, liquibase);
    this.#classes = this.#plainClasses;
    if (delimiter === undefined && !liquibase) return;
    this.#classes = this.#plainClasses.slice();
    for (const byte of this.#delimiter.starts) this.#classes[byte] = Class.delimiter;
  }

  /** Forgets an executable comment that the last statement left open. */
  reset(): void {
    this.#comments.executable = false;
  }

  /** Notes what can be told only at a statement's end: an executable comment left open, unbalanced parentheses. */
  finish(tokens: TokenBuffer, to: number): void {
    tokens.noteParens();
    if (this.#comments.executable) this.#comments.close(tokens, to, true);
  }

  /**
   * Reads on from `from` and adds to `tokens`. With `stop`, ends after the first semicolon (or delimiter), which is the
   * last token then. Returns where it ended.
   */
  run(bytes: Uint8Array, tokens: TokenBuffer, from: number, to: number, stop: boolean): number {
    const classes = this.#classes;
    const identifier = this.#identifier;
    const charset = this.options.charset;
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
    let flags = this.#comments.executable ? F.inExecutableComment : 0;
    let mode: Mode = Mode.any;
    let byteClass = 0;
    this.stopped = false;
    this.stoppedBy = undefined;

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
          p = this.#names.end(bytes, p, to, start, tokens);
          if (this.#names.beyondAscii) flags |= F.nonAscii;
          kind = T.identifier;
          if (mode === Mode.systemVariable && (keyword = findKeyword(bytes, start, p)) !== 0) {
            if (isFunctionKeyword(keyword)) keyword = 0;
            else kind = T.keyword;
          }
          mode = this.#names.dotFollows(bytes, p, to) ? Mode.dot : Mode.any;
        }
      } else {
        byteClass = classes[byte]!;
        if (byteClass === Class.delimiter) {
          const length = this.#delimiter.lengthAt(bytes, p, to);
          if (length > 0) return this.#stopAt(tokens, n, "delimiter", p, p + length, stop);
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
            this.#numbers.number(bytes, p, this.#wordLimit(bytes, p, to), identifier);
            p = this.#numbers.end;
            kind = this.#numbers.kind;
            if (kind === T.identifier) {
              p = this.#names.end(bytes, p, to, start, tokens);
              if (this.#names.beyondAscii) flags |= F.nonAscii;
              if (this.#names.dotFollows(bytes, p, to)) mode = Mode.dot;
            } else if (kind === T.end) kind = DROPPED;
            break;
          }
          case Class.singleQuote:
            kind = T.string;
            p = this.#quotes.string(bytes, p + 1, to, 0x27, tokens);
            break;
          case Class.doubleQuote:
            flags |= F.doubleQuoted;
            kind = this.options.ansiQuotes ? T.quotedIdentifier : T.string;
            p = kind === T.string
              ? this.#quotes.string(bytes, p + 1, to, 0x22, tokens)
              : this.#quotes.name(bytes, p + 1, to, 0x22, tokens);
            break;
          case Class.backtick:
            kind = T.quotedIdentifier;
            p = this.#quotes.name(bytes, p + 1, to, 0x60, tokens);
            break;
          case Class.letterN:
            kind = 0;
            if (p + 1 >= to || bytes[p + 1] !== 0x27) break;
            kind = T.nationalString;
            p = this.#quotes.string(bytes, p + 2, to, 0x27, tokens);
            break;
          case Class.letterX:
          case Class.letterB:
            kind = 0;
            if (p + 1 >= to || bytes[p + 1] !== 0x27) break;
            kind = byteClass === Class.letterX ? T.hexLiteral : T.bitLiteral;
            p = codedEnd(bytes, p, to, tokens);
            if (p >= 0) break;
            p = -p;
            kind = T.invalid;
            break;
          case Class.identifier:
          case Class.underscore:
            kind = 0;
            break;
          case Class.high:
            if (characterLength(charset, bytes, p, to) === 0) {
              tokens.addOddity(Oddity.invalidByte, p);
              kind = T.invalid;
              p++;
            } else kind = 0;
            break;
          case Class.dot:
            if (p + 1 < to && isDigit(bytes[p + 1]!)) {
              this.#numbers.fraction(bytes, p + 1, to);
              p = this.#numbers.end;
              kind = this.#numbers.kind;
              if (kind === T.end) kind = DROPPED;
            } else if (
              this.options.namedPlaceholders && p + 2 < to && bytes[p + 1] === 0x2e && bytes[p + 2] === 0x2e
            ) {
              p += 3;
              kind = T.placeholder;
            } else {
              p++;
              kind = T.dot;
              if (p < to && identifier[bytes[p]!] !== 0) mode = Mode.name;
            }
            break;
          case Class.doubled:
            p++;
            kind = byte;
            if (p < to && bytes[p] === byte) {
              p++;
              kind = byte === 0x26 ? T.andAnd : T.orOr;
            }
            break;
          case Class.hash: {
            const end = this.options.clientFile ? parameterEnd(bytes, p, to) : 0;
            if (end > 0) {
              p = end;
              kind = T.placeholder;
              break;
            }
            p = this.#lineComment(bytes, start, to, tokens, n, stop);
            if (this.stopped) return p;
            flags |= F.spaceBefore;
            continue;
          }
          case Class.minus: {
            p++;
            kind = T.minus;
            const next = p < to ? bytes[p] : 0x20;
            if (next === 0x2d) {
              if (this.#beginsComment(bytes, start, to)) {
                p = this.#lineComment(bytes, start, to, tokens, n, stop);
                if (this.stopped) return p;
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
              p = this.#comments.block(bytes, p, to, tokens, n === 0 ? 0 : keywords[n - 1]!);
              flags = (flags & ~F.inExecutableComment) | F.spaceBefore |
                (this.#comments.executable ? F.inExecutableComment : 0);
              continue;
            }
            p++;
            kind = T.slash;
            break;
          case Class.star:
            p++;
            kind = T.star;
            if (!this.#comments.executable || p >= to || bytes[p] !== 0x2f) break;
            p++;
            this.#comments.close(tokens, p, false);
            flags = (flags & ~F.inExecutableComment) | F.spaceBefore;
            continue;
          case Class.semicolon:
            p++;
            kind = T.semicolon;
            this.stopped = stop;
            this.stoppedBy = "semicolon";
            this.stoppedAt = start;
            break;
          case Class.at:
            p++;
            if (p < to && bytes[p] === 0x40) {
              p++;
              kind = T.systemVariable;
              if (p < to && identifier[bytes[p]!] !== 0) mode = Mode.systemVariable;
            } else {
              kind = T.userVariable;
              p = this.#quotes.userVariable(bytes, p, to, identifier, tokens);
              if (this.#delimiter.isOwn) p = this.#delimiter.cut(bytes, start, p);
            }
            break;
          case Class.question:
            p++;
            kind = T.placeholder;
            break;
          default:
            if (byteClass === Class.backslash && stop && this.#isClientCommand(bytes, p, to, tokens, n)) {
              if (this.stopped) return p + 2;
              p = lineEnd(bytes, p + 1, to);
              continue;
            }
            this.#symbols.read(byteClass, bytes, p, to, n > 0 && ends[n - 1] === start, tokens);
            p = this.#symbols.end;
            kind = this.#symbols.kind;
            keyword = this.#symbols.keyword;
            flags |= this.#symbols.flags;
            break;
        }
        if (kind === 0) {
          p++;
          while (p < to && identifier[bytes[p]!] === 1) p++;
          if (byte >= 0x80 || (p < to && identifier[bytes[p]!] !== 0)) {
            p = this.#names.end(bytes, byte >= 0x80 ? start : p, to, start, tokens);
            flags |= F.nonAscii;
          } else if (this.#delimiter.isOwn) p = this.#delimiter.cut(bytes, start, p);
          kind = T.identifier;
          if (this.options.clientFile && stop && n > 0 && isDelimiterCommand(bytes, start, p, to)) {
            return this.#stopAt(tokens, n, "marker", start, start, true);
          }
          if (p < to && bytes[p] === 0x2e && this.#names.dotFollows(bytes, p, to)) mode = Mode.dot;
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
          if (this.#quotes.escaped) flags |= F.escaped;
        } else if (kind === DROPPED) {
          tokens.addOddity(Oddity.droppedNumber, start);
          flags |= F.droppedNumber;
          start = p - 1;
          kind = bytes[start]!;
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

  /** Whether the two dashes at `at` begin a comment. */
  #beginsComment(bytes: Uint8Array, at: number, to: number): boolean {
    const third = at + 2 < to ? bytes[at + 2]! : 0;
    const byteClass = this.#classes[third];
    return third <= 0x20 || third === 0x7f || byteClass === Class.space || byteClass === Class.control ||
      this.options.clientFile && isDashComment(bytes, at, to, this.#delimiter.liquibase);
  }

  /** Passes over a comment that runs to the end of its line, or stops at one that ends a statement. */
  #lineComment(
    bytes: Uint8Array,
    at: number,
    to: number,
    tokens: TokenBuffer,
    n: number,
    stop: boolean,
  ): number {
    if (stop && this.options.clientFile && n > 0 && readMarker(bytes, at, to)?.ends === true) {
      return this.#stopAt(tokens, n, "marker", at, at, true);
    }
    tokens.length = n;
    return this.#comments.line(bytes, at, to, tokens);
  }

  /** Whether the backslash at `at` begins a command of the client's; stops at one that ends a statement. */
  #isClientCommand(bytes: Uint8Array, at: number, to: number, tokens: TokenBuffer, n: number): boolean {
    if (!this.options.clientFile || this.#symbols.isNull(bytes, at, to)) return false;
    const command = backslashCommand(bytes, at, to);
    if (command !== undefined && command !== "line") this.#stopAt(tokens, n, command, at, at + 2, true);
    return command !== undefined;
  }

  /** Where a word that begins at `at` must end: at `to`, or before the client's delimiter, which may cut it. */
  #wordLimit(bytes: Uint8Array, at: number, to: number): number {
    if (!this.#delimiter.isOwn) return to;
    let p = at;
    while (p < to && this.#identifier[bytes[p]!] !== 0) p++;
    return this.#delimiter.cut(bytes, at, p) < p ? this.#delimiter.cut(bytes, at, p) : to;
  }

  /** Ends a run at `at`, before token `n`; the text goes on at `next`. */
  #stopAt(
    tokens: TokenBuffer,
    n: number,
    reason: StopReason,
    at: number,
    next: number,
    stop: boolean,
  ): number {
    tokens.length = n;
    tokens.kind[n] = T.end;
    this.stopped = stop;
    this.stoppedBy = reason;
    this.stoppedAt = at;
    return next;
  }

  /** Whether "(" follows, with what IGNORE_SPACE allows between. */
  #callFollows(bytes: Uint8Array, at: number, to: number): boolean {
    let p = at;
    if (this.options.ignoreSpace) {
      while (p < to && this.#plainClasses[bytes[p]!] === Class.space) p++;
    }
    return p < to && bytes[p] === 0x28;
  }
}
