import * as K from "../lexer/keyword_ids.ts";
import type { TokenBuffer } from "../lexer/token_buffer.ts";
import { T } from "../lexer/tokens.ts";

/** Keywords after which an expression begins, so that a NULL there is a value. */
const BEFORE_EXPRESSION = new Set<number>([
  K.SELECT,
  K.ALL,
  K.DISTINCT,
  K.DISTINCTROW,
  K.HIGH_PRIORITY,
  K.STRAIGHT_JOIN,
  K.SQL_BIG_RESULT,
  K.SQL_BUFFER_RESULT,
  K.SQL_CALC_FOUND_ROWS,
  K.SQL_NO_CACHE,
  K.SQL_SMALL_RESULT,
  K.WHERE,
  K.HAVING,
  K.QUALIFY,
  K.ON,
  K.BY,
  K.AND,
  K.OR,
  K.XOR,
  K.NOT,
  K.LIKE,
  K.REGEXP,
  K.RLIKE,
  K.BETWEEN,
  K.DIV,
  K.MOD,
  K.CASE,
  K.WHEN,
  K.THEN,
  K.ELSE,
  K.ELSEIF,
  K.IF,
  K.WHILE,
  K.UNTIL,
  K.RETURN,
  K.DO,
  K.DEFAULT,
  K.INTERVAL,
  K.ESCAPE,
  K.FROM,
  K.FOR,
  K.BOTH,
  K.LEADING,
  K.TRAILING,
  K.EVERY,
  K.AT,
  K.STARTS,
  K.ENDS,
  K.COLLATE,
  K.BINARY,
  K.RETURNING,
]);

/** Keywords that continue an expression rather than end it. */
const CONTINUES_EXPRESSION = new Set<number>([
  K.AND,
  K.OR,
  K.XOR,
  K.IS,
  K.NOT,
  K.IN,
  K.LIKE,
  K.REGEXP,
  K.RLIKE,
  K.BETWEEN,
  K.DIV,
  K.MOD,
  K.COLLATE,
  K.MEMBER,
  K.SOUNDS,
]);

/**
 * Whether the NULL at token `i` is a literal, which a digest shows as `?`, rather than part of IS NULL, a column's NOT
 * NULL, SET NULL or NULL ON EMPTY. MySQL's parser knows; here the token before tells.
 */
export function isNullValue(tokens: TokenBuffer, i: number, first: number): boolean {
  if (tokens.kind[i - 1] === T.equal && tokens.keyword[i - 2] === K.PRIVILEGE_CHECKS_USER) return false;
  return beginsExpression(tokens, i - 1, first);
}

function beginsExpression(tokens: TokenBuffer, before: number, first: number): boolean {
  if (before < first) return false;
  const kind = tokens.kind[before]!;
  if (kind !== T.keyword) {
    return kind > 32 && kind !== T.rightParen && kind !== T.dot && kind !== T.rightBrace &&
      kind !== T.rightBracket;
  }
  const word = tokens.keyword[before]!;
  if (!BEFORE_EXPRESSION.has(word)) return false;
  const earlier = before > first ? tokens.keyword[before - 1]! : 0;
  switch (word) {
    case K.NOT:
    case K.BINARY:
      return beginsExpression(tokens, before - 1, first);
    case K.ON:
      return earlier !== K.NULL && earlier !== K.ABSENT;
    case K.DEFAULT:
      return earlier !== K.COLUMN_FORMAT && earlier !== K.STORAGE;
    default:
      return true;
  }
}

/**
 * The number of a column, where token `i` is all of an item in ORDER BY, GROUP BY or PARTITION BY: a digest keeps it.
 * 0 elsewhere, and for a number that is none of a column.
 */
export function columnNumberAt(
  bytes: Uint8Array,
  tokens: TokenBuffer,
  i: number,
  first: number,
  last: number,
): number {
  if (i === first) return 0;
  const { kind, keyword } = tokens;
  const before = kind[i - 1]!;
  const by = before === T.keyword && keyword[i - 1] === K.BY;
  if (!by && before !== T.comma && before !== T.leftParen) return 0;
  if (i + 1 < last) {
    const after = kind[i + 1]!;
    if (after === T.keyword) {
      if (CONTINUES_EXPRESSION.has(keyword[i + 1]!)) return 0;
    } else if (after !== T.comma && after !== T.rightParen && after !== T.semicolon) return 0;
  }
  if (!by && !inByList(tokens, i - 1, first)) return 0;
  let value = 0;
  for (let p = tokens.start[i]!; p < tokens.end[i]!; p++) {
    value = value * 10 + bytes[p]! - 0x30;
    if (value > 0xffffffff) return 0;
  }
  return value;
}

/** How far back an item's list is looked for: a list of columns is short, a list of values is not. */
const LOOK_BACK = 256;

/** Whether the comma or parenthesis at token `at` belongs to a list after BY. */
function inByList(tokens: TokenBuffer, at: number, first: number): boolean {
  const { kind, keyword } = tokens;
  if (kind[at] === T.leftParen) {
    const word = at > first ? keyword[at - 1] : 0;
    return (word === K.ROLLUP || word === K.CUBE) && at - 2 >= first && keyword[at - 2] === K.BY;
  }
  let depth = 0;
  const limit = Math.max(first, at - LOOK_BACK);
  for (let i = at - 1; i >= limit; i--) {
    const one = kind[i]!;
    if (one === T.rightParen) depth++;
    else if (one === T.leftParen) {
      if (depth === 0) return inByList(tokens, i, first);
      depth--;
    } else if (depth === 0 && one === T.keyword) {
      const word = keyword[i]!;
      if (word === K.BY) return true;
      if (word === K.SELECT || word === K.VALUES || word === K.LIMIT || word === K.SET || word === K.IN) {
        return false;
      }
    } else if (one === T.semicolon) return false;
  }
  return false;
}
