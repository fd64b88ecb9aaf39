import { createHash } from "node:crypto";
import { SYMBOL_NUMBER } from "./numbers.ts";
import { DigestReducer } from "./reducer.ts";
import { S } from "./symbols.ts";
import { nameBytes } from "./text.ts";
import { Lexer } from "../lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../options.ts";
import { TokenBuffer } from "../lexer/token_buffer.ts";

/**
 * What MySQL's STATEMENT_DIGEST() gives for one statement, and performance_schema as DIGEST: 64 hexadecimal digits.
 * Empty for a statement with a token that MySQL would refuse, which has none there either.
 */
export function statementDigest(bytes: Uint8Array, options: SqlOptions = DEFAULT_SQL_OPTIONS): string {
  const tokens = new TokenBuffer();
  new Lexer(options).tokenize(bytes, tokens);
  return statementDigestOf(bytes, tokens, options);
}

/** {@link statementDigest} of tokens `first` to `last` that have been read already. */
export function statementDigestOf(
  bytes: Uint8Array,
  tokens: TokenBuffer,
  options: SqlOptions,
  first = 0,
  last = tokens.length,
): string {
  const reducer = new DigestReducer();
  reducer.reduce(bytes, tokens, options, first, last);
  const hash = createHash("sha256");
  for (let i = 0; i < reducer.length; i++) {
    const symbol = reducer.symbol[i]!;
    const number = SYMBOL_NUMBER[symbol]!;
    if (number === 0) return "";
    hash.update(littleEndian(number, 2));
    if (symbol === S.identifier || symbol === S.identifierAt) {
      const name = nameBytes(bytes, reducer.from[i]!, reducer.to[i]!);
      hash.update(littleEndian(name.length, 2)).update(name);
    } else if (symbol === S.columnNumber) hash.update(littleEndian(reducer.from[i]!, 4));
  }
  return hash.digest("hex");
}

function littleEndian(value: number, size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff);
}
