/** The session of every driver, through MariaDB's connector for Node. */
import { createHash } from "node:crypto";
import mariadb, { type Connection } from "mariadb";

type Row = unknown[];
const env = (name: string): string => Deno.env.get(name) ?? "";
const LONG = "0123456789abcdef".repeat(1310720);

function connect(): Promise<Connection> {
  return mariadb.createConnection({
    host: env("DRIVER_HOST"),
    port: Number(env("DRIVER_PORT")),
    user: env("DRIVER_USER"),
    password: env("DRIVER_PASSWORD"),
    database: env("DRIVER_SCHEMA"),
    rowsAsArray: true,
    connectTimeout: 20_000,
    multipleStatements: true,
    permitLocalInfile: true,
    allowPublicKeyRetrieval: true,
    maxAllowedPacket: 64 << 20,
  });
}

const asText = (rows: readonly Row[]): (string | null)[][] =>
  rows.map((row) => row.map((value) => value === null ? null : String(value)));

const db = await connect();
const query = (sql: string): Promise<Row[]> => db.query(sql);
const first = async (sql: string): Promise<Row> => (await query(sql))[0] ?? [];

const out: Record<string, unknown> = {};
out.text = asText(await query("SELECT id, name, price, note FROM items ORDER BY id"));

const statement = await db.prepare("SELECT name FROM items WHERE id >= ? AND name <> ? ORDER BY id");
const prepared = [];
for (const parameters of [[1, ""], [2, "plain"]]) {
  const rows: Row[] = await statement.execute(parameters);
  prepared.push(rows.map((row) => row[0]));
}
statement.close();
out.prepared = prepared;

const counts = [];
for (const end of ["rollback", "commit"] as const) {
  await db.beginTransaction();
  await db.execute("INSERT INTO ledger VALUES (?)", [1]);
  await db[end]();
  counts.push(Number((await first("SELECT COUNT(*) FROM ledger"))[0]));
}
out.transaction = counts;

let [count, total, size] = [0, 0, 0];
for await (const row of db.queryStream("SELECT id, v FROM big ORDER BY id")) {
  const [id, value] = row as Row;
  [count, total, size] = [count + 1, total + Number(id), size + String(value).length];
}
out.large = [count, total, size];

out.multi = (await query("SELECT 1; SELECT 2, 3")).map((rows) => asText(rows as Row[]));

await db.execute("INSERT INTO blobs VALUES (1, ?)", [LONG]);
const [length, digest, value] = await first("SELECT LENGTH(v), SHA2(v, 256), v FROM blobs WHERE id = 1");
out.long = [Number(length), digest, createHash("sha256").update(value as Uint8Array).digest("hex")];

await db.query(
  `LOAD DATA LOCAL INFILE '${env("DRIVER_FILE")}' INTO TABLE loaded FIELDS TERMINATED BY ','`,
);
out.infile = (await first("SELECT COUNT(*), SUM(a) FROM loaded")).map(Number);

try {
  await query("SELECT * FROM missing");
} catch (error) {
  out.error = (error as { errno: number }).errno;
}
out.after = (await first("SELECT 'still here'"))[0];

if (env("DRIVER_ENFORCED") !== "") {
  const told = async (run: () => Promise<unknown>) => {
    try {
      return await run();
    } catch (error) {
      return [(error as { errno: number }).errno, (error as Error).message];
    }
  };
  const rowsLeft = async () => Number((await first("SELECT COUNT(*) FROM ledger"))[0]);
  await db.beginTransaction();
  await db.query("INSERT INTO ledger VALUES (2)");
  const text = await told(() => db.query("DELETE FROM ledger"));
  const prepared = await told(() => db.execute("DELETE FROM ledger"));
  const during = await rowsLeft();
  const deleted = (await db.query("DELETE FROM ledger WHERE id = 1")).affectedRows;
  await db.rollback();
  out.refused = { text, prepared, during, deleted, after: await rowsLeft() };
}
await db.end();

let reconnects = 0;
for (let turn = 0; turn < 5; turn++) {
  const again = await connect();
  const rows: Row[] = await again.query("SELECT 1");
  reconnects += Number(rows[0]?.[0]);
  await again.end();
}
out.reconnects = reconnects;
console.log(JSON.stringify(out));
