import assert from "node:assert/strict";
import fc from "fast-check";
import { analyse } from "../../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../../src/sql/lexer/lexer.ts";
import type { Statement } from "../../../src/sql/statement.ts";
import { statementOf } from "./_statements.ts";

/** Reads everything that is worked out when asked for. */
function readAll(statement: Statement): Statement {
  for (const block of statement.blocks) void block.correlated;
  for (const column of statement.columnReferences) void column.name.key;
  if (statement.kind === "update" || statement.kind === "delete") void statement.reach;
  if (statement.kind === "explain" && statement.inner !== undefined) readAll(statement.inner);
  return statement;
}

const MANY = 5_000;

Deno.test("nesting without end neither throws nor overflows", () => {
  const open = [
    "(",
    "(1+",
    "NOT ",
    "- ",
    "f(",
    "CASE WHEN ",
    "(SELECT ",
    "EXISTS(",
    "1 IN (",
    "1 BETWEEN ",
    "INTERVAL(",
    "ROW(",
    "{d ",
    "@a:=",
    "MATCH(",
    "CAST(",
    "a.",
    "x LIKE ",
    "SUM(1) OVER (PARTITION BY ",
  ];
  for (const one of open) {
    readAll(statementOf(`SELECT ${one.repeat(MANY)}`));
    readAll(statementOf(`DELETE FROM t WHERE ${one.repeat(MANY)}1${")".repeat(MANY)}`));
  }
  for (const one of ["(", "(a JOIN ", "(SELECT 1 FROM ", "{OJ "]) {
    readAll(statementOf(`SELECT 1 FROM ${one.repeat(MANY)}t${")".repeat(MANY)}`));
  }
  for (const one of ["EXPLAIN ", "ANALYZE ", "SET STATEMENT a=1 FOR ", "WITH a AS ("]) {
    readAll(statementOf(one.repeat(MANY)));
  }
});

Deno.test("chains without end make no tree too high to descend", () => {
  for (
    const one of ["+1", "=1", " COLLATE x", " AND a=1", " OR a IS NULL", " IS NULL", "->'$.a'", " DIV 2"]
  ) {
    readAll(statementOf(`DELETE FROM t WHERE a${one.repeat(MANY)}`));
  }
  for (const one of [" LEFT JOIN b ON 1", " LEFT JOIN b", ", b", " JOIN b", " RIGHT JOIN b ON 1"]) {
    readAll(statementOf(`UPDATE a${one.repeat(MANY)} SET a.x=1`));
  }
  readAll(statementOf(`SELECT 1${" UNION SELECT 1".repeat(MANY)}`));
});

Deno.test("ANDs and ORs within one another are gone through once, not once a level", () => {
  for (
    const [open, close] of [["a = 1 OR (b = 2 AND (", "))"], ["(", " AND 1 = 1) OR a IS NULL"], [
      "NOT (a OR (",
      "))",
    ]]
  ) {
    readAll(statementOf(`DELETE FROM t WHERE ${open!.repeat(120)}a IS NOT NULL${close!.repeat(120)}`));
  }
});

Deno.test("what is nested in CASE, IF and comparisons is folded once", () => {
  for (
    const [open, close] of [
      ["CASE ", " WHEN 1 THEN 1 WHEN 2 THEN 2 WHEN 3 THEN 3 END"],
      ["CASE WHEN ", " THEN 1 WHEN 0 THEN 0 END"],
      ["IF(", ", 1, 0)"],
      ["NULLIF(", ", 5)"],
      ["COALESCE(", ", 1)"],
      ["(", " = 1)"],
      ["(", " IN (1, 2))"],
      ["(", " BETWEEN 0 AND 1)"],
      ["(", " IS TRUE)"],
      ["(SELECT ", ")"],
    ] as const
  ) {
    readAll(statementOf(`DELETE FROM t WHERE ${open.repeat(100)}1${close.repeat(100)}`));
    readAll(statementOf(`DELETE FROM t WHERE ${open.repeat(100)}a${close.repeat(100)}`));
  }
});

Deno.test("what a run of parentheses holds is judged all the same", () => {
  const deep = (inner: string) => `DELETE FROM t WHERE ${"(".repeat(MANY)}${inner}${")".repeat(MANY)}`;
  const reach = (sql: string) => {
    const statement = statementOf(sql);
    return statement.kind === "delete" ? statement.reach : undefined;
  };
  assert.equal(reach(deep("1=1")), "every");
  assert.equal(reach(deep("id=1")), "some");
});

