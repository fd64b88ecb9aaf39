import assert from "node:assert/strict";
import fc from "fast-check";
import { brief, lintChunks, lintText } from "./_linting.ts";

const D = { rules: new Set(["D001", "D002", "D005", "D007", "T006", "M007"]) };

Deno.test("a finding's place is that of its statement's span, in characters, bytes and UTF-16", async () => {
  const { findings } = await lintText("SELECT 1;\n/* größe 😀 */ SELECT 'ü😀' AS a; DELETE FROM users;\n", D);
  const start = findings[0]?.span.start;
  assert.deepEqual(start, { line: 2, byteColumn: 42, utf16Column: 35, charColumn: 33 });
  assert.equal(findings[0]?.span.startByte, 10 + 41);
});

Deno.test("any cutting of a file into chunks gives the same findings", async () => {
  const file = new TextEncoder().encode(
    "\ufeff-- querycop-ignore D001: scratch\nDELETE FROM scratch;\nBEGIN;\nDROP TABLE a; SET x = 1; CREATE TABLE a (id INT);\n" +
      "DELIMITER //\nCREATE PROCEDURE p() BEGIN DELETE FROM t; END//\nDELIMITER ;\nUPDATE t SET a = 'ü; DELETE FROM x';\n" +
      "-- migrate:down\nTRUNCATE t;\n-- querycop-ignore D999\n",
  );
  const whole = await lintChunks([file]);
  assert.ok(whole.findings.length > 6);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: file.length }), { maxLength: 12 }), async (cuts) => {
      const places = [0, ...cuts.toSorted((a, b) => a - b), file.length];
      const chunks = places.slice(1).map((end, index) => file.slice(places[index], end));
      assert.deepEqual(await lintChunks(chunks), whole);
    }),
    { numRuns: 60 },
  );
});

Deno.test("a directive covers the next statement alone", async () => {
  const sql = "-- querycop-ignore delete-without-where: a scratch table\nDELETE FROM a;\nDELETE FROM b;\n";
  const result = await lintText(sql, D);
  assert.deepEqual(brief(result), ["-D001 2:1", "D001 3:1"]);
  assert.deepEqual(result.findings[0]?.suppressed, { kind: "inline", reason: "a scratch table" });
});

Deno.test("directives take codes and names in any case, several at once, in every form of comment", async () => {
  for (
    const comment of [
      "# querycop-ignore d001",
      "/* querycop-ignore D001 */",
      "-- querycop-ignore D002, DELETE-WITHOUT-WHERE : x",
      "-- querycop-ignore all",
    ]
  ) {
    const codes = brief(await lintText(`${comment}\nDELETE FROM a;\n`, { rules: new Set(["D001"]) }));
    assert.deepEqual(codes, ["-D001 2:1"], comment);
  }
});

Deno.test("a directive inside a string or another statement's text does nothing", async () => {
  const sql = "SELECT '-- querycop-ignore D001';\nDELETE FROM a;\n";
  assert.deepEqual(brief(await lintText(sql, D)), ["D001 2:1"]);
});

Deno.test("a file directive covers the whole file, before and after it", async () => {
  const sql =
    "DELETE FROM a;\n-- querycop-ignore-file D001: generated\nDELETE FROM b;\nUPDATE c SET d = 1;\n";
  assert.deepEqual(brief(await lintText(sql, D)), ["-D001 1:1", "-D001 3:1", "D002 4:1"]);
});

Deno.test("a directive that suppresses nothing, or names no rule, is reported where it stands", async () => {
  const sql =
    "-- querycop-ignore D001: not needed\nSELECT 1;\n\n  -- querycop-ignore no-such-rule\nSELECT 2;\n-- querycop-ignore\n";
  const { findings } = await lintText(sql, D);
  assert.deepEqual(
    findings.map(({ code, message, span }) =>
      `${code} ${span.start.line}:${span.start.charColumn} ${message}`
    ),
    [
      "M007 1:1 This directive suppresses nothing",
      "M007 4:3 No rule is called no-such-rule",
      "M007 6:1 This directive names no rule",
    ],
  );
});

Deno.test("a directive for a rule that does not run is not called useless", async () => {
  const sql =
    "-- querycop-ignore C001: no key on purpose\nCREATE TABLE a (b INT);\n-- querycop-ignore T001\nSELECT 1;\n";
  const ignored = new Set(["C001"]);
  const { findings } = await lintText(sql, { ignored, target: "mysql" });
  assert.deepEqual(findings.map(({ code, span }) => `${code} ${span.start.line}`), ["M007 3"]);
});

Deno.test("findings of a down section say so, in each convention", async () => {
  for (
    const [up, down] of [
      ["-- migrate:up", "-- migrate:down"],
      ["-- +goose Up", "-- +goose Down"],
      ["-- +migrate Up", "-- +migrate Down"],
      ["-- //@UP", "-- //@UNDO"],
    ]
  ) {
    const result = await lintText(`${up}\nUPDATE a SET b = 1;\n${down}\nDROP TABLE a;\n`, D);
    assert.deepEqual(brief(result), ["D002 2:1", "vD005 4:12"], down);
  }
});

