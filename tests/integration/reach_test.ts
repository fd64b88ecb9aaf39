/**
 * The analyser's claim about how many rows an UPDATE or DELETE reaches, against the rows that MySQL and MariaDB really
 * change: generated statements in every form, each run on several tables' worth of data and rolled back.
 */
import assert from "node:assert/strict";
import mysql, { type Connection, type ResultSetHeader, type RowDataPacket } from "mysql2/promise";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { reachOfTable } from "../../src/sql/condition/reach.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { DEFAULT_SQL_OPTIONS } from "../../src/sql/options.ts";
import type { RowReach } from "../../src/sql/statement.ts";
import { ChangeGenerator, type GeneratedChange } from "../support/dml_generator.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/servers.ts";

const GENERATED = 2500;

type Row = readonly [id: number | null, a: number | null, name: string | null];

/**
 * Rows of t, by what an idle condition looks at: each set is a schema of its own, so that no claim holds by the luck of
 * one. In the first every value is true. The columns that restrictions look at are filled at random.
 */
const DATA: readonly (readonly Row[])[] = [
  [[1, 1, "1a"], [2, 2, "2b"], [3, 3, "3c"], [4, 7, "4abc"]],
  [[1, 0, "abc"], [2, null, null], [3, 3, ""], [null, -1, "zc"], [0, 2, "0"]],
  [[7, 7, "x"], [8, 8, "y"], [9, 9, "z"]],
  [[null, null, null], [null, 1, "1"], [-5, null, "-5"]],
  [[2, 2, "abc"]],
  [[1, 1, "abc"], [3, 3, "abc"], [-1, -1, "c"], [0, 0, "b"]],
];

/** Rows in each schema. */
const ROWS = 40;

/** What a statement did in one schema. */
interface Effect {
  readonly total: number;
  /** Rows without any NULL. */
  readonly whole: number;
  readonly reached: number;
  /** Of the rows without NULL, how many were reached. */
  readonly wholeReached: number;
}

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`every row, some or none: claims agree with what ${flavour} changes`, async () => {
    await using server = await startServer({ flavour });
    await server.createUser({ name: "oracle", password: "secret" });
    const connection = await mysql.createConnection({
      host: server.host,
      port: server.port,
      user: "oracle",
      password: "secret",
      charset: "utf8mb4",
    });
    const wrong: string[] = [];
    const judged = new Map<RowReach, number>();
    let refused = 0;
    try {
      await prepare(connection);
      const random = new Random(20260729);
      const generator = new ChangeGenerator(random);
      for (let count = 0; count < GENERATED; count++) {
        const change = generator.statement();
        if (flavour === "mariadb" && change.sql.startsWith("WITH")) continue;
        const effects = await effectsOf(connection, change);
        if (effects === undefined) {
          refused++;
          continue;
        }
        const claim = claimOf(change);
        judged.set(claim, (judged.get(claim) ?? 0) + 1);
        const fault = faultOf(claim, change, effects);
        if (fault !== undefined) wrong.push(`${claim} (${fault}): ${change.sql}`);
      }
    } finally {
      await connection.end();
    }
    const total = [...judged.values()].reduce((sum, count) => sum + count, 0);
    console.log(
      `effect on ${flavour}: ${total - wrong.length} of ${total} agree, ${refused} refused`,
      judged,
    );
    assert.ok(total > GENERATED / 2, `only ${total} statements ran`);
    assert.deepEqual(wrong, []);
  });
}

function rowsOf(schema: number): Row[] {
  const rows = DATA[schema]!;
  return Array.from({ length: ROWS }, (_, index) => rows[index % rows.length]!);
}

