import assert from "node:assert/strict";
import fc from "fast-check";
import { DigestHasher } from "../../src/sql/digest/hash.ts";
import { digestText } from "../../src/sql/digest/text.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../../src/sql/options.ts";
import { statementDigest } from "../../src/sql/digest/digest.ts";
import { Random } from "../support/random.ts";
import { SqlGenerator } from "../support/sql_generator.ts";
import { writeStatement } from "../support/sql_writer.ts";

const encoder = new TextEncoder();

function text(sql: string, options: Partial<SqlOptions> = {}): string {
  return digestText(encoder.encode(sql), { ...DEFAULT_SQL_OPTIONS, ...options });
}

function hash(sql: string, options: Partial<SqlOptions> = {}): string {
  const all = { ...DEFAULT_SQL_OPTIONS, ...options };
  const bytes = encoder.encode(sql);
  const hasher = new DigestHasher();
  hasher.hash(bytes, tokenize(bytes, all), all);
  return `${hasher.high.toString(16)}-${hasher.low.toString(16)}`;
}

Deno.test("digest texts are those that MySQL 9.7 gave", () => {
  const cases: readonly (readonly [string, string, Partial<SqlOptions>?])[] = [
    ["select a, 1, 'x' from t where b = -1", "SELECT `a` , ?, ... FROM `t` WHERE `b` = ?"],
    ["insert into t values (1),(2),(3)", "INSERT INTO `t` VALUES (?) /* , ... */"],
    ["insert into t values (1,2),(3,null)", "INSERT INTO `t` VALUES (...) /* , ... */"],
    [
      "select * from t where a in (1,2,3) and b in (1)",
      "SELECT * FROM `t` WHERE `a` IN (...) AND `b` IN (...)",
    ],
    ["select 1 - 1, - - 1, -a", "SELECT ? - ?, ... , - `a`"],
    ["select a is null, null, not null", "SELECT `a` IS NULL , ? , NOT ?"],
    ["select a from t group by 1, 2 order by 3 desc", "SELECT `a` FROM `t` GROUP BY 1 , 2 ORDER BY 3 DESC"],
    ["select distinct now(), user(), @a, @@b", "SELECT DISTINCTROW NOW ( ) , SYSTEM_USER ( ) , @? , @@`b`"],
    ["select _utf8mb4'a', N'b', x'61'", "SELECT (_charset) ?, ..."],
    ['select `a``b`, "c"', "SELECT `a`b` , ?"],
    ["select 1 /* c */ from t -- x", "SELECT ? FROM `t`"],
    ["select 1;", "SELECT ?"],
    ["select 'a' || -1", "SELECT ? || - ?", { pipesAsConcat: true }],
    [
      "select /*+ BKA(t1@qb1) MAX_EXECUTION_TIME(100) SET_VAR(x=16M) */ 1",
      "SELECT /*+ BKA ( `t1`@`qb1` ) MAX_EXECUTION_TIME (?) SET_VAR ( `x` = ? ) */ ?",
    ],
  ];
  for (const [sql, expected, options] of cases) assert.equal(text(sql, options), expected);
});

Deno.test("STATEMENT_DIGEST is the hash that MySQL 9.7 gave", () => {
  assert.equal(
    statementDigest(encoder.encode("SELECT 1")),
    "d1b44b0c19af710b5a679907e284acd2ddc285201794bc69a2389d77baedddae",
  );
});

Deno.test("a digest does not depend on blanks, comments, letters' case or literals", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const words = new SqlGenerator(new Random(seed)).statement().map((word) =>
        // A comment between SELECT and a hint makes it none; that is meant to differ.
        word.startsWith("/*+") ? "" : word
      ).filter((word) => word !== "");
      const one = writeStatement(words, new Random(seed + 1));
      const other = writeStatement(words, new Random(seed + 2));
      // Names keep their case in a digest, and functions that are no keywords are names.
      assert.equal(text(one).toLowerCase(), text(other).toLowerCase(), `${one}\n${other}`);
    }),
    { numRuns: 300 },
  );
});

Deno.test("equal hashes mean equal digests, and literals' values never count", () => {
  const seen = new Map<string, string>();
  const random = new Random(9);
  const generator = new SqlGenerator(random);
  for (let turn = 0; turn < 800; turn++) {
    const sql = writeStatement(generator.statement(), random);
    const digest = text(sql);
    const key = hash(sql);
    assert.equal(seen.get(key) ?? digest, digest, sql);
    seen.set(key, digest);
  }
  assert.equal(
    hash("SELECT a FROM t WHERE b = 1 AND c IN (1, 2)"),
    hash("select a from t where b=77 and c in (3)"),
  );
});

Deno.test("what a rule may see and a digest hides gives another hash", () => {
  const base = "SELECT a FROM t WHERE b = 1";
  for (
    const other of [
      "SELECT a FROM t WHERE b = '1'",
      "SELECT a FROM t WHERE b = NULL",
      "SELECT a FROM t WHERE b = ?",
      "SELECT a FROM t WHERE b = 0x1",
      "SELECT a FROM T WHERE b = 1",
      "SELECT a FROM t WHERE b = 1 /* x */",
      "SELECT a FROM t /*! WHERE b = 1 */",
      "SELECT /*vt+ A=1 */ a FROM t WHERE b = 1",
      "SELECT /*vt+ A=2 */ a FROM t WHERE b = 1",
      "SELECT a FROM t WHERE b = (1",
      "SELECT a FROM t WHERE b = 1 ORDER BY 1",
      "SELECT a FROM t WHERE b = 1 ORDER BY 2",
    ]
  ) assert.notEqual(hash(other), hash(base), other);
  assert.notEqual(hash(base, { ansiQuotes: true }), hash(base));
  assert.notEqual(hash("SELECT a FROM t ORDER BY 1"), hash("SELECT a FROM t ORDER BY 2"));
});

Deno.test("values of any number become one symbol, in linear time", () => {
  const rows = Array.from({ length: 50_000 }, (_, i) => `(${i},'${i}',NULL)`).join(",");
  assert.equal(text(`INSERT INTO t VALUES ${rows}`), "INSERT INTO `t` VALUES (...) /* , ... */");
  const list = Array.from({ length: 200_000 }, (_, i) => i + 1).join(",");
  assert.equal(text(`SELECT a FROM t WHERE b IN (${list})`), "SELECT `a` FROM `t` WHERE `b` IN (...)");
  assert.match(text(`SELECT a FROM t ORDER BY ${list}`), /^SELECT `a` FROM `t` ORDER BY 1 , 2 , 3 ,/);
});
