import assert from "node:assert/strict";
import { statementOf } from "./_statements.ts";
import { cleanStatement, nameOf, readsOf, writesOf } from "./_statements.ts";

/** Statements with what they write and what they read. */
const CASES: readonly (readonly [sql: string, writes: string, reads: string])[] = [
  ["SELECT * FROM a, d.b JOIN c ON a.x = c.x", "", "a d.b c"],
  ["SELECT (SELECT 1 FROM x) FROM (SELECT * FROM y) z WHERE EXISTS (SELECT 1 FROM w)", "", "x y w"],
  ["TABLE t UNION TABLE u", "", "t u"],
  ["WITH c AS (SELECT * FROM t) SELECT * FROM c JOIN u", "", "t u"],
  ["WITH RECURSIVE c AS (SELECT 1 UNION SELECT n FROM c) SELECT * FROM c", "", ""],
  ["WITH t AS (SELECT * FROM t) SELECT * FROM t", "", "t"],
  ["SELECT * FROM (WITH c AS (SELECT 1) SELECT * FROM c) x, c", "", "c"],
  ["INSERT INTO t VALUES (1)", "insert t", ""],
  ["INSERT d.t SELECT * FROM u", "insert d.t", "u"],
  ["INSERT INTO t TABLE u", "insert t", "u"],
  ["INSERT INTO t (SELECT * FROM u)", "insert t", "u"],
  ["INSERT INTO t SET a = (SELECT MAX(b) FROM u)", "insert t", "u"],
  ["INSERT INTO t WITH c AS (SELECT * FROM u) SELECT * FROM c", "insert t", "u"],
  ["REPLACE `t` (a) VALUES ROW(1)", "replace t", ""],
  ["UPDATE t SET a = 1", "update t", ""],
  ["UPDATE t x SET x.a = (SELECT b FROM u)", "update t", "u"],
  ["UPDATE a JOIN b ON a.i = b.i SET a.x = b.x", "update a", "b"],
  ["UPDATE a x, b y SET y.c = 1, x.c = 2", "update a|update b", ""],
  ["UPDATE a, b SET c = 1", "update a|update b", ""],
  ["UPDATE a JOIN (SELECT * FROM b) d SET a.x = d.x", "update a", "b"],
  ["WITH c AS (SELECT * FROM u) UPDATE t JOIN c SET t.a = c.a", "update t", "u"],
  ["DELETE FROM t WHERE a IN (SELECT b FROM u)", "delete t", "u"],
  ["DELETE x FROM t AS x JOIN u", "delete t", "u"],
  ["DELETE t, u FROM t JOIN u", "delete t|delete u", ""],
  ["DELETE FROM x USING d.t x, u", "delete d.t", "u"],
  ["DELETE d.t FROM d.t JOIN u", "delete d.t", "u"],
  ["DELETE nosuch FROM t JOIN u", "delete nosuch?", "t u"],
  ["WITH c AS (SELECT 1) DELETE FROM t WHERE a IN (SELECT * FROM c)", "delete t", ""],
  ["LOAD DATA INFILE 'x' INTO TABLE d.t", "load d.t", ""],
  ["TRUNCATE t", "truncate t", ""],
  ["DROP TABLE a, d.b", "drop a|drop d.b", ""],
  ["CREATE TABLE t AS SELECT * FROM u", "create t", "u"],
  ["CREATE TABLE t LIKE u", "create t", "u"],
  ["CREATE VIEW v AS SELECT * FROM t", "create v", "t"],
  ["ALTER TABLE t ADD c INT", "alter t", ""],
  ["RENAME TABLE a TO b, c TO d", "rename a|rename c", ""],
  ["CREATE INDEX i ON t (a)", "index t", ""],
  ["LOCK TABLES t READ, u WRITE", "lock t|lock u", ""],
  ["OPTIMIZE TABLE t", "maintain t", ""],
  ["EXPLAIN DELETE FROM t", "", ""],
  ["HANDLER t OPEN", "", "t"],
  ["DESC t", "", "t"],
  ["SHOW COLUMNS FROM d.t", "", "d.t"],
];

