/**
 * The token model. A text's tokens lie in parallel arrays that are reused from text to text (see token_buffer.ts).
 *
 * A token of one ASCII character has that character's code as its kind: `(` is 40. Everything else is named here.
 */

/** Token kinds. */
export const T = {
  /** Not a token: what reading past the end gives. */
  end: 0,
  /** A name without quotes that is no keyword, or any name after a dot. */
  identifier: 1,
  /** `` `name` ``, and `"name"` under ANSI_QUOTES; start and end include the quotes. */
  quotedIdentifier: 2,
  /** A keyword; its number is in the `keyword` array. */
  keyword: 3,
  /** '...' or "..."; start and end include the quotes. */
  string: 4,
  /** N'...' */
  nationalString: 5,
  /** x'4D' or 0x4D */
  hexLiteral: 6,
  /** b'01' or 0b01 */
  bitLiteral: 7,
  /** Digits only. */
  integer: 8,
  /** Digits with a point. */
  decimal: 9,
  /** A number with an exponent. */
  float: 10,
  /** _utf8mb4 and its like, where the name is a character set's. */
  charsetIntroducer: 11,
  /** `@name`, `@'name'`, `` @`name` ``, and the host part of an account; `@` alone where nothing follows. */
  userVariable: 12,
  /** The `@@` before a system variable's name; the name's parts are tokens of their own. */
  systemVariable: 13,
  /** `?`, or `:name` where the options allow it. */
  placeholder: 14,
  /** $$...$$ or $tag$...$tag$ (MySQL 9). */
  dollarString: 15,
  /** What MySQL's lexer refuses: an unterminated quote, a stray byte, `=!`. */
  invalid: 16,

  percent: 37,
  ampersand: 38,
  leftParen: 40,
  rightParen: 41,
  star: 42,
  plus: 43,
  comma: 44,
  minus: 45,
  dot: 46,
  slash: 47,
  colon: 58,
  semicolon: 59,
  less: 60,
  equal: 61,
  greater: 62,
  exclamation: 33,
  leftBracket: 91,
  rightBracket: 93,
  caret: 94,
  leftBrace: 123,
  bar: 124,
  rightBrace: 125,
  tilde: 126,

  /** `:=` */
  assign: 128,
  /** `<=>` */
  nullSafeEqual: 129,
  /** `<=` */
  lessOrEqual: 130,
  /** `>=` */
  greaterOrEqual: 131,
  /** `<>` or `!=` */
  notEqual: 132,
  /** `<<` */
  shiftLeft: 133,
  /** `>>` */
  shiftRight: 134,
  /** `&&` */
  andAnd: 135,
  /** `||`: OR, or concatenation under PIPES_AS_CONCAT. */
  orOr: 136,
  /** `->` */
  arrow: 137,
  /** `->>` */
  doubleArrow: 138,
} as const;

/** Bits of a token's `flags`. */
export const F = {
  /** Lies in an executable comment whose version says that it is code. */
  inExecutableComment: 1,
  /** White space or a comment stands before it. */
  spaceBefore: 2,
  /** A string or quoted name whose value differs from its text: an escape or a doubled quote. */
  escaped: 4,
  /** Runs to the end of the text because its closing quote is missing. */
  unterminated: 8,
  /** A number such as `1.e` that MySQL drops without a word stood before it; the token's start is its own. */
  droppedNumber: 16,
  /** Has bytes beyond ASCII. */
  nonAscii: 32,
  /** In double quotes. */
  doubleQuoted: 64,
} as const;

/** Kinds of the entries in the comment list. */
export const C = {
  /** `-- ` or `#` to the end of the line. */
  line: 1,
  /** A comment between slash-star and star-slash. */
  block: 2,
  /** An optimizer hint where MySQL reads one: after SELECT, INSERT, REPLACE, UPDATE, DELETE. */
  hint: 3,
  /** The form of an optimizer hint where MySQL takes it for a plain comment. */
  strayHint: 4,
  /** A Vitess directive, slash-star `vt+`. */
  directive: 5,
  /** An executable comment that is code here; covers it from slash-star to star-slash. */
  executable: 6,
  /** An executable comment for a newer or other server: text here, code elsewhere. */
  skipped: 7,
} as const;

/** What a lexer met that is not in order; bits of `TokenBuffer.oddities`, and kinds in its list. */
export const Oddity = {
  unterminatedString: 1,
  unterminatedIdentifier: 2,
  unterminatedComment: 4,
  /** A NUL byte outside of strings. */
  nulByte: 8,
  /** A byte that begins no character of the connection's character set, outside of strings. */
  invalidByte: 16,
  /** A character that reorders text on a screen (U+202A to U+202E, U+2066 to U+2069, U+200E, U+200F), anywhere. */
  bidiCharacter: 32,
  /** U+200B to U+200D, U+2060, U+FEFF, anywhere but a byte order mark at the start. */
  zeroWidthCharacter: 64,
  /** More `(` than `)`, or the other way round. */
  unbalancedParens: 128,
  /** A number such as `1.e` that MySQL drops. */
  droppedNumber: 256,
  /** A character or pair of characters that begins no token. */
  strayCharacter: 512,
  /** x'4' or b'2' */
  malformedLiteral: 1024,
  /** More tokens than are kept; the rest were read but not stored. */
  tooManyTokens: 2048,
  /** A comment within a comment. */
  nestedComment: 4096,
  /** U+00A0, U+3000 and their like: look like spaces, are part of a name. */
  spaceLookalike: 8192,
} as const;
