import * as K from "../lexer/keyword_ids.ts";
import { KEYWORD_NAMES } from "../lexer/keywords.ts";
import { T } from "../lexer/tokens.ts";

/**
 * The alphabet of digests: keywords are symbols under their own number (that of the keyword whose text MySQL prints for
 * all that share a token), single characters and operators under {@link CHARACTER} plus their token kind, words of
 * optimizer hints from {@link HINT} on, and these.
 */
export const S = {
  /** One literal. */
  value: 1001,
  /** Literals with commas between. */
  valueList: 1002,
  /** A literal in parentheses. */
  rowSingle: 1003,
  rowSingleList: 1004,
  /** Several literals in parentheses. */
  rowMultiple: 1005,
  rowMultipleList: 1006,
  /** IN with nothing but literals. */
  inValues: 1007,
  identifier: 1010,
  /** A name with a query block's name joined to it, in a hint. */
  identifierAt: 1011,
  /** A column's number in ORDER BY or GROUP BY. */
  columnNumber: 1012,
  hintOpen: 1013,
  hintClose: 1014,
  charset: 1015,
  dollarString: 1016,
  invalid: 1017,
  withRollup: 1018,
  /** `||` that joins strings. */
  concat: 1019,
  /** NOT under HIGH_NOT_PRECEDENCE. */
  tightNot: 1020,
  /** The `=` of a hint, which is another token than that of an expression. */
  hintEqual: 1021,
} as const;

/** What kinds of literal a value or list stands for; bits. Digests do not show them. */
export const Literal = { number: 1, string: 2, null: 4, placeholder: 8, coded: 16 } as const;

/** Added to a token kind that is a character or an operator. */
export const CHARACTER = 1100;
/** The first hint word's symbol. */
export const HINT = 1300;

/** Words of optimizer hints. */
export const HINT_WORDS: readonly string[] = (
  "BKA BNL DERIVED_CONDITION_PUSHDOWN DUPSWEEDOUT FIRSTMATCH GROUP_INDEX HASH_JOIN INDEX INDEX_MERGE INTOEXISTS " +
  "JOIN_FIXED_ORDER JOIN_INDEX JOIN_ORDER JOIN_PREFIX JOIN_SUFFIX LOOSESCAN MATERIALIZATION MAX_EXECUTION_TIME " +
  "MERGE MRR NO_BKA NO_BNL NO_DERIVED_CONDITION_PUSHDOWN NO_GROUP_INDEX NO_HASH_JOIN NO_ICP NO_INDEX " +
  "NO_INDEX_MERGE NO_JOIN_INDEX NO_MERGE NO_MRR NO_ORDER_INDEX NO_RANGE_OPTIMIZATION NO_SEMIJOIN NO_SKIP_SCAN " +
  "ORDER_INDEX QB_NAME RESOURCE_GROUP SEMIJOIN SET_VAR SKIP_SCAN SUBQUERY"
).split(" ");

/** Keywords that are one token to MySQL; its text is the last one's. */
const SYNONYMS = [
  [K.CHAR, K.CHARACTER],
  [K.CURRENT_TIMESTAMP, K.LOCALTIME, K.LOCALTIMESTAMP, K.NOW],
  [K.CURRENT_DATE, K.CURDATE],
  [K.CURRENT_TIME, K.CURTIME],
  [K.DATABASE, K.SCHEMA],
  [K.DATABASES, K.SCHEMAS],
  [K.DEC, K.DECIMAL],
  [K.DISTINCT, K.DISTINCTROW],
  [K.DESCRIBE, K.EXPLAIN],
  [K.COLUMNS, K.FIELDS],
  [K.FLOAT, K.FLOAT4],
  [K.DOUBLE, K.FLOAT8],
  [K.GEOMCOLLECTION, K.GEOMETRYCOLLECTION],
  [K.INT, K.INT4, K.INTEGER],
  [K.INT1, K.TINYINT],
  [K.INT2, K.SMALLINT],
  [K.INT3, K.MEDIUMINT, K.MIDDLEINT],
  [K.BIGINT, K.INT8],
  [K.IO_THREAD, K.RELAY_THREAD],
  [K.NDB, K.NDBCLUSTER],
  [K.REGEXP, K.RLIKE],
  [K.ANY, K.SOME],
  [K.SECOND, K.SQL_TSI_SECOND],
  [K.MINUTE, K.SQL_TSI_MINUTE],
  [K.HOUR, K.SQL_TSI_HOUR],
  [K.DAY, K.SQL_TSI_DAY],
  [K.SQL_TSI_WEEK, K.WEEK],
  [K.MONTH, K.SQL_TSI_MONTH],
  [K.QUARTER, K.SQL_TSI_QUARTER],
  [K.SQL_TSI_YEAR, K.YEAR],
  [K.VARCHAR, K.VARCHARACTER],
  [K.USER, K.SESSION_USER, K.SYSTEM_USER],
  [K.MID, K.SUBSTR, K.SUBSTRING],
  [K.STD, K.STDDEV, K.STDDEV_POP],
  [K.VARIANCE, K.VAR_POP],
];

