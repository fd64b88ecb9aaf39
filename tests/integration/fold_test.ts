/**
 * What the analyser computes of constant expressions, against what MySQL and MariaDB do: every value that it claims to know
 * has to be the server's. `FOLDS=1000000` asks of a million expressions.
 */
import assert from "node:assert/strict";
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { type Constant, truthOf } from "../../src/sql/condition/constant.ts";
import { foldConstant } from "../../src/sql/condition/fold.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS, type SqlOptions } from "../../src/sql/options.ts";
import { generateConstant } from "../support/constant_generator.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/servers.ts";

const COUNT = Number(Deno.env.get("FOLDS") ?? 20_000);
/** Expressions asked of a server in one statement. */
const BATCH = 100;

/** Sessions whose collations and modes decide what others take for granted. */
const SESSIONS: readonly { readonly set: string; readonly options?: Partial<SqlOptions> }[] = [
  { set: "SET NAMES utf8mb4" },
  { set: "SET NAMES utf8mb4 COLLATE utf8mb4_roman_ci" },
  { set: "SET collation_connection = utf8mb4_turkish_ci" },
  { set: "SET collation_connection = utf8mb4_bin" },
  { set: "SET sql_mode = 'NO_BACKSLASH_ESCAPES'", options: { noBackslashEscapes: true } },
];

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`every constant that is folded is what ${flavour} makes of it`, async () => {
    await using server = await startServer({ flavour });
    await server.createUser({ name: "oracle", password: "secret" });
    const { host, port } = server;
    const login = { host, port, user: "oracle", password: "secret", charset: "utf8mb4" };
    const connection = await mysql.createConnection({
      ...login,
      supportBigNumbers: true,
      bigNumberStrings: true,
    });
    const wrong: string[] = [];
    let known = 0;
    try {
      const random = new Random(7);
      for (let done = 0; done < COUNT && wrong.length < 40;) {
        const { set, options } = SESSIONS[Math.floor(done / BATCH) % SESSIONS.length]!;
        await connection.query("SET NAMES utf8mb4");
        await connection.query("SET sql_mode = ''");
        await connection.query(set);
        const batch: [sql: string, value: Constant][] = [];
        while (batch.length < BATCH && done < COUNT) {
          const sql = generateConstant(random, 1 + random.below(3));
          const value = valueOf(sql, { ...DEFAULT_SQL_OPTIONS, ...options, dialect: flavour });
          done++;
          if (value !== undefined) batch.push([sql, value]);
        }
        known += batch.length;
        wrong.push(...(await differing(connection, batch)).map((one) => `${set}: ${one}`));
      }
    } finally {
      await connection.end();
    }
    assert.deepEqual(wrong, []);
    assert.ok(known > COUNT / 5, `only ${known} of ${COUNT} are known`);
  });
}

function valueOf(sql: string, options: SqlOptions): Constant | undefined {
  const bytes = new TextEncoder().encode(`SELECT ${sql}`);
  const statement = analyse(bytes, tokenize(bytes, options), options);
  assert.ok(statement.kind === "select" && statement.problems.length === 0, sql);
  return foldConstant(statement.query.blocks[0]!.items[0]!.expression);
}

/** Those of a batch that the server computes otherwise. What it refuses to compute changes no row. */
async function differing(connection: Connection, batch: readonly [string, Constant][]): Promise<string[]> {
  if (batch.length === 0) return [];
  const columns = batch.flatMap(([sql], index) => [
    `(${sql}) IS NULL AS n${index}`,
    `(${sql}) IS TRUE AS t${index}`,
    `CONCAT(${sql}) AS c${index}`,
  ]);
  let row: RowDataPacket;
  try {
    const [rows] = await connection.query<RowDataPacket[]>(`SELECT ${columns.join(", ")}`);
    row = rows[0]!;
  } catch {
    if (batch.length === 1) return [];
    const half = batch.length >> 1;
    return [
      ...await differing(connection, batch.slice(0, half)),
      ...await differing(connection, batch.slice(half)),
    ];
  }
  return batch.flatMap(([sql, value], index) => {
    const isNull = Number(row[`n${index}`]) === 1;
    const truth = isNull ? null : Number(row[`t${index}`]) === 1;
    const text = row[`c${index}`] === null ? null : String(row[`c${index}`]);
    const own = truthOf(value);
    const sameText = typeof value !== "string" && typeof value !== "number" || text === String(value);
    const sameTruth = own === undefined || own === truth;
    return sameTruth && (value === null) === isNull && sameText
      ? []
      : [`${sql} is ${JSON.stringify(value)}, the server has ${JSON.stringify(text)}, truth ${truth}`];
  });
}
