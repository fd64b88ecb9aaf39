/** The grammar of stored programs' bodies, followed token by token: where a body ends, and which statements it runs. */

import * as K from "../lexer/keyword_ids.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { T } from "../lexer/tokens.ts";
import { endsOperand } from "./operand_end.ts";

/** Takes what a body is made of, as ranges of tokens, in order. */
export interface BodySink {
  /** A statement that is no control: tokens `from` up to but not including `to`. */
  readonly statement: (from: number, to: number) => void;
  /** What IF, CASE, WHILE, UNTIL, RETURN and DEFAULT evaluate. */
  readonly expression: (from: number, to: number) => void;
}

const NO_SINK: BodySink = { statement: () => {}, expression: () => {} };

/** What the reader waits for. */
const Wait = {
  /** The beginning of a statement, or what ends the block it is in. */
  statement: 0,
  /** The semicolon of a statement that is no control. */
  simple: 1,
  /** The word that ends an expression: THEN, DO, WHEN, END. */
  expression: 2,
  /** The semicolon of a declaration, RETURN and the like, whose expression begins at `from`. */
  rest: 3,
  /** The semicolon behind END, END IF, a label. */
  closing: 4,
  /** Nothing: the body has ended. */
  nothing: 5,
} as const;
type Wait = typeof Wait[keyof typeof Wait];

/** The word that ends the expression each of these begins. */
const EXPRESSION_END: ReadonlyMap<number, number> = new Map([
  [K.IF, K.THEN],
  [K.ELSEIF, K.THEN],
  [K.WHEN, K.THEN],
  [K.CASE, K.WHEN],
  [K.WHILE, K.DO],
  [K.FOR, K.DO],
  [K.UNTIL, K.END],
]);

/**
 * Follows one body. It may be fed as the text is read: {@link read} goes on where it stopped, and looks no further than
 * the tokens there are, of which the last is a semicolon or the text's last.
 */
export class BodyReader {
  /** The index of the first token that does not belong where it stands; -1 while all do. */
  failedAt = -1;

  #wait: Wait = Wait.statement;
  /** The words that began the open blocks, the innermost last. */
  readonly #blocks: number[] = [];
  /** Where what is waited for began. */
  #from = 0;
  /** What began the expression that is being passed. */
  #expression = 0;
  #parens = 0;
  #cases = 0;
  #at: number;
  /** Tokens from here on have not been read yet. */
  #to = 0;
  readonly #sink: BodySink;

  /** @param at The index of the body's first token. */
  constructor(at: number, sink: BodySink = NO_SINK) {
    this.#at = at;
    this.#sink = sink;
  }

  /** Whether the semicolon read last lies within the body, or the body has not ended. */
  get isOpen(): boolean {
    return this.#blocks.length > 0;
  }

  /** Reads tokens up to, not including, `to`. */
  read(tokens: TokenBuffer, to: number): void {
    this.#to = to;
    while (this.#at < to && this.failedAt < 0) this.#step(tokens);
  }

  /** Takes it that the text ends after token `to - 1`; false where the body does not. */
  finish(tokens: TokenBuffer, to: number): boolean {
    this.read(tokens, to);
    if (this.failedAt >= 0) return false;
    if (this.#wait === Wait.simple || this.#wait === Wait.rest || this.#wait === Wait.closing) {
      this.#end(to);
    }
    if (this.#blocks.length === 0 && this.#wait === Wait.nothing) return true;
    this.failedAt = Math.max(0, to - 1);
    return false;
  }

  #step(tokens: TokenBuffer): void {
    const at = this.#at;
    const kind = tokens.kind[at]!;
    switch (this.#wait) {
      case Wait.statement:
        this.#begin(tokens);
        break;
      case Wait.simple:
      case Wait.rest:
        if (kind === T.semicolon) this.#end(at);
        this.#at++;
        break;
      case Wait.closing:
        // A label may follow END, END LOOP and so on.
        if (kind === T.semicolon) this.#end(at);
        else if (at > this.#from || !isLabel(tokens, at)) this.failedAt = at;
        this.#at++;
        break;
      case Wait.expression:
        this.#passExpression(tokens);
        break;
      case Wait.nothing:
        if (kind !== T.semicolon) this.failedAt = at;
        this.#at++;
        break;
    }
  }

  /** A statement begins, or a block goes on or ends. */
  #begin(tokens: TokenBuffer): void {
    const { kind, keyword } = tokens;
    const at = this.#at;
    if (kind[at + 1] === T.colon && at + 1 < this.#to && isLabel(tokens, at)) {
      this.#at += 2;
      return;
    }
    const word = keyword[at]!;
    const block = this.#blocks[this.#blocks.length - 1];
    switch (word) {
      case K.BEGIN:
        this.#blocks.push(word);
        // BEGIN NOT ATOMIC
        this.#at += this.#word(tokens, at + 1) === K.NOT ? 3 : 1;
        return;
      case K.LOOP:
      case K.REPEAT:
        this.#blocks.push(word);
        this.#at++;
        return;
      case K.IF:
      case K.WHILE:
      case K.FOR:
      case K.CASE:
        this.#blocks.push(word);
        return this.#startExpression(word);
      case K.ELSEIF:
        if (block !== K.IF) break;
        return this.#startExpression(word);
      case K.WHEN:
        if (block !== K.CASE) break;
        return this.#startExpression(word);
      case K.ELSE:
        if (block !== K.IF && block !== K.CASE) break;
        this.#at++;
        return;
      case K.UNTIL:
        if (block !== K.REPEAT) break;
        return this.#startExpression(word);
      case K.END:
        return this.#close(tokens, at, block);
      case K.DECLARE:
        return this.#declare(tokens);
      case K.RETURN:
        this.#wait = Wait.rest;
        this.#from = ++this.#at;
        return;
      case K.LEAVE:
      case K.ITERATE:
      case K.OPEN:
      case K.CLOSE:
      case K.FETCH:
        // MariaDB's cursors have arguments: OPEN c(expressions).
        this.#wait = Wait.rest;
        this.#from = word === K.OPEN ? at + 1 : -1;
        this.#at++;
        return;
    }
    if (kind[at] === T.semicolon || CONTINUATIONS.has(word)) {
      this.failedAt = at;
      return;
    }
    this.#wait = Wait.simple;
    this.#from = at;
  }

  /** The keyword of a token that has been read; 0 beyond those. */
  #word(tokens: TokenBuffer, at: number): number {
    return at < this.#to ? tokens.keyword[at]! : 0;
  }

