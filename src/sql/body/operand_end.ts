import * as K from "../lexer/keyword_ids.ts";
import { isReserved } from "../lexer/keywords.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { T } from "../lexer/tokens.ts";

/** Reserved words that an operand may end with. */
const VALUES: ReadonlySet<number> = new Set([
  K.NULL,
  K.TRUE,
  K.FALSE,
  K.CURRENT_DATE,
  K.CURRENT_TIME,
  K.CURRENT_TIMESTAMP,
  K.CURRENT_USER,
  K.LOCALTIME,
  K.LOCALTIMESTAMP,
  K.UTC_DATE,
  K.UTC_TIME,
  K.UTC_TIMESTAMP,
  K.MAXVALUE,
  K.BINARY,
]);

/** Whether token `at` may be an expression's last, so that a word behind it is none of the expression's names. */
export function endsOperand(tokens: TokenBuffer, at: number): boolean {
  switch (tokens.kind[at]) {
    case T.keyword: {
      const word = tokens.keyword[at]!;
      return VALUES.has(word) ||
        !isReserved(word) && word !== K.ESCAPE && word !== K.SOUNDS && word !== K.MEMBER;
    }
    case T.identifier:
    case T.quotedIdentifier:
    case T.integer:
    case T.decimal:
    case T.float:
    case T.string:
    case T.nationalString:
    case T.dollarString:
    case T.hexLiteral:
    case T.bitLiteral:
    case T.placeholder:
    case T.userVariable:
    case T.systemVariable:
    case T.rightParen:
    case T.rightBrace:
      return true;
    default:
      return false;
  }
}
