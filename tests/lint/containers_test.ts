import assert from "node:assert/strict";
import { LINT_LEVELS } from "../../src/lint/model.ts";
import { inDirectory, lintNamed, lintText } from "./_linting.ts";

/** What may never be missed: losses, copies, grants and changes of types. */
const STATEMENTS = [
  "DROP TABLE t",
  "DROP TABLE IF EXISTS a.t, u",
  "DROP DATABASE shop",
  "TRUNCATE t",
  "DELETE FROM t",
  "DELETE FROM t WHERE 1",
  "DELETE t FROM t",
  "UPDATE t SET a = 1",
  "UPDATE t JOIN u SET t.a = 1",
  "WITH c AS (SELECT 1) DELETE FROM t",
  "ALTER TABLE t DROP COLUMN c",
  "ALTER TABLE t MODIFY c BIGINT NOT NULL",
  "ALTER TABLE t CHANGE c d VARCHAR(300)",
  "ALTER TABLE t ADD COLUMN d INT AS (a) STORED",
  "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
  "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id)",
  "ALTER TABLE t ADD CHECK (a > 0)",
  "ALTER TABLE t ORDER BY a",
  "ALTER TABLE t DROP PRIMARY KEY",
  "ALTER TABLE t DROP PARTITION p0",
  "ALTER TABLE t ENGINE=MyISAM",
  "GRANT ALL ON *.* TO u@'%'",
  "GRANT SUPER ON *.* TO u",
  "DROP USER u",
  "RENAME TABLE t TO u",
  "CREATE TABLE v AS SELECT * FROM u",
  "DELTE FROM t",
];

/** Ways in which files hold a statement. */
const CONTAINERS: Readonly<Record<string, (sql: string) => string>> = {
  terminated: (sql) => `SELECT 1;\n${sql};\nSELECT 2;\n`,
  "last, without its end": (sql) => `SELECT 1;\n${sql}`,
  goose: (sql) =>
    `-- +goose Up\n-- +goose StatementBegin\n${sql}\n-- +goose StatementEnd\n-- +goose Down\nSELECT 2;\n`,
  dbmate: (sql) => `-- migrate:up\n${sql}\n-- migrate:down\nSELECT 2;\n`,
  drizzle: (sql) => `SELECT 1;--> statement-breakpoint\n${sql}\n--> statement-breakpoint\nSELECT 2`,
  "liquibase, no end": (sql) =>
    `--liquibase formatted sql\n--changeset a:1\nSELECT 1\n\n  --changeset a:2\n${sql}\n--changeset a:3\nSELECT 2`,
  "liquibase, endDelimiter": (sql) =>
    `--liquibase formatted sql\n--changeset a:1 endDelimiter:$$\nSELECT 1$$\n${sql}$$\n`,
  "liquibase, lone slash": (sql) => `--liquibase formatted sql\n--changeset a:1\nSELECT 1\n/\n${sql}\n/\n`,
  mybatis: (sql) => `SELECT 1;\n${sql}\n-- //@UNDO\nSELECT 2;\n`,
  "use before it": (sql) => `use shop\n${sql};\n`,
  "source before it": (sql) => `source other.sql\n${sql};\n`,
  "\\G before it": (sql) => `SELECT 1\\G\n${sql}\\g\n`,
  delimiter: (sql) => `DELIMITER '$$'\nSELECT 1$$\n${sql}$$\nDELIMITER ;\n`,
  "delimiter, semicolon": (sql) => `DELIMITER //\nSELECT 1; ${sql};\n//\nDELIMITER ;\n`,
  "sql_mode": (sql) => `SET sql_mode = 'NO_BACKSLASH_ESCAPES';\nSELECT 'C:\\';\n${sql};\nSELECT '';\n`,
  "executable comment": (sql) => `/*!40101 ${sql} */;\n`,
  crlf: (sql) => `-- a comment\r\nuse shop\r\n${sql};\r\n`,
  "byte order mark": (sql) => `\ufeff${sql};\n`,
};

/** Codes at medium and above, which a statement has by itself. */
function codes(
  findings: readonly { readonly code: string; readonly level: typeof LINT_LEVELS[number] }[],
): string[] {
  return [
    ...new Set(
      findings.filter(({ level, code }) => level !== "info" && level !== "low" || code === "M001").map((
        { code },
      ) => code),
    ),
  ]
    .filter((code) => code !== "M009").toSorted();
}

Deno.test("what may never be missed is found, and in every container alike", async () => {
  for (const sql of STATEMENTS) {
    const alone = codes((await lintText(`${sql};\n`, { target: "mysql" })).findings);
    assert.ok(alone.length > 0, sql);
    for (const [name, put] of Object.entries(CONTAINERS)) {
      const { findings } = await lintText(put(sql), {
        target: "mysql",
        ignored: new Set(["S012", "A012", "T016"]),
      });
      assert.deepEqual(codes(findings), alone, `${name}: ${sql}`);
    }
  }
});

Deno.test("what may never be missed is found in every log alike", async () => {
  const header =
    "# Time: 2024-01-01T00:00:00.000000Z\n# User@Host: a[a] @ localhost []  Id: 1\n# Query_time: 1\n";
  const logs = {
    "slow-log": (sql: string) => `${header}use shop;\nSET timestamp=1;\n${sql};\n${header}SELECT 1;\n`,
    "general-log": (sql: string) =>
      `2024-01-01T00:00:00.000000Z\t 8 Query\t${sql}\n2024-01-01T00:00:00.000000Z\t 8 Quit\t\n`,
    json: (sql: string) => JSON.stringify([{ query: "SELECT 1" }, { query: sql }], null, 2),
  } as const;
  for (const sql of STATEMENTS) {
    const found: string[][] = [];
    for (const kind of ["slow-log", "general-log", "json"] as const) {
      await inDirectory({ "a.log": logs[kind](sql) }, async (cwd) => {
        found.push(codes((await lintNamed(cwd, ["a.log"], { target: "mysql" }, { kind })).findings));
      });
    }
    assert.ok((found[0]?.length ?? 0) > 0, sql);
    assert.deepEqual(found[1], found[0], sql);
    assert.deepEqual(found[2], found[0], sql);
  }
});
