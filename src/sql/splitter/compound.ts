import * as K from "../lexer/keyword_ids.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { T } from "../lexer/tokens.ts";

/** What a statement's first tokens have shown it to be. */
const Shape = { unknown: 0, plain: 1, program: 2 } as const;

/**
 * Follows one statement's tokens to know whether a semicolon lies within a stored program's body, where it ends no
 * statement: in BEGIN, IF, CASE, LOOP, REPEAT or WHILE of CREATE PROCEDURE, FUNCTION, TRIGGER or EVENT.
 */
export class CompoundTracker {
  #shape: number = Shape.unknown;
  #depth = 0;
  #next = 0;

  /** Begins a new statement, whose tokens will start at 0. */
  reset(): void {
    this.#shape = Shape.unknown;
    this.#depth = 0;
    this.#next = 0;
  }

  /** Looks at the tokens that were added; whether the semicolon that is the last of them is within a body. */
  isInside(tokens: TokenBuffer): boolean {
    if (this.#shape === Shape.unknown) this.#shape = shapeOf(tokens);
    if (this.#shape !== Shape.program) return false;
    for (let i = this.#next; i < tokens.length; i++) {
      if (tokens.kind[i] === T.keyword) this.#keyword(tokens, i);
    }
    this.#next = tokens.length;
    return this.#depth > 0;
  }

  #keyword(tokens: TokenBuffer, i: number): void {
    switch (tokens.keyword[i]) {
      case K.BEGIN:
        if (this.#beginsStatement(tokens, i)) this.#depth++;
        break;
      case K.CASE:
        if (!afterEnd(tokens, i)) this.#depth++;
        break;
      case K.IF:
      case K.LOOP:
      case K.REPEAT:
      case K.WHILE:
        if (!afterEnd(tokens, i) && this.#beginsStatement(tokens, i)) this.#depth++;
        break;
      case K.END:
        if (this.#depth > 0) this.#depth--;
        break;
    }
  }

  /** Whether token `i` stands where a statement begins within the body, or where the body itself begins. */
  #beginsStatement(tokens: TokenBuffer, i: number): boolean {
    if (i === 0) return true;
    const { kind, keyword } = tokens;
    const before = kind[i - 1]!;
    if (before === T.semicolon || before === T.colon) return true;
    const word = keyword[i - 1]!;
    switch (word) {
      case K.THEN:
      case K.ELSE:
      case K.BEGIN:
      case K.DO:
      case K.LOOP:
      case K.REPEAT:
        return true;
    }
    if (this.#depth > 0) return word === K.FOR || (before === T.keyword && isHandlerCondition(word));
    // The body of a program follows its header: parameters, characteristics, FOR EACH ROW, FOLLOWS a trigger.
    if (keyword[i] === K.IF && keyword[i + 1] === K.NOT && keyword[i + 2] === K.EXISTS) return false;
    return word !== K.RETURN && before !== T.comma && before !== T.leftParen && before !== T.equal &&
      before !== T.dot;
  }
}

/** DECLARE ... HANDLER FOR a condition is followed by a statement without anything between. */
function isHandlerCondition(word: number): boolean {
  return word === K.SQLEXCEPTION || word === K.SQLWARNING || word === K.FOUND;
}

function afterEnd(tokens: TokenBuffer, i: number): boolean {
  return i > 0 && tokens.keyword[i - 1] === K.END;
}

/** How many tokens may stand between CREATE and the kind of object: OR REPLACE, AGGREGATE, DEFINER = a@b. */
const HEADER_TOKENS = 24;

function shapeOf(tokens: TokenBuffer): number {
  const { keyword, length } = tokens;
  const first = keyword[0];
  if (first === K.BEGIN && keyword[1] === K.NOT) return Shape.program;
  if (first !== K.CREATE && first !== K.ALTER) return Shape.plain;
  for (let i = 1; i < length && i < HEADER_TOKENS; i++) {
    switch (keyword[i]) {
      case K.PROCEDURE:
      case K.FUNCTION:
      case K.TRIGGER:
      case K.EVENT:
        return Shape.program;
      case K.TABLE:
      case K.VIEW:
      case K.INDEX:
      case K.DATABASE:
      case K.SCHEMA:
      case K.USER:
      case K.ROLE:
      case K.SERVER:
        return Shape.plain;
    }
  }
  return Shape.plain;
}
