/** Asks a real MySQL again for some of the answers in tests/testdata/alter_columns.txt and alter_items.txt. */
import assert from "node:assert/strict";
import mysql, { type Connection, type RowDataPacket } from "mysql2/promise";
import {
  type AlterAnswer,
  columnAnswers,
  ITEMS_PARENT,
  ITEMS_TABLE,
  itemsAnswers,
} from "../support/alter_answers.ts";
import { Random } from "../support/random.ts";
import { startServer } from "../support/servers.ts";

/** Changes that are asked of the server each time: those that are not copies, mostly, since nearly all of them are. */
const COLUMN_SAMPLE = 60;
const ITEMS_SAMPLE = 40;
const SEED = Math.floor(Math.random() * 2 ** 31);

Deno.test(`a sample of the recorded answers on ALTER TABLE is what the server answers (seed ${SEED})`, async () => {
  await using server = await startServer({ flavour: "mysql" });
  await server.createUser({ name: "tester", password: "secret", grant: "ALL ON *.*" });
  const { host, port } = server;
  const connection = await mysql.createConnection({ host, port, user: "tester", password: "secret" });
  const random = new Random(SEED);
  const wrong: string[] = [];
  try {
    await connection.query("CREATE DATABASE answers");
    await connection.query("USE answers");
    await connection.query(ITEMS_PARENT);
    const columns = columnAnswers();
    const online = columns.filter(({ answer }) => answer !== undefined && answer.method !== "copy");
    const sample = [
      ...pick(random, online, COLUMN_SAMPLE * 2 / 3),
      ...pick(random, columns, COLUMN_SAMPLE / 3),
    ].map(({ table, to, answer }) => ({ table, items: `MODIFY c ${to}`, answer }));
    const items = pick(random, itemsAnswers(), ITEMS_SAMPLE).map((one) => ({ table: ITEMS_TABLE, ...one }));
    for (const { table, items: change, answer } of [...sample, ...items]) {
      const is = await ask(connection, table, change);
      try {
        assert.deepEqual(is, answer);
      } catch {
        wrong.push(`${table}: ${change}: ${JSON.stringify(answer)} recorded, ${JSON.stringify(is)} so`);
      }
    }
  } finally {
    await connection.end();
  }
  assert.deepEqual(wrong, []);
});

function pick<T>(random: Random, list: readonly T[], count: number): T[] {
  return Array.from({ length: count }, () => random.pick(list));
}

/** How the server carries a change out; undefined where it refuses it. */
async function ask(connection: Connection, table: string, items: string): Promise<AlterAnswer | undefined> {
  const can = (clause: string) => alter(connection, table, `ALTER TABLE t ${clause}, ${items}`);
  try {
    if (await can("ALGORITHM=INSTANT") !== undefined) return { method: "instant", locked: false };
    const online = await can("ALGORITHM=INPLACE, LOCK=NONE");
    if (online !== undefined) return { method: online, locked: false };
    const shared = await can("ALGORITHM=INPLACE, LOCK=SHARED");
    return shared === undefined ? { method: "copy", locked: true } : { method: shared, locked: true };
  } catch {
    return undefined;
  }
}

/** What became of the table where the server did it that way; undefined where it cannot. Throws what else it says. */
async function alter(
  connection: Connection,
  table: string,
  sql: string,
): Promise<"metadata" | "rebuild" | undefined> {
  await connection.query("DROP TABLE IF EXISTS t");
  await connection.query(table);
  const before = await tableId(connection);
  try {
    await connection.query(sql);
  } catch (error) {
    const { errno } = error as { readonly errno: number };
    // ER_ALTER_OPERATION_NOT_SUPPORTED and its form with a reason.
    if (errno === 1845 || errno === 1846) return undefined;
    throw error;
  }
  return (await tableId(connection)) === before ? "metadata" : "rebuild";
}

async function tableId(connection: Connection): Promise<unknown> {
  const [rows] = await connection.query<RowDataPacket[]>(
    "SELECT TABLE_ID AS id FROM information_schema.innodb_tables WHERE NAME = 'answers/t'",
  );
  return rows[0]?.["id"];
}