Deno.test("what lies too deep is a problem, never a silent pass", () => {
  const deep = statementOf(`DELETE FROM t WHERE ${"(0+".repeat(MANY)}1${")".repeat(MANY)}`);
  assert.ok(deep.problems.some((problem) => problem.code === "too-deep"));
});

Deno.test("values of a million rows are counted, and few of them kept", () => {
  const statement = statementOf(`INSERT INTO t VALUES ${"(1,'a',NULL),".repeat(MANY)}(1,2,SLEEP(5))`);
  assert.equal(statement.kind, "insert");
  if (statement.kind !== "insert" || statement.values === undefined) return;
  assert.equal(statement.values.rowCount, MANY + 1);
  assert.ok(statement.values.rows.length < 100);
  assert.deepEqual(statement.calls.map((call) => call.key), ["sleep"]);
});

const WORDS = (
  "SELECT FROM WHERE ( ) , . * = <> ? @x @@a 'a' `b` t a b 1 1.5 NULL NOT AND OR IN (SELECT 1) BETWEEN LIKE IS " +
  "UPDATE SET DELETE INSERT INTO VALUES REPLACE JOIN LEFT RIGHT NATURAL ON USING GROUP BY ORDER LIMIT OFFSET UNION " +
  "ALL WITH RECURSIVE AS CASE WHEN THEN ELSE END EXISTS INTERVAL DAY CREATE TABLE ALTER ADD DROP COLUMN INDEX KEY " +
  "PRIMARY FOREIGN REFERENCES CHECK DEFAULT INT VARCHAR ENUM PARTITION RANGE GRANT REVOKE TO USER IDENTIFIED BY " +
  "CALL DO HANDLER LOAD DATA INFILE SHOW EXPLAIN ANALYZE FLUSH RESET KILL LOCK UNLOCK TABLES XA BEGIN COMMIT " +
  "FUNCTION TRIGGER EVENT VIEW PROCEDURE DEFINER PREPARE EXECUTE IMMEDIATE STATEMENT FOR OVER WINDOW ROW MATCH " +
  "AGAINST COLLATE BINARY + - / % ^ | & ~ ! := -> ->> << >> <=> || && { } ; : x'41' 0x1 b'1' _utf8mb4 N'a' 1.e # /*!50000"
).split(" ");

Deno.test("any soup of tokens gives a statement", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...WORDS), { maxLength: 40 }), (words) => {
      const statement = readAll(statementOf(words.join(" ")));
      assert.ok(statement.start <= statement.end);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("any soup that begins as a statement gives one, whose spans lie within it", () => {
  const heads = [
    "DELETE FROM t WHERE",
    "UPDATE t SET",
    "SELECT",
    "INSERT INTO t",
    "CREATE TABLE t (",
    "ALTER TABLE t",
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...heads),
      fc.array(fc.constantFrom(...WORDS), { maxLength: 30 }),
      (head, words) => {
        const sql = `${head} ${words.join(" ")}`;
        const statement = readAll(statementOf(sql));
        const length = new TextEncoder().encode(sql).length;
        const spans = [
          ...statement.calls,
          ...statement.predicates,
          ...statement.columnReferences,
          ...statement.blocks,
          ...statement.writes,
          ...statement.reads,
          ...statement.problems,
          ...statement.roots.map((root) => root.expression),
        ];
        for (const span of spans) {
          assert.ok(0 <= span.start && span.start <= span.end && span.end <= length, sql);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

Deno.test("a comment or quote left open is a problem that lies in the text", () => {
  for (
    const sql of [
      "LOCK/*RITE",
      "SELECT 1 /* x",
      "SELECT 'x",
      "SELECT `x",
      "DELETE FROM t WHERE a = 1 /*! OR",
      "SELECT 1 /*!",
    ]
  ) {
    const problem = statementOf(sql).problems.find(({ code }) => code === "unterminated");
    assert.ok(problem !== undefined, sql);
    assert.ok(problem.start <= problem.end && problem.end <= sql.length, sql);
  }
});

Deno.test("any bytes give a statement", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      readAll(analyse(bytes, tokenize(bytes)));
    }),
    { numRuns: 2000 },
  );
});