Deno.test("a down marker inside data is no marker", async () => {
  const sql = "-- migrate:up\nINSERT INTO a (b) VALUES ('\n-- migrate:down\n');\nDROP TABLE a;\n";
  assert.deepEqual(brief(await lintText(sql, D)), ["D005 5:12"]);
});

Deno.test("a table dropped and created anew at once scores less than one that is gone", async () => {
  const dump = await lintText(
    "DROP TABLE IF EXISTS `a`;\n/*!40101 SET @x = 1 */;\nCREATE TABLE `a` (id INT);\n",
    D,
  );
  assert.deepEqual(dump.findings.map(({ code, score }) => [code, score]), [["D005", 40]]);
  for (const after of ["CREATE TABLE b (id INT)", "SELECT 1; CREATE TABLE a (id INT)", ""]) {
    const { findings } = await lintText(`DROP TABLE a;\n${after}`, D);
    assert.deepEqual(findings.map(({ score }) => score), [85], after);
  }
});

Deno.test("a finding that only the file's end shows lies at the statement it is about", async () => {
  const result = await lintText("SELECT 1;\n  BEGIN;\nUPDATE t SET a = 1 WHERE id = 2;\n", D);
  assert.deepEqual(brief(result), ["T006 2:3"]);
  assert.deepEqual(result.findings[0]?.excerpt.map(({ text }) => text.trim()), ["BEGIN"]);
});

Deno.test("what cannot be read is reported and the rest of the file is still judged", async () => {
  const { findings } = await lintText("FROBNICATE t;\nSELECT (1;\nDELETE FROM a;\n");
  const codes = new Set(findings.map(({ code }) => code));
  for (const code of ["M001", "M003", "D001"]) assert.ok(codes.has(code), code);
});

Deno.test("odd bytes are named: byte order mark, NUL, bytes that are no UTF-8, bare carriage returns, UTF-16", async () => {
  const rules = { rules: new Set(["M009", "D001"]) };
  const bytes = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));
  const cases: [Uint8Array, RegExp][] = [
    [bytes("\xef\xbb\xbfDELETE FROM a;\n"), /byte order mark/],
    [bytes("SELECT '\0'; DELETE FROM a;\n"), /Byte 8 is a NUL/],
    [bytes("SELECT '\xff'; DELETE FROM a;\n"), /Byte 8 is not UTF-8/],
    [bytes("SELECT 1;\rDELETE FROM a;\r"), /carriage returns/],
    [bytes("\xff\xfe" + [..."DELETE FROM a;"].map((c) => `${c}\0`).join("")), /UTF-16/],
  ];
  for (const [file, message] of cases) {
    const { findings } = await lintChunks([file], rules);
    assert.ok(
      findings.some((finding) => finding.code === "M009" && message.test(finding.message)),
      String(message),
    );
    assert.ok(
      findings.some((finding) => finding.code === "D001"),
      `${message}: the statement is still judged`,
    );
  }
  assert.deepEqual(brief(await lintText("SELECT 'größe 😀';\r\n", rules)), []);
});

Deno.test("an open DELIMITER and an open body are reported", async () => {
  const rules = { rules: new Set(["M004"]) };
  assert.deepEqual(brief(await lintText("DELIMITER //\nCREATE PROCEDURE p() SELECT 1//\n", rules)), [
    "M004 1:1",
  ]);
  assert.deepEqual(brief(await lintText("CREATE PROCEDURE p() BEGIN SELECT 1;\n", rules)), ["M004 1:1"]);
  assert.deepEqual(
    brief(await lintText("DELIMITER //\nCREATE PROCEDURE p() SELECT 1//\nDELIMITER ;\n", rules)),
    [],
  );
});

Deno.test("Liquibase's comments are comments", async () => {
  const sql =
    "--liquibase formatted sql\n--changeset ann:1\nCREATE TABLE a (id BIGINT PRIMARY KEY);\n--rollback DROP TABLE a;\n" +
    "--changeset ann:2\nDELETE FROM a;\n";
  assert.deepEqual(brief(await lintText(sql, { rules: new Set(["D001", "D005", "M001"]) })), ["D001 6:1"]);
});

Deno.test("only statements on added lines are reported, whole statements at a time", async () => {
  const sql = "DELETE FROM a;\nDELETE\nFROM b;\nDELETE FROM c;\n";
  assert.deepEqual(brief(await lintText(sql, D, { added: [[3, 3]] })), ["D001 2:1"]);
});

Deno.test("a password is masked in the excerpt", async () => {
  const { findings } = await lintText("CREATE USER 'a'@'localhost' IDENTIFIED BY 'hunter2-hunter2';\n");
  assert.ok(findings.length > 0);
  assert.ok(!JSON.stringify(findings).includes("hunter2"));
});

