import { Class, classTables } from "./char_class.ts";
import { characterLength } from "./charset.ts";
import { isCharsetName } from "./charset_names.ts";
import {
  backslashCommand,
  caseVariants,
  isAloneOnLine,
  isDashComment,
  isLetter,
  lineEnd,
  parameterEnd,
  readMarker,
} from "./client_text.ts";
import * as K from "./keyword_ids.ts";
import { findKeyword, isFunctionKeyword } from "./keywords.ts";
import {
  codedEnd,
  comparisonKind,
  dollarQuotedEnd,
  inspectName,
  quoted,
  quotedNameEnd,
  stopTable,
  stringEnd,
  userVariableEnd,
} from "./quotes.ts";
import { CommentReader } from "./comments.ts";
import { comparisonEnd, isDigit, scanFraction, scanNumber } from "./scan.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../options.ts";
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

/** First bytes of the lone slash and of GO. */
const LIQUIBASE_STARTS = [0x2f, 0x47, 0x67];

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
  readonly #stops: Uint8Array;
  readonly #utf8: boolean;
  /** Whether the last name read by its characters has any beyond ASCII. */
  #beyondAscii = false;
  /** MariaDB gives back what makes no operator. */
  readonly #mariadb: boolean;
  readonly #dollarStrings: boolean;
  /** \\N is NULL: MySQL 8 dropped it, MariaDB has it. */
  readonly #backslashNull: boolean;
  #delimiter: Uint8Array | undefined;
  /** In a client's text of Liquibase's, lines that begin with "--" are comments. */
  #liquibase = false;
  readonly #comments: CommentReader;

  constructor(options: SqlOptions = DEFAULT_SQL_OPTIONS) {
    this.options = options;
    const tables = classTables(options.charset);
    this.#plainClasses = this.#classes = tables.classes;
    this.#identifier = tables.identifier;
    this.#comments = new CommentReader(options, tables.classes);
    this.#stops = stopTable(options);
    this.#utf8 = options.charset === "utf8mb4";
    this.#mariadb = options.dialect === "mariadb";
    this.#backslashNull = options.dialect === "mariadb" || options.serverVersion < 80000;
    this.#dollarStrings = options.dialect === "mysql" && options.serverVersion >= 80100;
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
    this.#delimiter = delimiter;
    this.#liquibase = liquibase;
    this.#classes = this.#plainClasses;
    if (delimiter === undefined && !liquibase) return;
    this.#classes = this.#plainClasses.slice();
    if (delimiter !== undefined) this.#classes[0x3b] = Class.single;
    for (const byte of delimiter === undefined ? LIQUIBASE_STARTS : caseVariants(delimiter[0]!)) {
      this.#classes[byte] = Class.delimiter;
    }
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
          p = this.#nameEnd(bytes, p, to, start, tokens);
          if (this.#beyondAscii) flags |= F.nonAscii;
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
          const length = this.#delimiterLength(bytes, p, to);
          if (length > 0) return this.#stopAt(tokens, n, "delimiter", p, p + length, stop);
          byteClass = byte === 0x3b ? Class.single : this.#plainClasses[byte]!;
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
              p = this.#nameEnd(bytes, p, to, start, tokens);
              if (this.#beyondAscii) flags |= F.nonAscii;
              if (this.#dotFollows(bytes, p, to)) mode = Mode.dot;
            } else if (kind === T.end) kind = DROPPED;
            break;
          }
          case Class.singleQuote:
            kind = T.string;
            p = stringEnd(bytes, p + 1, to, 0x27, this.#stops, charset, tokens);
            break;
          case Class.doubleQuote:
            flags |= F.doubleQuoted;
            if (this.options.ansiQuotes) {
              kind = T.quotedIdentifier;
              p = quotedNameEnd(bytes, p + 1, to, 0x22, charset, tokens);
            } else {
              kind = T.string;
              p = stringEnd(bytes, p + 1, to, 0x22, this.#stops, charset, tokens);
            }
            break;
          case Class.backtick:
            kind = T.quotedIdentifier;
            p = quotedNameEnd(bytes, p + 1, to, 0x60, charset, tokens);
            break;
          case Class.letterN:
            if (p + 1 < to && bytes[p + 1] === 0x27) {
              kind = T.nationalString;
              p = stringEnd(bytes, p + 2, to, 0x27, this.#stops, charset, tokens);
              break;
            }
            kind = 0;
            break;
          case Class.letterX:
          case Class.letterB:
            kind = 0;
            if (p + 1 < to && bytes[p + 1] === 0x27) {
              kind = byteClass === Class.letterX ? T.hexLiteral : T.bitLiteral;
              p = codedEnd(bytes, p, to, tokens);
              if (p < 0) {
                p = -p;
                kind = T.invalid;
              }
            }
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
          case Class.dollar: {
            const close = this.#dollarStrings ? dollarQuotedEnd(bytes, p, to, identifier) : 0;
            if (close === 0) kind = 0;
            else {
              kind = T.dollarString;
              p = close;
              if (close < 0) {
                p = to;
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
          case Class.comparison:
          case Class.less:
            p = comparisonEnd(bytes, p, to, this.#plainClasses);
            kind = comparisonKind(bytes, start, p);
            while (this.#mariadb && p > start + 1 && (kind === T.invalid || kind === T.exclamation)) {
              kind = comparisonKind(bytes, start, --p);
            }
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
            if (this.options.clientFile) {
              const end = parameterEnd(bytes, p, to);
              if (end > 0) {
                p = end;
                kind = T.placeholder;
                break;
              }
              if (stop && n > 0 && readMarker(bytes, p, to)?.ends === true) {
                return this.#stopAt(tokens, n, "marker", p, p, true);
              }
            }
            tokens.length = n;
            p = this.#comments.line(bytes, p, to, tokens);
            flags |= F.spaceBefore;
            continue;
          case Class.minus: {
            p++;
            kind = T.minus;
            const next = p < to ? bytes[p] : 0x20;
            if (next === 0x2d) {
              const third = p + 1 < to ? bytes[p + 1]! : 0;
              const isClient = this.options.clientFile;
              if (
                third <= 0x20 || third === 0x7f || classes[third] === Class.space ||
                (isClient && isDashComment(bytes, start, to, this.#liquibase))
              ) {
                if (stop && isClient && n > 0 && readMarker(bytes, start, to)?.ends === true) {
                  return this.#stopAt(tokens, n, "marker", start, start, true);
                }
                tokens.length = n;
                p = this.#comments.line(bytes, start, to, tokens);
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
            if (this.#comments.executable && p < to && bytes[p] === 0x2f) {
              p++;
              this.#comments.close(tokens, p, false);
              flags = (flags & ~F.inExecutableComment) | F.spaceBefore;
              continue;
            }
            break;
          case Class.semicolon:
            p++;
            kind = T.semicolon;
            this.stopped = stop;
            this.stoppedBy = "semicolon";
            this.stoppedAt = start;
            break;
          case Class.colon:
            p++;
            kind = T.colon;
            if (p < to) {
              if (bytes[p] === 0x3d) {
                p++;
                kind = T.assign;
              } else if (this.options.namedPlaceholders && !(n > 0 && ends[n - 1] === start)) {
                // VTGate writes a list of values as "::name".
                const name = bytes[p] === 0x3a ? p + 1 : p;
                if (name < to && identifier[bytes[name]!] !== 0 && !isDigit(bytes[name]!)) {
                  p = this.#nameEnd(bytes, name, to, start, tokens);
                  kind = T.placeholder;
                }
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
              p = userVariableEnd(bytes, p, to, identifier, this.#stops, this.options, tokens);
              if (this.#delimiter !== undefined) p = this.#cut(bytes, start, p);
            }
            break;
          case Class.question:
            p++;
            kind = T.placeholder;
            break;
          case Class.backslash:
            p++;
            kind = T.invalid;
            if (this.#backslashNull && p < to && bytes[p] === 0x4e) {
              p++;
              kind = T.keyword;
              keyword = K.NULL;
              break;
            }
            if (this.options.clientFile && stop) {
              const command = backslashCommand(bytes, start, to);
              if (command === "line") {
                p = lineEnd(bytes, p, to);
                continue;
              }
              if (command !== undefined) return this.#stopAt(tokens, n, command, start, p + 1, true);
            }
            tokens.addOddity(Oddity.strayCharacter, start);
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
            p = this.#nameEnd(bytes, byte >= 0x80 ? start : p, to, start, tokens);
            flags |= F.nonAscii;
          } else if (this.#delimiter !== undefined) p = this.#cut(bytes, start, p);
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
          if (quoted.escaped) flags |= F.escaped;
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

  /** End of a name that began at `start` and goes on at `at`; where a delimiter is set, it ends there too. */
  #nameEnd(bytes: Uint8Array, at: number, to: number, start: number, tokens: TokenBuffer): number {
    const identifier = this.#identifier;
    let p = at;
    this.#beyondAscii = false;
    while (p < to) {
      const follows = identifier[bytes[p]!]!;
      if (follows === 0) break;
      if (follows === 1) p++;
      else {
        this.#beyondAscii = true;
        p += characterLength(this.options.charset, bytes, p, to) || 1;
      }
    }
    if (this.#delimiter !== undefined) p = this.#cut(bytes, start, p);
    if (this.#beyondAscii && this.#utf8) inspectName(bytes, start, p, tokens);
    return p;
  }

  /** Where the delimiter begins within a name from `start` to `end`, else `end`. */
  #cut(bytes: Uint8Array, start: number, end: number): number {
    for (let p = start + 1; p < end; p++) {
      if (this.#delimiterLength(bytes, p, bytes.length) > 0) return p;
    }
    return end;
  }

  /** Length of the delimiter that stands at `at`; 0 for none. */
  #delimiterLength(bytes: Uint8Array, at: number, to: number): number {
    const delimiter = this.#delimiter;
    if (delimiter === undefined) {
      const length = bytes[at] === 0x2f ? 1 : bytes[at + 1] === 0x6f || bytes[at + 1] === 0x4f ? 2 : 0;
      return length > 0 && isAloneOnLine(bytes, at, at + length, to) ? length : 0;
    }
    const { length } = delimiter;
    if (at + length > to) return 0;
    for (let index = 0; index < length; index++) {
      if (bytes[at + index] !== delimiter[index]) {
        if (!this.#liquibase || !caseVariants(delimiter[index]!).includes(bytes[at + index]!)) return 0;
      }
    }
    // Liquibase takes a slash for a division and a word for a name unless it has the line for itself.
    const needsLine = this.#liquibase && (delimiter[0] === 0x2f && length === 1 || isLetter(delimiter[0]!));
    return !needsLine || isAloneOnLine(bytes, at, at + length, to) ? length : 0;
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
}
