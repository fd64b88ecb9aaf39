/** The session of drivers_test.ts, through mariadb. */
import mariadb from "mariadb";

type Row = unknown[];
const env = (name: string): string => Deno.env.get(name) ?? "";
const db = await mariadb.createConnection({
  host: "127.0.0.1",
  port: Number(env("DRIVER_PORT")),
  user: env("DRIVER_USER"),
  password: env("DRIVER_PASSWORD"),
  database: "app",
  rowsAsArray: true,
  allowPublicKeyRetrieval: true,
});
const rows = async (sql: string): Promise<Row[]> => await db.query(sql);
const texts = (list: readonly Row[]) => list.map((row) => row.map(String));
const errnoOf = (work: Promise<unknown>) => work.then(() => 0, (error: { errno: number }) => error.errno);
const count = async () => Number((await rows("SELECT COUNT(*) FROM notes"))[0]?.[0]);

const text = texts(await rows("SELECT id, body, price FROM notes ORDER BY id"));
const statement = await db.prepare("SELECT body FROM notes WHERE id >= ? AND body <> ? ORDER BY id");
const prepared = [];
for (const parameters of [[1, ""], [2, "plain"]]) {
  prepared.push((await statement.execute(parameters) as Row[]).map((row) => row[0]));
}
statement.close();
const transaction = [];
for (const end of ["rollback", "commit"] as const) {
  await db.beginTransaction();
  await db.execute("INSERT INTO notes (id, body) VALUES (?, ?)", [9, "nine"]);
  await db[end]();
  transaction.push(await count());
}
await db.query("USE shop");
await db.execute("INSERT INTO customers (id, email, name) VALUES (?, ?, ?)", [1, "a@x", "ann"]);
await db.execute("INSERT INTO customers (id, email, name) VALUES (?, ?, ?)", [2, "b@x", "bob"]);
const sharded = texts(await rows("SELECT id, name FROM customers ORDER BY id"));
const refused = [
  await errnoOf(db.query("DELETE FROM orders")),
  await errnoOf(db.execute("DELETE FROM orders")),
];
const error = await errnoOf(db.query("SELECT * FROM app.missing"));
const after = (await rows("SELECT 'still here'"))[0]?.[0];
await db.end();
console.log(JSON.stringify({ text, prepared, transaction, sharded, refused, error, after }));
