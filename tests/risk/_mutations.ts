/** Ways to write a statement otherwise without changing what it does: a rule's examples have to fire under each. */

import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { isReserved } from "../../src/sql/lexer/keywords.ts";
import { F, T } from "../../src/sql/lexer/tokens.ts";

/** One way. Gives undefined where the text offers nothing to change. */
export interface Mutation {
  readonly name: string;
  readonly apply: (sql: string) => string | undefined;
}

interface Token {
  readonly kind: number;
  readonly keyword: number;
  readonly text: string;
  /** What stands between the token before and this one. */
  readonly before: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The mutations. */
export const MUTATIONS: readonly Mutation[] = [
  { name: "comments", apply: (sql) => rejoin(sql, (token) => glue(token, " /* c */ ")) },
  { name: "line-comments", apply: (sql) => rejoin(sql, (token) => glue(token, " -- DROP TABLE x\n")) },
  { name: "white-space", apply: (sql) => rejoin(sql, (token) => glue(token, "\t\r\n \v")) },
  { name: "lower-case", apply: (sql) => rejoin(sql, (token) => token.before + lower(token)) },
  { name: "upper-case", apply: (sql) => rejoin(sql, (token) => token.before + upper(token)) },
  { name: "backquotes", apply: (sql) => rejoin(sql, (token, next) => token.before + quoted(token, next)) },
  { name: "versioned-comment", apply: (sql) => wrapped(sql, "/*!50000 ", " */") },
  { name: "unversioned-comment", apply: (sql) => wrapped(sql, "/*! ", " */") },
  { name: "trailing-semicolon", apply: (sql) => (/;\s*$|--|#/.test(sql) ? undefined : `${sql} ;`) },
  { name: "leading-comment", apply: (sql) => `-- why\n/* more */ # and\n${sql}` },
];

/** Mutations of queries and changes, by shape. */
export const SHAPES: readonly Mutation[] = [
  {
    name: "cte-before",
    apply: (sql) =>
      /^(SELECT|UPDATE|DELETE)\b/i.test(sql) && !sql.includes(";")
        ? `WITH unused AS (SELECT 1 AS one) ${sql}`
        : undefined,
  },
  {
    name: "parentheses",
    apply: (sql) => /^SELECT\b/i.test(sql) && !/;|--|#/.test(sql) ? `(${sql})` : undefined,
  },
];

function rejoin(sql: string, write: (token: Token, next: Token | undefined) => string): string | undefined {
  const tokens = tokensOf(sql);
  if (tokens === undefined) return undefined;
  const text = tokens.map((token, index) => write(token, tokens[index + 1])).join("");
  return text === sql ? undefined : text;
}

/** The tokens of a text; undefined where it has comments or oddities, which such changes would disturb. */
function tokensOf(sql: string): Token[] | undefined {
  const bytes = encoder.encode(sql);
  const buffer = tokenize(bytes, { ...DEFAULT_SQL_OPTIONS, namedPlaceholders: false });
  if (buffer.oddities !== 0 || buffer.commentCount > 0 || /\bDELIMITER\b/i.test(sql)) return undefined;
  const tokens: Token[] = [];
  let at = 0;
  for (let index = 0; index < buffer.length; index++) {
    const start = buffer.start[index] ?? 0;
    const end = buffer.end[index] ?? 0;
    if (((buffer.flags[index] ?? 0) & F.droppedNumber) !== 0) return undefined;
    tokens.push({
      kind: buffer.kind[index] ?? 0,
      keyword: buffer.keyword[index] ?? 0,
      text: decoder.decode(bytes.subarray(start, end)),
      before: decoder.decode(bytes.subarray(at, start)),
    });
    at = end;
  }
  return tokens;
}

/** Puts text where white space stood. */
function glue(token: Token, text: string): string {
  return (token.before === "" ? "" : text) + token.text;
}

function lower(token: Token): string {
  return token.kind === T.keyword ? token.text.toLowerCase() : token.text;
}

function upper(token: Token): string {
  return token.kind === T.keyword || isFunction(token) ? token.text.toUpperCase() : token.text;
}

function isFunction(token: Token): boolean {
  return token.kind === T.identifier && token.text.length > 5;
}

/** Plain names in backquotes; a name before a parenthesis may be a function's. */
function quoted(token: Token, next: Token | undefined): string {
  const plain = token.kind === T.identifier && /^[\w$]+$/.test(token.text) && next?.text !== "(";
  return plain && !isReserved(token.keyword) ? `\`${token.text}\`` : token.text;
}

function wrapped(sql: string, open: string, close: string): string | undefined {
  if (/;|\/\*|--|#/.test(sql) || /['"`]/.test(sql)) return undefined;
  return open + sql + close;
}
