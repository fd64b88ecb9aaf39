import assert from "node:assert/strict";
import { totalsOf } from "../../src/lint/model.ts";
import { inDirectory, lintNamed, lintText } from "./_linting.ts";

/** What is found of the grammar: code, place, and the word that is meant. */
async function unparsed(sql: string): Promise<string[]> {
  const { findings } = await lintText(sql, { target: "mysql" });
  return findings.filter((finding) => finding.unparsed).map(({ code, message, span }) => {
    const meant = /mean (\w+)/.exec(message)?.[1];
    return `${code} ${span.start.line}:${span.start.charColumn}${meant === undefined ? "" : ` ${meant}`}`;
  });
}

Deno.test("what MySQL would not parse is a finding of its own class, with the place and the word that is meant", async () => {
  const cases: [string, string[]][] = [
    ["DELTE FROM users", ["M001 1:1 DELETE"]],
    ["DROP TABEL t", ["M001 1:6 TABLE"]],
    ["SELECT * FORM x", ["M001 1:10 FROM"]],
    ["SELECT * FROM x WEHRE id = 1", ["M001 1:17 WHERE"]],
    ["UPDAET t SET a = 1 WHERE id = 2", ["M001 1:1 UPDATE"]],
    ["SELECT a FROM t GRUOP BY a", ["M001 1:17 GROUP"]],
    ["INSERT INOT t VALUES (1)", ["M001 1:8 INTO"]],
    ["ALTER TABLE t ADD COLUM c INT", ["M001 1:19 COLUMN"]],
    ["CREATE TABLE t (id INT PRIMARY KEY,)", ["M001 1:35"]],
    ["CREATE TABLE t (id INT, PRIMARY KEY (id,))", ["M001 1:40"]],
    ["CREATE TABLE t ()", ["M001 1:17"]],
    ["CREATE TABLE t (a tiemstamp)", ["M001 1:19 TIMESTAMP"]],
    ["CREATE TABLE t (a STRING)", ["M001 1:19"]],
    ["INSERT INTO t (a, b,) VALUES (1, 2)", ["M001 1:20"]],
    ["SELECT (1", ["M001 1:9", "M003 1:9"]],
    ["SELECT 'a", ["M002 1:8"]],
    ["DECLARE x INT", ["M001 1:1"]],
    ["SELECT 1", []],
  ];
  for (const [sql, expected] of cases) assert.deepEqual(await unparsed(sql), expected, sql);
});

Deno.test("a comment that lacks its blank is hinted at", async () => {
  for (const sql of ["--a comment\nSELECT 1;", "SELECT a FROM t\n  --the rest, later\nWHERE b = 1;"]) {
    const { findings } = await lintText(sql, { rules: new Set(["M001"]) });
    assert.match(findings[0]?.message ?? "", /only with a blank after it/, sql);
  }
});

Deno.test("a run fails on what MySQL would not parse, whatever the score, unless that is allowed", async () => {
  await inDirectory({ "a.sql": "DELTE FROM users;\n" }, async (cwd) => {
    const failing = async (allowUnparsed: boolean) =>
      totalsOf(await lintNamed(cwd, ["a.sql"], {}, { allowUnparsed, failOn: 100 })).failing;
    assert.equal(await failing(false), 1);
    assert.equal(await failing(true), 0);
  });
});