Deno.test("findings beyond the room are counted, not kept", async () => {
  const result = await lintText("DELETE FROM a;\n".repeat(10), D, { room: 4 });
  assert.deepEqual([result.findings.length, result.dropped], [4, 6]);
});

Deno.test("SET in a file decides how the statements after it are read, as in a session", async () => {
  const rules = { rules: new Set(["D001", "D003", "D004", "M001", "M002"]) };
  const cases: [string, string[]][] = [
    ["SET sql_mode='NO_BACKSLASH_ESCAPES';\nSELECT 'C:\\';\nDELETE FROM t; SELECT '';\n", ["D001 3:1"]],
    ["SET sql_mode='ANSI_QUOTES';\nDELETE FROM t WHERE \"a\"='a';\n", []],
    ["DELETE FROM t WHERE \"a\"='a';\n", ["D003 1:15"]],
    ["SET sql_mode='HIGH_NOT_PRECEDENCE';\nDELETE FROM t WHERE NOT 1 BETWEEN -5 AND 5;\n", ["D003 2:15"]],
    ["DELETE FROM t WHERE NOT 1 BETWEEN -5 AND 5;\n", ["D004 1:15"]],
    [
      "/*!40101 SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO,ANSI' */;\n" +
      'CREATE TABLE "t" ("id" int NOT NULL, PRIMARY KEY ("id"));\nINSERT INTO "t" VALUES (1);\n' +
      "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;\nDELETE FROM t WHERE \"a\"='a';\n",
      ["D003 5:15"],
    ],
    // The halves of a migration run in sessions of their own.
    ["-- migrate:up\nSET sql_mode='ANSI_QUOTES';\n-- migrate:down\nDELETE FROM t WHERE \"a\"='a';\n", [
      "vD003 4:15",
    ]],
    ["SET GLOBAL sql_mode='ANSI_QUOTES';\nDELETE FROM t WHERE \"a\"='a';\n", ["D003 2:15"]],
  ];
  for (const [sql, expected] of cases) assert.deepEqual(brief(await lintText(sql, rules)), expected, sql);
});

Deno.test("a statement before a marker is judged, and excerpts are the file's own bytes", async () => {
  const sql =
    "-- +goose Up\n-- +goose StatementBegin\nDROP TABLE x\n-- +goose StatementEnd\n-- +goose Down\nDROP TABLE y\n";
  assert.deepEqual(brief(await lintText(sql, D)), ["D005 3:12", "vD005 6:12"]);
  const liquibase =
    "--liquibase formatted sql\n--changeset a:1\nDELETE FROM c\n  --changeset a:2 -- --x\nDELETE FROM d -- x";
  const { findings } = await lintText(liquibase, D);
  assert.deepEqual(findings.map(({ excerpt }) => excerpt.map(({ text }) => text).join("\n")), [
    "DELETE FROM c",
    "DELETE FROM d",
  ]);
});

Deno.test("a file that the client would read is named, since nobody has looked at it", async () => {
  const result = await lintText("SELECT 1;\nsource other.sql\nSELECT 2;\n\\. more.sql\n", {
    rules: new Set(["M012"]),
  });
  assert.deepEqual(brief(result), ["M012 2:1", "M012 4:1"]);
});

Deno.test("a dump's DROP TABLE in front of the view it creates anew costs less than one that is gone", async () => {
  const rules = { rules: new Set(["D005"]) };
  const scores = async (sql: string) => (await lintText(sql, rules)).findings.map(({ score }) => score);
  const [gone = 0] = await scores("DROP TABLE IF EXISTS `v`;\nSELECT 1;\n");
  for (
    const between of [
      "",
      "/*!50001 DROP VIEW IF EXISTS `v`*/;\n",
      "/*!50001 DROP VIEW IF EXISTS `v`*/;\nSET @saved_cs_client = @@character_set_client;\n",
    ]
  ) {
    for (
      const create of [
        "/*!50001 CREATE VIEW `v` AS SELECT 1 AS `a`*/;",
        "/*!50001 CREATE TABLE `v` (a INT)*/;",
      ]
    ) {
      const [score = 0, ...others] = await scores(`DROP TABLE IF EXISTS \`v\`;\n${between}${create}\n`);
      assert.ok(score < gone && others.length === 0, `${between}${create}: ${score}`);
    }
  }
  assert.deepEqual(await scores("DROP TABLE `v`;\nDROP VIEW `w`;\nCREATE VIEW `v` AS SELECT 1;\n"), [gone]);
});

Deno.test("a table that stands in for a dump's view is no table of its own", async () => {
  const dump = "/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;\n" +
    "/*!50001 CREATE TABLE `v` (\n  `a` tinyint NOT NULL\n) ENGINE=MyISAM */;\n";
  const rules = { rules: new Set(["V001", "V006"]) };
  assert.deepEqual(brief(await lintText(dump, rules)), []);
  const own = dump.replace("/*!50001 CREATE", "CREATE").replace("MyISAM */", "MyISAM");
  assert.deepEqual(brief(await lintText(own, rules)), ["V001 2:14", "V006 4:3"]);
});
