import assert from "node:assert/strict";
import { inDirectory, lintNamed } from "./_linting.ts";

/** Findings in short: code, line, count. */
async function lintLog(
  kind: "slow-log" | "general-log" | "json",
  text: string,
  rules = ["D001", "P006"],
): Promise<string[]> {
  let found: string[] = [];
  await inDirectory({ "a.log": text }, async (cwd) => {
    const report = await lintNamed(cwd, ["a.log"], { rules }, { kind });
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

Deno.test("every statement of an entry is judged", async () => {
  assert.deepEqual(await lintLog("json", '{"query":"SELECT 1; DELETE FROM t; SELECT 2"}\n'), ["D001 1 x1"]);
  const header =
    "# Time: 2024-01-01T00:00:00.000000Z\n# User@Host: a[a] @ localhost []  Id: 1\n# Query_time: 1\n";
  assert.deepEqual(await lintLog("slow-log", `${header}SELECT 1;\nDELETE FROM t;\n`), ["D001 5 x1"]);
});

Deno.test("statements of one shape whose literals make another verdict are judged apart", async () => {
  const lines = ["1 = 2", "1 = 1", "id = 3", "2 = 2"].map((where) =>
    JSON.stringify({ query: `DELETE FROM t WHERE ${where}` })
  );
  assert.deepEqual(await lintLog("json", lines.join("\n"), ["D003"]), ["D003 2 x2"]);
});

Deno.test("a slow log's comments end no statement, and its explanations begin none", async () => {
  const header =
    "# Time: 240101 10:00:00\n# User@Host: root[root] @ localhost []\n# Thread_id: 8  Schema: test  QC_hit: No\n" +
    "# Query_time: 0.000203  Lock_time: 0.000085  Rows_sent: 1  Rows_examined: 0\n# Rows_affected: 0  Bytes_sent: 63\n";
  const explain = "#\n# explain: id\tselect_type\ttable\n# explain: 1\tSIMPLE\tt\n#\n";
  const set = "SET timestamp=1700000000;\n";
  assert.deepEqual(await lintLog("slow-log", `${header}${explain}use shop;\n${set}DELETE FROM t;\n`), [
    "D001 12 x1",
  ]);
  for (const comment of ["# Rows of last year", "# Time to go", "# explain why", "#", "# User@Host: me"]) {
    const log = `${header}${set}DELETE FROM t\n${comment}\nWHERE id = 3;\n`;
    assert.deepEqual(await lintLog("slow-log", log), [], comment);
  }
});

Deno.test("an entry is judged to its end, however long it is", async () => {
  const long = `DELETE FROM t /* ${"x".repeat(3 << 20)} */ WHERE id = 3`;
  const header = "# Time: 2024-01-01T00:00:00Z\n# User@Host: a[a] @ localhost []\n# Query_time: 1\n";
  assert.deepEqual(await lintLog("slow-log", `${header}${long};\n`), []);
  assert.deepEqual(await lintLog("json", `${JSON.stringify({ query: long })}\n`), []);
  assert.deepEqual(await lintLog("general-log", `2024-01-01T00:00:00.000000Z\t 8 Query\t${long}\n`), []);
});

Deno.test("every command of a general log ends the statement before it", async () => {
  const commands =
    "Sleep,Quit,Init DB,Field List,Create DB,Refresh,Shutdown,Statistics,Processlist,Connect,Kill,Debug,Ping,Time," +
    "Delayed insert,Change user,Binlog Dump,Table Dump,Connect Out,Register Slave,Register Replica,Prepare,Long Data," +
    "Close stmt,Reset stmt,Set option,Fetch,Daemon,Binlog Dump GTID,Reset Connection,clone," +
    "Group Replication Data Stream subscription,Error";
  for (const command of commands.split(",")) {
    for (const head of ["2024-01-01T00:00:01.000000Z\t    8 ", "240101 10:00:00\t    8 ", "\t\t    8 "]) {
      if (command === "clone" && !head.startsWith("\t")) continue;
      const log =
        `2024-01-01T00:00:00.000000Z\t    8 Query\tDELETE FROM t\n${head}${command}\tWHERE id = 3\n`;
      assert.deepEqual(await lintLog("general-log", log), ["D001 1 x1"], head + command);
    }
  }
  assert.deepEqual(
    await lintLog("general-log", "2024-01-01T00:00:00.000000Z\t    8 Drop DB\tshop\n", ["D006"]),
    ["D006 1 x1"],
  );
});

Deno.test("bind variables of applications and of VTGate are values", async () => {
  const texts = [
    "delete from t where id = :v1",
    "delete from t where id = :id and a in ::list",
    "delete from t where id in ::vtg1",
    "update t set a = :v1 where id = :v2",
    "delete from t where id in (...)",
  ];
  const log = texts.map((text) => JSON.stringify({ normalized_sql: text })).join("\n");
  assert.deepEqual(await lintLog("json", log, ["D001", "D002", "D003", "M001"]), []);
});

/** The texts that any layout of JSON holds. */
Deno.test("the same values are found in JSON, whatever its layout", async () => {
  const texts = ["DELETE FROM a", 'DELETE FROM b -- {["', "DELETE FROM c WHERE 1", "DELETE\nFROM d"];
  const values = texts.map((query) => ({ id: 1, tags: ["x", { y: 1 }], query }));
  const layouts = [
    values.map((value) => JSON.stringify(value)).join("\n"),
    JSON.stringify(values),
    JSON.stringify(values, null, 2),
    JSON.stringify(texts, null, 2),
    values.map((value) => JSON.stringify(value, null, 4)).join("\n"),
    `[${values.map((value) => JSON.stringify(value)).join(",\n")}]`,
    `[\n${values.map((value) => JSON.stringify(value)).join(",")}\n]\n`,
    JSON.stringify({ data: values }, null, 1),
    values.map((log) => JSON.stringify({ log })).join("\r\n"),
  ];
  for (const layout of layouts) {
    const found = await lintLog("json", layout, ["D001", "D003"]);
    assert.deepEqual(found.map((line) => line.replace(/ \d+ /, " ")).toSorted(), [
      "D001 x1",
      "D001 x1",
      "D001 x1",
      "D003 x1",
    ], layout);
  }
});

Deno.test("what is no log is an error of its input, with the rest of it judged", async () => {
  const cases: ["slow-log" | "general-log" | "json", string, RegExp, number][] = [
    ["json", '[\n {"query": "DELETE FROM a"},\n {"query": "DELETE FROM', /^Line 3 of a\.log begins/, 1],
    ["json", '{"query": "DELETE FR\n{"query": "DELETE FROM a"}\n', /^Line 1 of a\.log begins/, 1],
    ["json", 'id,query\n1,"DELETE FROM a"\n', /^Line 1 of a\.log is not JSON, and 1 more/, 0],
    ["json", "DELETE FROM a\n", /^Line 1 of a\.log is not JSON$/, 0],
    ["json", '{"text": "DELETE FROM a"}\n', /hold no text under/, 0],
    ["json", "[1, 2]\n", /^Line 1 of a\.log/, 0],
    ["slow-log", "DELETE FROM a;\n", /entry of a slow log/, 0],
    ["general-log", '{"query": "DELETE FROM a"}\n', /entry of a general log/, 0],
  ];
  for (const [kind, text, message, count] of cases) {
    await inDirectory({ "a.log": text, "b.log": text }, async (cwd) => {
      const report = await lintNamed(cwd, ["a.log", "b.log"], { rules: ["D001"] }, { kind });
      assert.equal(report.errors.length, 2, text);
      assert.match(report.errors[0]?.message ?? "", message);
      assert.equal(report.findings.length, 2 * count, text);
    });
  }
});
