/** InnoDB's ALTER TABLE, asked of a real MySQL operation by operation, against the matrix that the rules go by. */
import assert from "node:assert/strict";
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import { ALTER_MATRIX, methodOf, type OnlineCost, plannedItems } from "../../src/risk/alter_matrix.ts";
import { analyse } from "../../src/sql/analyser/analyse.ts";
import { tokenize } from "../../src/sql/lexer/lexer.ts";
import { startServer } from "../support/servers.ts";

const TABLE =
  "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, u INT NOT NULL, n INT, v VARCHAR(20), e ENUM('a', 'b'), f TEXT, " +
  "p POINT NOT NULL SRID 0, g INT AS (n + 1) STORED, CONSTRAINT c CHECK (n > 0), KEY i (n), UNIQUE KEY uk (u)) CHARACTER SET utf8mb4";
const HASHED = "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT) PARTITION BY HASH (id) PARTITIONS 4";
const RANGED = "CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT) PARTITION BY RANGE (id) " +
  "(PARTITION a VALUES LESS THAN (10), PARTITION b VALUES LESS THAN (20))";

/** Items of ALTER TABLE t, with the table they are tried on where it is another. */
const ITEMS: readonly (readonly [string, string?])[] = [
  ["ADD KEY k (v)"],
  ["DROP KEY i"],
  ["RENAME KEY i TO j"],
  ["ALTER INDEX i INVISIBLE"],
  ["ADD FULLTEXT KEY k (f)"],
  ["ADD SPATIAL KEY k (p)"],
  ["ADD PRIMARY KEY (a)", "CREATE TABLE t (a INT NOT NULL)"],
  ["DROP PRIMARY KEY, ADD PRIMARY KEY (u)"],
  ["DROP PRIMARY KEY"],
  ["ADD COLUMN z INT"],
  ["ADD COLUMN z INT AFTER id"],
  ["ADD COLUMN z INT AUTO_INCREMENT UNIQUE"],
  ["ADD COLUMN z VARCHAR(9) DEFAULT (REPEAT('a', 3))"],
  ["ADD COLUMN z INT AS (n + 2) STORED"],
  ["ADD COLUMN z INT AS (n + 2) VIRTUAL"],
  ["DROP COLUMN v"],
  ["RENAME COLUMN v TO w"],
  ["ALTER COLUMN n SET DEFAULT 5"],
  ["MODIFY v INT"],
  ["MODIFY v VARCHAR(5)"],
  ["ADD CONSTRAINT d CHECK (u > 0)"],
  ["DROP CHECK c"],
  ["ALTER CHECK c NOT ENFORCED"],
  ["ROW_FORMAT = COMPACT"],
  ["FORCE"],
  ["ENGINE = InnoDB"],
  ["ENGINE = MyISAM", "CREATE TABLE t (id INT NOT NULL PRIMARY KEY)"],
  ["CONVERT TO CHARACTER SET latin1"],
  ["RENAME TO t2"],
  ["PARTITION BY HASH (id) PARTITIONS 2", "CREATE TABLE t (id INT NOT NULL PRIMARY KEY)"],
  ["REMOVE PARTITIONING", HASHED],
  ["ADD PARTITION (PARTITION c VALUES LESS THAN (30))", RANGED],
  ["DROP PARTITION a", RANGED],
  ["COALESCE PARTITION 1", HASHED],
  ["REORGANIZE PARTITION a, b INTO (PARTITION ab VALUES LESS THAN (20))", RANGED],
];

Deno.test("the matrix says of every operation what MySQL itself says", async () => {
  await using server = await startServer({ flavour: "mysql" });
  await server.createUser({ name: "tester", password: "secret", grant: "ALL ON *.*" });
  const connection = await mysql.createConnection({
    host: server.host,
    port: server.port,
    user: "tester",
    password: "secret",
  });
  const wrong: string[] = [];
  try {
    await connection.query("CREATE DATABASE matrix");
    await connection.query("USE matrix");
    const [rows] = await connection.query<RowDataPacket[]>("SELECT VERSION() AS version");
    const [major = 0, minor = 0, patch = 0] = String(rows[0]?.["version"]).split(/[.-]/).map(Number);
    const version = major * 10_000 + minor * 100 + patch;
    for (const [item, table = TABLE] of ITEMS) {
      const comma = /^(PARTITION BY|REMOVE)/.test(item) ? "" : ",";
      const can = (clause: string) => succeeds(connection, table, `ALTER TABLE t ${clause}${comma} ${item}`);
      const instant = await can("ALGORITHM=INSTANT");
      const online = await can("ALGORITHM=INPLACE, LOCK=NONE");
      const inPlace = online || await can("ALGORITHM=INPLACE");
      const [planned] = operationsOf(`ALTER TABLE t ${item}`);
      assert.ok(planned !== undefined, item);
      const cost: OnlineCost = ALTER_MATRIX[planned];
      const says = {
        instant: methodOf(planned, version) === "instant",
        inPlace: cost.inPlace === true,
        writes: cost.inPlace === true && cost.writes,
      };
      const is = { instant, inPlace, writes: online };
      if (JSON.stringify(says) !== JSON.stringify(is)) {
        wrong.push(`${item}: ${JSON.stringify(says)} said, ${JSON.stringify(is)} so`);
      }
    }
  } finally {
    await connection.end();
  }
  assert.deepEqual(wrong, []);
});

function operationsOf(sql: string) {
  const bytes = new TextEncoder().encode(sql);
  const statement = analyse(bytes, tokenize(bytes));
  assert.equal(statement.kind, "alter-table");
  return statement.kind === "alter-table" ? plannedItems(statement).map(({ operation }) => operation) : [];
}

async function succeeds(connection: Connection, table: string, sql: string): Promise<boolean> {
  await connection.query("DROP TABLE IF EXISTS t, t2");
  await connection.query(table);
  try {
    await connection.query(sql);
    return true;
  } catch (error) {
    const { errno, message } = error as { readonly errno: number; readonly message: string };
    // ER_ALTER_OPERATION_NOT_SUPPORTED and its form with a reason: the answer no. Anything else is a mistake here.
    if (errno === 1845 || errno === 1846) return false;
    throw new Error(`${sql}: ${message}`);
  }
}