  #startExpression(word: number): void {
    this.#expression = word;
    this.#wait = Wait.expression;
    this.#from = ++this.#at;
    this.#parens = this.#cases = 0;
  }

  #passExpression(tokens: TokenBuffer): void {
    const { kind, keyword } = tokens;
    const at = this.#at;
    const word = keyword[at]!;
    if (kind[at] === T.semicolon) {
      this.failedAt = at;
      return;
    }
    this.#at++;
    if (kind[at] === T.leftParen) this.#parens++;
    else if (kind[at] === T.rightParen) this.#parens--;
    if (word === 0) return;
    const operand = at > this.#from && endsOperand(tokens, at - 1);
    if (this.#cases > 0) {
      if (word === K.CASE) this.#cases++;
      else if (word === K.END && operand) this.#cases--;
      return;
    }
    if (this.#parens === 0 && word === EXPRESSION_END.get(this.#expression) && (operand || word === K.WHEN)) {
      if (at > this.#from) this.#sink.expression(this.#from, at);
      this.#wait = Wait.statement;
      if (word === K.WHEN) this.#at = at;
      if (word === K.END) this.#close(tokens, at, K.REPEAT);
      return;
    }
    if (word === K.CASE) this.#cases++;
  }

  /** END is at `at`: of the block that began with that word. */
  #close(tokens: TokenBuffer, at: number, block: number | undefined): void {
    const named = block === K.BEGIN ? 0 : block === K.FOR ? K.FOR : block;
    if (block === undefined || named !== 0 && this.#word(tokens, at + 1) !== named) {
      this.failedAt = at;
      return;
    }
    this.#blocks.pop();
    this.#at = at + (named === 0 ? 1 : 2);
    this.#wait = Wait.closing;
    this.#from = this.#at;
  }

  /** What was waited for ends before token `to`. */
  #end(to: number): void {
    if (this.#wait === Wait.simple) {
      if (to > this.#from) this.#sink.statement(this.#from, to);
    } else if (this.#wait === Wait.rest && this.#from >= 0 && to > this.#from) {
      this.#sink.expression(this.#from, to);
    }
    this.#wait = this.#blocks.length === 0 ? Wait.nothing : Wait.statement;
  }

  #declare(tokens: TokenBuffer): void {
    const { kind, keyword } = tokens;
    const at = this.#at;
    const to = this.#to;
    const word = this.#word(tokens, at + 1);
    if (
      (word === K.CONTINUE || word === K.EXIT || word === K.UNDO) && this.#word(tokens, at + 2) === K.HANDLER
    ) {
      const statement = handlerStatement(tokens, at + 3, to);
      if (statement < 0) this.failedAt = at;
      else this.#at = statement;
      return;
    }
    // A cursor's query, a variable's default; conditions have neither.
    let rest = -1;
    for (let i = at + 1; i < to && kind[i] !== T.semicolon; i++) {
      if (keyword[i] === K.CURSOR && i === at + 2) {
        while (i < to && kind[i] !== T.semicolon && keyword[i] !== K.FOR) i++;
        this.#wait = Wait.simple;
        this.#from = this.#at = i + 1;
        return;
      }
      if (keyword[i] === K.DEFAULT && rest < 0) rest = i + 1;
    }
    this.#wait = Wait.rest;
    this.#from = rest;
    this.#at++;
  }
}

/** Words that begin no statement of their own. */
const CONTINUATIONS: ReadonlySet<number> = new Set([K.THEN, K.ELSE, K.ELSEIF, K.WHEN, K.UNTIL]);

/** Whether a token may be a label. */
function isLabel(tokens: TokenBuffer, at: number): boolean {
  const kind = tokens.kind[at]!;
  return kind === T.identifier || kind === T.quotedIdentifier || kind === T.keyword;
}

/**
 * Where the statement begins of a handler whose FOR is at `from`: behind conditions with commas between, each SQLSTATE
 * [VALUE] 'text', a number, SQLWARNING, NOT FOUND, SQLEXCEPTION or any name. -1 where that does not stand there.
 */
function handlerStatement(tokens: TokenBuffer, from: number, to: number): number {
  const { kind, keyword } = tokens;
  if (keyword[from] !== K.FOR) return -1;
  let at = from + 1;
  for (; at < to; at++) {
    if (keyword[at] === K.SQLSTATE) {
      at += keyword[at + 1] === K.VALUE ? 2 : 1;
      if (kind[at] !== T.string) return -1;
    } else if (keyword[at] === K.NOT) {
      if (keyword[++at] !== K.FOUND) return -1;
    } else if (kind[at] !== T.integer && !isLabel(tokens, at)) return -1;
    if (kind[at + 1] !== T.comma || at + 1 >= to) return at + 1;
    at++;
  }
  return -1;
}