/** The symbol of each keyword. */
export const KEYWORD_SYMBOL = new Uint16Array(KEYWORD_NAMES.length);
for (let number = 0; number < KEYWORD_SYMBOL.length; number++) KEYWORD_SYMBOL[number] = number;
for (const group of SYNONYMS) {
  for (const number of group) KEYWORD_SYMBOL[number] = group.at(-1)!;
}

/** How a symbol is printed; empty for those that print a name or a number. */
export const SYMBOL_TEXT: readonly string[] = symbolTexts();

/** 1 for the symbols after which + or - is a sign, as MySQL has them. */
export const BEGINS_EXPRESSION = new Uint8Array(SYMBOL_TEXT.length);
for (
  const number of [
    K.EVERY,
    K.AT,
    K.STARTS,
    K.ENDS,
    K.DEFAULT,
    K.RETURN,
    K.IF,
    K.ELSEIF,
    K.CASE,
    K.WHEN,
    K.WHILE,
    K.UNTIL,
    K.SELECT,
    K.OR,
    K.XOR,
    K.AND,
    K.NOT,
    K.BETWEEN,
    K.LIKE,
    K.RLIKE,
    K.INTERVAL,
    K.DIV,
    K.MOD,
    K.THEN,
    K.ELSE,
  ]
) BEGINS_EXPRESSION[number] = 1;
for (
  const kind of [
    T.leftParen,
    T.comma,
    T.andAnd,
    T.orOr,
    T.bar,
    T.ampersand,
    T.shiftLeft,
    T.shiftRight,
    T.plus,
    T.minus,
    T.star,
    T.slash,
    T.percent,
    T.caret,
    T.equal,
    T.less,
    T.greater,
    T.lessOrEqual,
    T.greaterOrEqual,
    T.notEqual,
    T.nullSafeEqual,
  ]
) BEGINS_EXPRESSION[CHARACTER + kind] = 1;

function symbolTexts(): string[] {
  const texts: string[] = KEYWORD_NAMES.slice();
  texts[S.value] = "?";
  texts[S.valueList] = "?, ...";
  texts[S.rowSingle] = "(?)";
  texts[S.rowSingleList] = "(?) /* , ... */";
  texts[S.rowMultiple] = "(...)";
  texts[S.rowMultipleList] = "(...) /* , ... */";
  texts[S.inValues] = "IN (...)";
  texts[S.hintOpen] = "/*+";
  texts[S.hintClose] = "*/";
  texts[S.charset] = "(_charset)";
  texts[S.dollarString] = "(unknown)";
  texts[S.invalid] = "(unknown)";
  texts[S.withRollup] = "WITH ROLLUP";
  texts[S.concat] = "||";
  texts[S.tightNot] = "!";
  texts[S.hintEqual] = "=";
  for (let code = 33; code < 127; code++) texts[CHARACTER + code] = String.fromCharCode(code);
  texts[CHARACTER + 64] = "@";
  texts[CHARACTER + T.assign] = ":=";
  texts[CHARACTER + T.nullSafeEqual] = "<=>";
  texts[CHARACTER + T.lessOrEqual] = "<=";
  texts[CHARACTER + T.greaterOrEqual] = ">=";
  texts[CHARACTER + T.notEqual] = "!=";
  texts[CHARACTER + T.shiftLeft] = "<<";
  texts[CHARACTER + T.shiftRight] = ">>";
  texts[CHARACTER + T.andAnd] = "&&";
  texts[CHARACTER + T.orOr] = "||";
  texts[CHARACTER + T.arrow] = "->";
  texts[CHARACTER + T.doubleArrow] = "->>";
  HINT_WORDS.forEach((word, index) => texts[HINT + index] = word);
  return texts;
}
