import { programBodyAt } from "../analyser/program_body.ts";
import { BodyReader } from "../body/body_reader.ts";
import * as K from "../lexer/keyword_ids.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { T } from "../lexer/tokens.ts";
import type { SqlOptions } from "../options.ts";

/** What a statement's first tokens have shown it to be. */
const Shape = { unknown: 0, plain: 1, program: 2 } as const;

/**
 * Follows one statement's tokens to know whether a semicolon lies within a stored program's body, where it ends no
 * statement: that of CREATE PROCEDURE, FUNCTION, TRIGGER or EVENT, or a compound statement that is run directly.
 */
export class CompoundTracker {
  #shape: number = Shape.unknown;
  #body: BodyReader | undefined;

  /** Begins a new statement, whose tokens will start at 0. */
  reset(): void {
    this.#shape = Shape.unknown;
    this.#body = undefined;
  }

  /** Looks at the tokens that were added; whether the semicolon that is the last of them is within a body. */
  isInside(bytes: Uint8Array, tokens: TokenBuffer, options: SqlOptions): boolean {
    if (this.#shape === Shape.unknown) {
      this.#shape = shapeOf(tokens);
      const at = this.#shape === Shape.program ? programBodyAt(bytes, tokens, options) : -1;
      if (at >= 0) this.#body = new BodyReader(at);
    }
    if (this.#body === undefined) return false;
    this.#body.read(tokens, tokens.length);
    // What is not understood is the server's to split: all of it is one statement, which is refused. A file goes on.
    return this.#body.failedAt < 0 ? this.#body.isOpen : !options.clientFile;
  }
}

/** How many tokens may stand between CREATE and the kind of object: OR REPLACE, AGGREGATE, DEFINER = a@b. */
const HEADER_TOKENS = 24;

function shapeOf({ keyword, kind, length }: TokenBuffer): number {
  // A label: `name: LOOP`
  if (length > 1 && kind[1] === T.colon) return Shape.program;
  switch (keyword[0]) {
    case K.CREATE:
    case K.ALTER:
      break;
    // MariaDB's compound statements. What begins so on other servers is an error whatever follows.
    case K.BEGIN:
      return length > 1 && kind[1] !== T.semicolon && keyword[1] !== K.WORK ? Shape.program : Shape.plain;
    case K.IF:
    case K.CASE:
    case K.LOOP:
    case K.REPEAT:
    case K.WHILE:
    case K.FOR:
      return Shape.program;
    default:
      return Shape.plain;
  }
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
