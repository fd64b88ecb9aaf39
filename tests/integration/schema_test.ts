/**
 * The schema that a run's CREATE and ALTER statements add up to, against the one that MySQL's own tables describe after
 * running them: generated tables, each changed a few times, and any folder of SQL that QUERYCOP_CORPUS names.
 */
import assert from "node:assert/strict";
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { SchemaCatalogue } from "../../src/risk/schema_catalogue.ts";
import type { TableFacts } from "../../src/risk/schema_facts.ts";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { DdlGenerator } from "../support/ddl_generator.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/servers.ts";

const TABLES = 150;

Deno.test("the schema read from statements is the one that MySQL has", async () => {
  await using server = await startServer({ flavour: "mysql" });
  await server.sql("CREATE DATABASE d");
  await server.createUser({ name: "oracle", password: "secret" });
  const connection = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: "oracle",
    password: "secret",
    database: "d",
    charset: "utf8mb4",
  });
  const wrong: string[] = [];
  let ran = 0;
  let refused = 0;
  try {
    const random = new Random(11);
    const generator = new DdlGenerator(random);
    for (let count = 0; count < TABLES; count++) {
      const name = `t${count}`;
      const catalogue = new SchemaCatalogue();
      const applied: string[] = [];
      const statements = [
        generator.createTable(name),
        ...random.some(0, 4, () => generator.alterTable(name)),
      ];
      for (const sql of statements) {
        if (await runs(connection, sql)) {
          ran++;
          apply(catalogue, sql);
          applied.push(sql);
        } else refused++;
      }
      if (applied.length === 0 || !applied[0]!.startsWith("CREATE")) continue;
      const ours = describeFacts(catalogue.table(name));
      const theirs = await describeTable(connection, name);
      if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
        wrong.push(
          [...applied, `  MySQL:    ${theirs.join("; ")}`, `  querycop: ${ours.join("; ")}`].join("\n"),
        );
      }
    }
  } finally {
    await connection.end();
  }
  console.log(
    `schema: ${TABLES - wrong.length} of ${TABLES} tables agree after ${ran} statements, ${refused} refused`,
  );
  assert.ok(ran > TABLES, `only ${ran} statements ran`);
  assert.deepEqual(wrong, [], wrong.slice(0, 10).join("\n"));
});

async function runs(connection: Connection, sql: string): Promise<boolean> {
  try {
    await connection.query(sql);
    return true;
  } catch (error) {
    if (!(error instanceof Error) || !("errno" in error)) throw error;
    assert.notEqual(error.errno, 1064, `${error.message}: ${sql}`);
    return false;
  }
}

function apply(catalogue: SchemaCatalogue, sql: string): void {
  const bytes = new TextEncoder().encode(sql);
  const statement = analyse(bytes, tokenize(bytes));
  assert.deepEqual(statement.problems, [], sql);
  catalogue.apply(statement);
}

/** What is compared, a line a column and a line a key. */
function describeFacts(table: TableFacts | undefined): string[] {
  if (table === undefined) return ["no table"];
  const lines: string[] = [];
  for (const column of table.columns.values()) {
    const length = /char|binary/.test(column.type) ? `(${column.length ?? 1})` : "";
    const sign = column.unsigned ? " unsigned" : "";
    const nullable = column.nullable ? " null" : "";
    const increment = column.autoIncrement ? " auto_increment" : "";
    const generated = column.generated === undefined ? "" : ` ${column.generated}`;
    const members = column.values.length === 0 ? "" : ` ${column.values.join("|")}`;
    lines.push(`${column.name} ${column.type}${length}${sign}${nullable}${increment}${generated}${members}`);
  }
  for (const key of table.keys) {
    lines.push(`key ${key.kind} (${key.columns.join(",")})${key.partial ? " partial" : ""}`);
  }
  return lines.sort();
}

async function describeTable(connection: Connection, name: string): Promise<string[]> {
  const lines: string[] = [];
  const [columns] = await connection.query<RowDataPacket[]>(
    "SELECT COLUMN_NAME AS name, DATA_TYPE AS type, COLUMN_TYPE AS full, CHARACTER_MAXIMUM_LENGTH AS length, " +
      "IS_NULLABLE AS nullable, EXTRA AS extra FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='d' AND TABLE_NAME=?",
    [name],
  );
  for (const { name, type, full, length, nullable, extra } of columns) {
    const shown = /char|binary/.test(type) ? `(${length})` : "";
    const members = /^(enum|set)\((.*)\)$/.exec(full)?.[2];
    lines.push(
      `${String(name).toLowerCase()} ${type}${shown}${/unsigned/.test(full) ? " unsigned" : ""}` +
        `${nullable === "YES" ? " null" : ""}${/auto_increment/.test(extra) ? " auto_increment" : ""}` +
        `${/STORED/.test(extra) ? " stored" : /VIRTUAL/.test(extra) ? " virtual" : ""}` +
        (members === undefined
          ? ""
          : ` ${
            members.split(/(?<=[^']'(?:'')*),/).map((m) => m.slice(1, -1).replaceAll("''", "'")).join("|")
          }`),
    );
  }
  const [keys] = await connection.query<RowDataPacket[]>(
    "SELECT INDEX_NAME AS name, MAX(NON_UNIQUE) AS nonUnique, MAX(INDEX_TYPE) AS type, " +
      "GROUP_CONCAT(COLUMN_NAME ORDER BY SEQ_IN_INDEX) AS columns, SUM(SUB_PART IS NOT NULL OR COLUMN_NAME IS NULL) AS partial " +
      "FROM information_schema.STATISTICS WHERE TABLE_SCHEMA='d' AND TABLE_NAME=? GROUP BY INDEX_NAME",
    [name],
  );
  for (const key of keys) {
    const kind = key.name === "PRIMARY"
      ? "primary"
      : key.type === "FULLTEXT"
      ? "fulltext"
      : Number(key.nonUnique) === 0
      ? "unique"
      : "index";
    lines.push(
      `key ${kind} (${String(key.columns ?? "").toLowerCase()})${Number(key.partial) > 0 ? " partial" : ""}`,
    );
  }
  return lines.sort();
}