Deno.test("the tables a statement writes and reads are those it names, by whatever name it does", () => {
  for (const [sql, writes, reads] of CASES) {
    const statement = statementOf(sql);
    assert.deepEqual(statement.problems, [], sql);
    assert.equal(writesOf(statement).join("|"), writes, sql);
    assert.equal(readsOf(statement).join(" "), reads, sql);
  }
});

Deno.test("comments, case, quotes, versions and white space change no fact", () => {
  for (const [sql, writes, reads] of CASES) {
    const words = sql.split(" ");
    const variants = [
      words.join("\n"),
      words.join("/**/ "),
      words.map((word) => `/*!50000 ${word} */`).join(""),
      words.join(" -- WHERE DROP\n"),
      sql.replace(/\b[A-Z]{2,}\b/g, (word) => word.toLowerCase()),
    ];
    for (const variant of variants) {
      const statement = statementOf(variant);
      assert.equal(writesOf(statement).join("|"), writes, variant);
      assert.equal(readsOf(statement).join(" "), reads, variant);
    }
  }
});

Deno.test("EXPLAIN keeps what the statement within would write", () => {
  const statement = cleanStatement("explain", "EXPLAIN ANALYZE DELETE a FROM t a JOIN u");
  assert.equal(statement.analyze, true);
  assert.deepEqual(statement.writes, []);
  assert.deepEqual(statement.inner?.writes.map((write) => nameOf(write.table)), ["t"]);
});

Deno.test("joins are flattened with their kind, condition and what they may leave empty", () => {
  const statement = cleanStatement(
    "select",
    "SELECT 1 FROM a LEFT JOIN (b JOIN c ON b.x = c.x) ON a.x = b.x, d RIGHT JOIN e USING (y) NATURAL JOIN f",
  );
  const from = statement.blocks[0]?.from ?? [];
  assert.deepEqual(
    from.map((table) => {
      const condition = table.on !== undefined ? "on" : table.using !== undefined ? "using" : "";
      return [
        table.table?.name.text,
        table.join,
        condition,
        table.nesting,
        table.preserved ? "preserved" : table.nullable ? "nullable" : "",
      ].join(" ");
    }),
    [
      "a first  0 preserved",
      "b left on 1 nullable",
      "c inner on 1 nullable",
      "d comma  0 nullable",
      "e right using 0 ",
      "f natural  0 ",
    ],
  );
});

Deno.test("blocks know their depth, role and whether they look outside", () => {
  const statement = cleanStatement(
    "select",
    "SELECT (SELECT MAX(b.x) FROM b WHERE b.y = a.y), (SELECT 1 FROM c) FROM a WHERE a.z IN (SELECT d.z FROM d) UNION SELECT 1, 2",
  );
  assert.deepEqual(
    statement.blocks.map((block) => `${block.depth} ${block.role}${block.correlated ? " correlated" : ""}`),
    ["0 top", "1 scalar correlated", "1 scalar", "1 in", "0 top"],
  );
  assert.equal(statement.query.operators[0]?.operator, "union");
});

for (const [dialect, file] of [["mysql", "statement_kinds"], ["mariadb", "mariadb_statements"]] as const) {
  Deno.test(`every form of statement in ${dialect}'s manual is without problems`, async () => {
    const text = await Deno.readTextFile(new URL(`../../testdata/${file}.sql`, import.meta.url));
    for (const sql of text.split("\n").filter((line) => line !== "")) {
      const statement = statementOf(sql);
      assert.deepEqual(
        statement.problems.map((problem) => `${problem.code} ${sql.slice(problem.start)}`),
        [],
        sql,
      );
      assert.notEqual(statement.kind, "unknown", sql);
    }
  });
}
