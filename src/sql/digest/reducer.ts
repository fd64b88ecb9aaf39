import { scanHint } from "./hint.ts";
import { BEGINS_EXPRESSION, CHARACTER, KEYWORD_SYMBOL, Literal, S } from "./symbols.ts";
import { columnNumberAt, isNullValue } from "./context.ts";
import * as K from "../lexer/keyword_ids.ts";
import type { SqlOptions } from "../options.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { C, T } from "../lexer/tokens.ts";

const AT = CHARACTER + 64;
const COMMA = CHARACTER + T.comma;
const OPEN = CHARACTER + T.leftParen;
const CLOSE = CHARACTER + T.rightParen;
const PLUS = CHARACTER + T.plus;
const MINUS = CHARACTER + T.minus;

/**
 * MySQL's normal form of a statement: its tokens with literals as one symbol and lists of literals as one, in the order
 * and by the rules by which the server reduces them. Reused: what it holds is valid until the next call of `reduce`.
 */
export class DigestReducer {
  /** Symbols (symbols.ts). */
  symbol = new Uint16Array(256);
  /**
   * For names: their bytes, quotes included, as offsets; for a column's number: its value, and 0; for values and lists of
   * them: bits of Literal, and nothing.
   */
  from = new Uint32Array(256);
  to = new Uint32Array(256);
  /** How many symbols there are. */
  length = 0;

  /** Symbols before this index are never looked at again: a name or number stands there. */
  #barrier = 0;

  /** Reduces tokens `first` to `last` of a statement. */
  reduce(bytes: Uint8Array, tokens: TokenBuffer, options: SqlOptions, first = 0, last = tokens.length): void {
    this.length = 0;
    this.#barrier = 0;
    const { kind, keyword, start, end } = tokens;
    let comment = 0;
    if (last > first && kind[last - 1] === T.semicolon) last--;
    for (let i = first; i < last; i++) {
      const one = kind[i]!;
      switch (one) {
        case T.keyword: {
          const word = keyword[i]!;
          if (word === K.NULL && isNullValue(tokens, i, first)) {
            this.#addValue(Literal.null);
            break;
          }
          if (word === K.NOT && options.highNotPrecedence) {
            this.#push(S.tightNot);
            break;
          }
          if (word === K.ROLLUP && i > first && keyword[i - 1] === K.WITH) {
            this.symbol[this.length - 1] = S.withRollup;
            break;
          }
          this.#push(KEYWORD_SYMBOL[word]!);
          if (tokens.commentCount > comment) comment = this.#hints(bytes, tokens, i, comment, options);
          break;
        }
        case T.identifier:
        case T.quotedIdentifier:
          this.#addName(S.identifier, start[i]!, end[i]!);
          break;
        case T.integer: {
          // A number that continues a list of values is none of a column; asking that first keeps long lists cheap.
          const column = this.#continuesList() ? 0 : columnNumberAt(bytes, tokens, i, first, last);
          if (column > 0) {
            this.#addName(S.columnNumber, column, 0);
            break;
          }
          this.#addNumber(Literal.number);
          break;
        }
        case T.decimal:
        case T.float:
          this.#addNumber(Literal.number);
          break;
        case T.hexLiteral:
        case T.bitLiteral:
          this.#addNumber(Literal.coded);
          break;
        case T.string:
        case T.nationalString:
          this.#addValue(Literal.string);
          break;
        case T.placeholder:
          this.#addValue(Literal.placeholder);
          break;
        case T.userVariable: {
          this.#push(AT);
          const quote = bytes[start[i]! + 1];
          if (end[i]! - start[i]! > 1 && (quote === 0x60 || (quote === 0x22 && options.ansiQuotes))) {
            this.#addName(S.identifier, start[i]! + 1, end[i]!);
          } else this.#addValue(0);
          break;
        }
        case T.systemVariable:
          this.#push(AT);
          this.#push(AT);
          break;
        case T.charsetIntroducer:
          this.#push(S.charset);
          break;
        case T.dollarString:
          this.#push(S.dollarString);
          break;
        case T.rightParen:
          this.#close();
          break;
        case T.orOr:
          this.#push(options.pipesAsConcat ? S.concat : CHARACTER + T.orOr);
          break;
        case T.invalid:
          this.#push(S.invalid);
          break;
        default:
          this.#push(CHARACTER + one);
      }
    }
  }

