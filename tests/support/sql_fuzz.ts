import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";
import { digestTextOf } from "../../src/sql/digest/text.ts";
import { DigestHasher } from "../../src/sql/digest/hash.ts";
import { Lexer } from "../../src/sql/lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlCharset, type SqlOptions } from "../../src/sql/options.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";
import { StatementStream } from "../../src/sql/splitter/statement_stream.ts";
import { TokenBuffer } from "../../src/sql/lexer/token_buffer.ts";
import { T } from "../../src/sql/lexer/tokens.ts";
import type { Random } from "./random.ts";
import { SqlGenerator } from "./sql_generator.ts";
import { writeStatement } from "./sql_writer.ts";

/** Pieces that change how what follows is read. */
const SNIPPETS = [
  "'",
  '"',
  "`",
  "\\",
  "/*",
  "*/",
  "/*!",
  "/*!50000 ",
  "/*+",
  "/*vt+",
  "--",
  "-- ",
  "#",
  ";",
  "(",
  ")",
  "\0",
  "\n",
  "@",
  "@@",
  "$$",
  "$a$",
  ".",
  "..",
  "1.e",
  "0x",
  "x'",
  "b'",
  "N'",
  "_utf8mb4",
  ":=",
  "->",
  "<=>",
  "=!",
  "DELIMITER $$\n",
  "BEGIN ",
  "END",
  "CASE ",
  "IF ",
  "SELECT ",
  " UNION ",
  "CREATE PROCEDURE p() ",
  "\xff",
  "\u202e",
  "\u200b",
  "\u00a0",
  "😀",
  "NULL",
  "1,",
  "ORDER BY ",
  "WITH a AS (",
  " IN (",
  "18446744073709551616",
];

const CHARSETS: readonly SqlCharset[] = [
  "utf8mb4",
  "utf8mb4",
  "utf8mb4",
  "latin1",
  "binary",
  "gbk",
  "big5",
  "sjis",
  "gb18030",
  "euckr",
  "ujis",
];

const encoder = new TextEncoder();

/** Inputs for {@link FuzzTarget}: mutated statements mostly, random bytes now and then. */
export function fuzzInput(random: Random): Uint8Array {
  if (random.once(20)) return Uint8Array.from({ length: random.below(200) }, () => random.below(256));
  const generator = new SqlGenerator(random);
  let bytes = encoder.encode(
    random.some(1, 2, () => writeStatement(generator.statement(), random)).join(
      random.pick([";", "; ", ";;\n", " "]),
    ),
  );
  for (let turn = random.below(5); turn > 0; turn--) bytes = mutated(bytes, random);
  return bytes;
}

function mutated(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const from = random.below(bytes.length + 1);
  const to = Math.min(bytes.length, from + random.below(12));
  const piece = random.below(4);
  const middle = piece === 0
    ? new Uint8Array(0)
    : piece === 1
    ? encoder.encode(random.pick(SNIPPETS))
    : piece === 2
    ? Uint8Array.of(random.below(256))
    : bytes.slice(random.below(bytes.length + 1)).subarray(0, random.below(30));
  const rest = bytes.subarray(random.once(2) ? from : to);
  const result = new Uint8Array(from + middle.length + rest.length);
  result.set(bytes.subarray(0, from));
  result.set(middle, from);
  result.set(rest, from + middle.length);
  return result;
}

/** Settings for one input. */
export function fuzzOptions(random: Random): SqlOptions {
  return {
    ...DEFAULT_SQL_OPTIONS,
    dialect: random.once(5) ? "mariadb" : "mysql",
    charset: random.pick(CHARSETS),
    ansiQuotes: random.once(4),
    noBackslashEscapes: random.once(4),
    pipesAsConcat: random.once(4),
    ignoreSpace: random.once(4),
    clientFile: random.once(3),
    namedPlaceholders: random.once(4),
  };
}

/** Reads, splits, digests and judges an input, and holds what comes out to what must be so for any bytes at all. */
export class FuzzTarget {
  readonly #tokens = new TokenBuffer();
  readonly #hasher = new DigestHasher();
  readonly #judge = new TextJudge(DEFAULT_RISK_OPTIONS, 1024);

  run(bytes: Uint8Array, options: SqlOptions): void {
    const tokens = this.#tokens;
    new Lexer(options).tokenize(bytes, tokens);
    checkTokens(tokens, bytes.length);
    digestTextOf(bytes, tokens, options);
    this.#hasher.hash(bytes, tokens, options);
    this.#split(bytes, options);
    const verdict = this.#judge.judge(bytes, options);
    assert.ok(verdict.score >= 0 && verdict.score <= 100);
    assert.equal(this.#judge.judgeExactly(bytes, options).score, verdict.score, "a cached verdict differs");
  }

  /** Whole and in chunks, the statements are the same. */
  #split(bytes: Uint8Array, options: SqlOptions): void {
    const reader = new StatementReader(options);
    const whole: number[] = [];
    for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
      assert.ok(reader.resumeAt > at || reader.resumeAt === bytes.length, "the reader stands still");
      checkTokens(reader.tokens, bytes.length);
      whole.push(reader.start, reader.end);
      if (reader.resumeAt >= bytes.length) break;
    }
    const stream = new StatementStream(options);
    const parts: number[] = [];
    const size = 1 + bytes.length % 13;
    for (let at = 0; at <= bytes.length; at += size) {
      if (at + size > bytes.length) {
        stream.push(bytes.subarray(at));
        stream.end();
      } else stream.push(bytes.subarray(at, at + size));
      while (stream.next()) parts.push(stream.base + stream.reader.start, stream.base + stream.reader.end);
    }
    assert.deepEqual(parts, whole);
  }
}

