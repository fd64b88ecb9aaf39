import assert from "node:assert/strict";
import { inDirectory, lintNamed } from "./_linting.ts";

/** Findings in short: code, line, count. */
async function lintLog(kind: "slow-log" | "general-log" | "json", text: string): Promise<string[]> {
  let found: string[] = [];
  await inDirectory({ "a.log": text }, async (cwd) => {
    const report = await lintNamed(cwd, ["a.log"], { rules: ["D001", "P006"] }, { kind });
    found = report.findings.map(({ code, span, statement }) =>
      `${code} ${span.start.line} x${statement.count}`
    );
  });
  return found;
}

Deno.test("a slow log's statements are folded by shape and counted", async () => {
  const entry = (sql: string) =>
    `# Time: 2024-01-01T00:00:00.000000Z\n# User@Host: a[a] @ localhost []  Id: 1\n# Query_time: 1.0  Lock_time: 0.0 Rows_sent: 1  Rows_examined: 9\n` +
    `use shop;\nSET timestamp=1700000000;\n${sql};\n`;
  const log =
    "/usr/sbin/mysqld, Version: 8.0.40. started with:\nTcp port: 3306  Unix socket: x\nTime                 Id Command    Argument\n" +
    entry("SELECT a\nFROM t\nORDER BY RAND()") + entry("SELECT a FROM t ORDER BY RAND()") +
    entry("DELETE FROM s") + entry("SELECT 1");
  assert.deepEqual(await lintLog("slow-log", log), ["P006 11 x2", "D001 23 x1"]);
});

Deno.test("a general log's queries are read, over several lines too, in the old form and the new", async () => {
  const log = "mysqld, Version: 8.0.40. started with:\nTime                 Id Command    Argument\n" +
    "2024-01-01T00:00:00.000000Z\t    8 Connect\troot@localhost on  using Socket\n" +
    "2024-01-01T00:00:00.000000Z\t    8 Query\tDELETE\nFROM t\n" +
    "2024-01-01T00:00:01.000000Z\t    8 Quit\t\n" +
    "070101 10:00:00\t    9 Query\tDELETE FROM t\n\t\t    9 Query\tSELECT 1\n\t\t   10 Prepare\tDELETE FROM u\n";
  assert.deepEqual(await lintLog("general-log", log), ["D001 4 x2"]);
});

Deno.test("JSON is read as lines, as an array, and with counts", async () => {
  assert.deepEqual(
    await lintLog("json", '{"query":"DELETE FROM a"}\n{"sql_text":"DELETE FROM a","count":41}\n'),
    ["D001 1 x42"],
  );
  assert.deepEqual(
    await lintLog(
      "json",
      '[\n  {"statement": "DELETE FROM a", "calls": 3},\n  {"statement": "SELECT 1"}\n]\n',
    ),
    ["D001 2 x3"],
  );
  assert.deepEqual(await lintLog("json", '{\n "data": [ {"sql": "DELETE FROM a"} ]\n}\n'), ["D001 1 x1"]);
});