async function prepare(connection: Connection): Promise<void> {
  const random = new Random(7);
  await connection.query("SET sql_mode = '', autocommit = 0");
  for (const schema of DATA.keys()) {
    await connection.query(`CREATE DATABASE d${schema}`);
    await connection.query(`USE d${schema}`);
    await connection.query(
      "CREATE TABLE t (id INT, a INT, name VARCHAR(20), c1 INT, c2 INT, c3 INT, c4 INT, s1 VARCHAR(9), s2 VARCHAR(9), " +
        "s3 VARCHAR(9), s4 VARCHAR(9), mark INT NOT NULL DEFAULT 0, KEY (id)) ENGINE=InnoDB",
    );
    await connection.query("CREATE TABLE u (uid INT, ub INT) ENGINE=InnoDB");
    await connection.query("CREATE TABLE n (id INT) ENGINE=InnoDB");
    await connection.query("CREATE TABLE v (vid INT) ENGINE=InnoDB");
    await connection.query("INSERT INTO u VALUES (1, 1), (2, 2), (5, 5)");
    await connection.query("INSERT INTO n VALUES (1), (2)");
    if (schema % 2 === 0) await connection.query("INSERT INTO v VALUES (1)");
    for (const row of rowsOf(schema)) {
      const values = [
        ...row,
        ...random.some(4, 4, () => random.pick([null, -1, 0, 1, 2, 3])),
        ...random.some(4, 4, () => random.pick([null, "", "abc", "zc", "1x"])),
      ];
      await connection.query(`INSERT INTO t VALUES (${values.map(() => "?").join(", ")}, 0)`, values);
    }
    await connection.query("COMMIT");
  }
}

/** What a statement does in each schema; undefined where the server refuses it. */
async function effectsOf(connection: Connection, change: GeneratedChange): Promise<Effect[] | undefined> {
  const effects: Effect[] = [];
  for (const schema of DATA.keys()) {
    const rows = rowsOf(schema);
    await connection.query(`USE d${schema}`);
    await connection.query("SET @flag = ?", [[1, null, 0][schema % 3]]);
    try {
      await connection.query<ResultSetHeader>(change.sql);
      const untouched = change.kind === "update" ? "mark = 0" : "TRUE";
      const [[left]] = await connection.query<RowDataPacket[]>(
        `SELECT COUNT(*) AS n, COUNT(id + a + CHAR_LENGTH(name)) AS whole FROM t WHERE ${untouched}`,
      );
      const whole = rows.filter((row) => !row.includes(null)).length;
      effects.push({
        total: rows.length,
        whole,
        reached: rows.length - Number(left?.n),
        wholeReached: whole - Number(left?.whole),
      });
    } catch (error) {
      if (!(error instanceof Error) || !("errno" in error)) throw error;
      return undefined;
    } finally {
      await connection.query("ROLLBACK");
    }
  }
  return effects;
}

function claimOf(change: GeneratedChange): RowReach {
  const bytes = new TextEncoder().encode(change.sql);
  const statement = analyse(bytes, tokenize(bytes, DEFAULT_SQL_OPTIONS), DEFAULT_SQL_OPTIONS);
  assert.equal(statement.kind, change.kind, change.sql);
  assert.deepEqual(statement.problems, [], change.sql);
  assert.deepEqual(statement.writes.map((write) => write.table.name.text), ["t"], change.sql);
  if (statement.kind !== "update" && statement.kind !== "delete") throw new Error("unreachable");
  const target = statement.tables.find((reference) => reference.table?.name.text === "t");
  assert.ok(target !== undefined, change.sql);
  assert.equal(statement.reach, reachOfTable(statement, target), change.sql);
  return statement.reach;
}

/** How a claim is contradicted; undefined where it is not. */
function faultOf(claim: RowReach, change: GeneratedChange, effects: readonly Effect[]): string | undefined {
  const shown = effects.map(({ reached, total }) => `${reached}/${total}`).join(" ");
  const holds = (test: (effect: Effect) => boolean) => effects.every(test) ? undefined : shown;
  switch (claim) {
    case "every":
      return holds(({ reached, total }) => reached === total);
    case "none":
      return holds(({ reached }) => reached === 0);
    case "every-not-null":
      return holds(({ whole, wholeReached }) => wholeReached === whole);
    case "all-or-none":
      return holds(({ reached, total }) => reached === 0 || reached === total);
    case "limited":
      return holds(({ reached }) => reached <= Number(/LIMIT (\d+)/.exec(change.sql)?.[1]));
    case "truthy":
      // In the first set every value is true, those of `name` too. None, where `@flag` and the like have to hold as well.
      return effects[0]?.reached === effects[0]?.total || effects[0]?.reached === 0 ? undefined : shown;
    case "some":
      return effects.some(({ reached, total }) => reached < total) ? undefined : shown;
  }
}
