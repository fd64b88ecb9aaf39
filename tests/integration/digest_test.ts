/**
 * Digests against MySQL's own: STATEMENT_DIGEST_TEXT() and STATEMENT_DIGEST() over statements written by hand
 * (tests/testdata/digest_statements.sql), statements generated under each sql_mode that changes lexing, and any folder
 * of SQL that QUERYCOP_CORPUS names. Statements the server cannot parse have no digest and are not counted.
 */
import assert from "node:assert/strict";
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { digestText } from "../../src/sql/digest/text.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../../src/sql/options.ts";
import { statementDigest } from "../../src/sql/digest/digest.ts";
import { StatementReader } from "../../src/sql/splitter/statement_reader.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/servers.ts";
import { SqlGenerator } from "../support/sql_generator.ts";
import { writeStatement } from "../support/sql_writer.ts";

/** Digests that are known to differ, by statement, with the reason. None is known. */
const EXCEPTIONS: ReadonlyMap<string, string> = new Map();

const GENERATED = 1500;
const encoder = new TextEncoder();

const MODES: readonly { readonly sqlMode: string; readonly options: Partial<SqlOptions> }[] = [
  { sqlMode: "", options: {} },
  { sqlMode: "ANSI_QUOTES", options: { ansiQuotes: true } },
  { sqlMode: "NO_BACKSLASH_ESCAPES", options: { noBackslashEscapes: true } },
  { sqlMode: "PIPES_AS_CONCAT", options: { pipesAsConcat: true } },
  { sqlMode: "IGNORE_SPACE", options: { ignoreSpace: true } },
  { sqlMode: "HIGH_NOT_PRECEDENCE", options: { highNotPrecedence: true } },
];

Deno.test("digests are MySQL's, byte for byte, on 99.9 % of statements and more", async () => {
  await using server = await startServer({ flavour: "mysql", args: ["--max-digest-length=1048576"] });
  await server.sql("CREATE DATABASE d");
  await server.createUser({ name: "oracle", password: "secret" });
  const connection = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: "oracle",
    password: "secret",
    database: "d",
    charset: "utf8mb4",
    flags: ["-IGNORE_SPACE"],
  });
  let judged = 0;
  let agreed = 0;
  const differing: string[] = [];
  try {
    for (const { sqlMode, options } of MODES) {
      await connection.query(`SET sql_mode = '${sqlMode}'`);
      const all = { ...DEFAULT_SQL_OPTIONS, ...options };
      for (const statement of await statements(sqlMode)) {
        const bytes = encoder.encode(statement);
        const theirs = await digestOf(connection, bytes);
        if (theirs === undefined || EXCEPTIONS.has(statement)) continue;
        judged++;
        const text = digestText(bytes, all);
        if (text === theirs.text && statementDigest(bytes, all) === theirs.hash) agreed++;
        else differing.push(`${sqlMode} ${statement}\n  MySQL:    ${theirs.text}\n  querycop: ${text}`);
      }
    }
  } finally {
    await connection.end();
  }
  console.log(`digest agreement: ${agreed} of ${judged}, ${(100 * agreed / judged).toFixed(3)} %`);
  assert.ok(judged > 5000, `only ${judged} statements were judged`);
  assert.ok(agreed / judged >= 0.999, differing.slice(0, 20).join("\n"));
});

async function statements(sqlMode: string): Promise<string[]> {
  const random = new Random(sqlMode.length + 1);
  const generator = new SqlGenerator(random);
  const list = Array.from({ length: GENERATED }, () => writeStatement(generator.statement(), random));
  const written = await Deno.readTextFile(new URL("../testdata/digest_statements.sql", import.meta.url));
  list.push(...written.split("\n").filter((line) => line !== ""));
  const corpus = Deno.env.get("QUERYCOP_CORPUS");
  if (corpus !== undefined && sqlMode === "") await addFolder(corpus, list);
  return list;
}

async function addFolder(folder: string, list: string[]): Promise<void> {
  for await (const entry of Deno.readDir(folder)) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) await addFolder(path, list);
    else if (/\.(sql|txt)$/.test(entry.name)) {
      const bytes = await Deno.readFile(path);
      const reader = new StatementReader({ ...DEFAULT_SQL_OPTIONS, clientFile: true });
      for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
        list.push(new TextDecoder().decode(bytes.subarray(reader.start, reader.end)));
      }
    }
  }
}

async function digestOf(
  connection: Connection,
  statement: Uint8Array,
): Promise<{ text: string; hash: string } | undefined> {
  const literal = `_utf8mb4 x'${statement.toHex()}'`;
  try {
    const [rows] = await connection.query<RowDataPacket[]>(
      `SELECT STATEMENT_DIGEST_TEXT(${literal}) AS text, STATEMENT_DIGEST(${literal}) AS hash`,
    );
    return rows[0] as { text: string; hash: string };
  } catch (error) {
    // ER_PARSE_ERROR_IN_DIGEST_FN: the statement is none to this server.
    if ((error as { errno?: number }).errno === 3676) return undefined;
    throw error;
  }
}