  #push(symbol: number): void {
    if (this.length >= this.symbol.length) this.#grow();
    this.symbol[this.length++] = symbol;
  }

  #addName(symbol: number, from: number, to: number): void {
    if (this.length >= this.symbol.length) this.#grow();
    this.from[this.length] = from;
    this.to[this.length] = to;
    this.symbol[this.length++] = symbol;
    this.#barrier = this.length;
  }

  /** The symbol `back` places from the end, or 0 beyond the last name. */
  #peek(back: number): number {
    const index = this.length - back;
    return index >= this.#barrier ? this.symbol[index]! : 0;
  }

  /** Whether a value here would join those before it in a list. */
  #continuesList(): boolean {
    return this.#peek(1) === COMMA && (this.#peek(2) === S.value || this.#peek(2) === S.valueList);
  }

  #addNumber(literal: number): void {
    for (;;) {
      const sign = this.#peek(1);
      if ((sign !== MINUS && sign !== PLUS) || BEGINS_EXPRESSION[this.#peek(2)] === 0) break;
      this.length--;
    }
    this.#addValue(literal);
  }

  #addValue(literal: number): void {
    if (this.#continuesList()) {
      this.length--;
      this.symbol[this.length - 1] = S.valueList;
      this.from[this.length - 1]! |= literal;
      return;
    }
    if (this.length >= this.symbol.length) this.#grow();
    this.from[this.length] = literal;
    this.symbol[this.length++] = S.value;
  }

  #close(): void {
    const last = this.#peek(1);
    if ((last !== S.value && last !== S.valueList) || this.#peek(2) !== OPEN) return this.#push(CLOSE);
    const literals = this.from[this.length - 1]!;
    this.length -= 2;
    const row = last === S.value ? S.rowSingle : S.rowMultiple;
    const list = row + 1;
    if (this.#peek(1) === COMMA && (this.#peek(2) === row || this.#peek(2) === list)) {
      this.length--;
      this.symbol[this.length - 1] = list;
      this.from[this.length - 1]! |= literals;
      return;
    }
    if (this.#peek(1) === K.IN) this.symbol[this.length - 1] = S.inValues;
    else this.#push(row);
    this.from[this.length - 1] = literals;
  }

  /** Adds the words of a hint that follows keyword token `i`; returns the index of the next comment to look at. */
  #hints(bytes: Uint8Array, tokens: TokenBuffer, i: number, comment: number, options: SqlOptions): number {
    while (comment < tokens.commentCount && tokens.commentToken[comment]! <= i) comment++;
    if (comment >= tokens.commentCount || tokens.commentToken[comment] !== i + 1) return comment;
    if (tokens.commentKind[comment] !== C.hint) return comment;
    scanHint(bytes, tokens.commentStart[comment]! + 3, tokens.commentEnd[comment]! - 2, options, {
      symbol: (symbol) => symbol === CLOSE ? this.#close() : this.#push(symbol),
      number: () => this.#addNumber(Literal.number),
      text: () => this.#addValue(Literal.string),
      name: (symbol, from, to) => this.#addName(symbol, from, to),
    });
    return comment + 1;
  }

  #grow(): void {
    const symbol = new Uint16Array(this.symbol.length * 2);
    symbol.set(this.symbol);
    this.symbol = symbol;
    const from = new Uint32Array(symbol.length);
    from.set(this.from);
    this.from = from;
    const to = new Uint32Array(symbol.length);
    to.set(this.to);
    this.to = to;
  }
}