function checkTokens(tokens: TokenBuffer, length: number): void {
  let at = 0;
  for (let i = 0; i < tokens.length; i++) {
    const start = tokens.start[i]!;
    const end = tokens.end[i]!;
    assert.ok(start >= at && end > start && end <= length, `token ${i} lies at ${start} to ${end}`);
    assert.ok((tokens.keyword[i] !== 0) === (tokens.kind[i] === T.keyword));
    at = end;
  }
  assert.equal(tokens.kind[tokens.length], T.end);
}

/** Texts that are hard on a reader which is not linear: each is repeated to any length. */
export const HARD: readonly (readonly [name: string, unit: string, start?: string, end?: string])[] = [
  ["open parentheses", "("],
  ["nested parentheses with a value", "(", "SELECT ", "1"],
  ["closing parentheses", ")"],
  ["open and closed", "()"],
  ["nested subqueries", "(SELECT "],
  ["nested conditions", "(a OR ", "SELECT 1 FROM t WHERE "],
  ["AND", "a AND ", "DELETE FROM t WHERE "],
  ["OR of comparisons", "a = 1 OR ", "DELETE FROM t WHERE "],
  ["NOT", "NOT ", "DELETE FROM t WHERE "],
  ["signs", "-", "SELECT ", "1"],
  ["CASE", "CASE WHEN ", "SELECT "],
  ["BEGIN", "BEGIN ", "CREATE PROCEDURE p() "],
  ["IF", "IF a THEN ", "CREATE PROCEDURE p() "],
  ["bodies without an end", "BEGIN SELECT 1; ", "CREATE PROCEDURE p() "],
  ["UNION", "SELECT 1 UNION "],
  ["JOIN", " JOIN t", "SELECT 1 FROM t"],
  ["tables", "t,", "SELECT 1 FROM "],
  ["CTEs", "WITH a AS ("],
  ["values", "1,", "SELECT "],
  ["rows", "(1,2),", "INSERT INTO t VALUES "],
  ["IN list", "1,", "SELECT 1 FROM t WHERE a IN ("],
  ["ORDER BY numbers", "1,", "SELECT 1 ORDER BY "],
  ["names with dots", "a."],
  ["dots", "."],
  ["dropped numbers", "1.e"],
  ["open comments", "/*"],
  ["open executable comments", "/*!"],
  ["executable comments", "/*! 1 */"],
  ["skipped comments", "/*!99999 /* */"],
  ["hints", "SELECT /*+ a */ "],
  ["quotes", "'"],
  ["unterminated strings", "'a"],
  ["escaped quotes", "\\'", "'"],
  ["backticks", "`"],
  ["double quotes", '"'],
  ["backslashes", "\\"],
  ["dashes", "--"],
  ["line comments", "-- \n"],
  ["hashes", "#\n"],
  ["at signs", "@"],
  ["open hexadecimals", "x'"],
  ["dollars", "$"],
  ["dollar tags", "$a$b"],
  ["open dollar tags", "$a"],
  ["semicolons", ";"],
  ["statements", "SELECT 1;"],
  ["DELIMITER lines", "DELIMITER $$\n"],
  ["DELIMITER and a statement", "DELIMITER $$\nSELECT 1$$\n"],
  ["DELIMITER words", "DELIMITER "],
  ["NULs", "\0"],
  ["invisible characters", "\u200b"],
  ["wide characters", "漢"],
  ["columns of a table", "a INT,", "CREATE TABLE t ("],
  ["ALTER actions", "ADD a INT,", "ALTER TABLE t "],
  ["assignments", "a=1,", "UPDATE t SET "],
  ["SET assignments", "@a=1,", "SET "],
  ["privileges", "SELECT,", "GRANT "],
  ["schemes of URLs", "a.", "SELECT '", "://'"],
  ["URLs", "a://b:c", "SELECT '", "'"],
  ["heads of tokens", "eyJ-", "SELECT '", "'"],
  ["token after token", "-eyJaaaaaaaaaa.", "SELECT '", "'"],
  ["beginnings of keys", "-----BEGIN A ", "SELECT '", "'"],
  ["card numbers", "'4539 1488 0343 6467',", "SELECT "],
  ["half card numbers", "'4539 1488 0343", "SELECT "],
  ["credentials in a comment", "password: ", "SELECT 1 /*", "*/"],
  ["comments with credentials", "/* pwd=a1b2c3 */", "SELECT "],
  ["templates", "'{{", "SELEC "],
  ["placeholders", "'%s',", "SELECT "],
];

/** Bytes of a hard text, about `size` long. */
export function hardText(entry: typeof HARD[number], size: number): Uint8Array {
  const [, unit, start = "", end = ""] = entry;
  return encoder.encode(start + unit.repeat(Math.ceil(size / encoder.encode(unit).length)) + end);
}
