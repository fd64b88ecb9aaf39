/**
 * `deno task demo [--once]`: a local database with TLS, querycop in front of it with verify-full, and a client that
 * goes through both and is refused the statement that would empty a table. Stays up until Ctrl-C, or with `--once`
 * ends after the client's work. Leaves nothing behind.
 */
import mysql from "mysql2/promise";
import { authority, issue, write } from "../tests/support/certificates.ts";
import {
  findMariadb,
  findMysql,
  type Installation,
  provisionMariadb,
} from "../tests/support/installation.ts";
import { findProgram } from "../tests/support/process.ts";
import { startQuerycop } from "../tests/support/querycop.ts";
import { freePort, startServer } from "../tests/support/servers.ts";

/** The port of the operators' page; another is taken where it is in use. */
const USUAL_PORT = 15336;

const STATEMENTS = [
  "SELECT 1",
  "SHOW SESSION STATUS LIKE 'Ssl_cipher'",
  "SELECT item FROM orders WHERE id = 2",
];
/** What the built-in policy refuses, and what goes on working behind it. */
const EMPTYING = "DELETE FROM orders";
const AFTERWARDS = ["SELECT COUNT(*) FROM orders", "DELETE FROM orders WHERE id = 3"];

const once = Deno.args.includes("--once");
const unknown = Deno.args.filter((arg) => arg !== "--once");
if (unknown.length > 0) {
  console.error(`error: Unknown argument ${unknown.join(" ")}\nhint: Usage: deno task demo [--once]`);
  Deno.exit(2);
}

const interrupted = new Promise<void>((resolve) => {
  for (const name of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(name, resolve);
});
try {
  await demo();
  Deno.exit(0);
} catch (error) {
  console.error(`error: ${error instanceof Error ? error.message : error}`);
  Deno.exit(1);
}

async function demo(): Promise<void> {
  const installation = await findDatabase();
  const ca = authority({ commonName: "querycop demo CA" });
  const certificate = issue(ca, { commonName: "localhost", dns: ["localhost"], ip: ["127.0.0.1"] });
  const files = write(certificate);
  await using server = await startServer({
    flavour: installation.flavour,
    installation,
    tls: { certFile: files.cert, keyFile: files.key },
    requireSecureTransport: true,
  });
  const password = crypto.randomUUID().slice(0, 13);
  await server.sql(`
    CREATE DATABASE shop;
    CREATE TABLE shop.orders (id INT PRIMARY KEY, item VARCHAR(40));
    INSERT INTO shop.orders VALUES (1, 'lamp'), (2, 'desk'), (3, 'chair');
  `);
  await server.createUser({ name: "app", password, grant: "ALL ON shop.*" });
  say(
    "database",
    `${nameOf(installation)} at localhost:${server.port}, TLS required, certified by a CA made now`,
  );

  const env = { GATEKEEPER_BACKEND_TLS_MODE: "verify-full", GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca };
  const port = isFree(USUAL_PORT) ? USUAL_PORT : freePort();
  await using querycop = await startQuerycop({
    backend: { host: "localhost", port: server.port },
    port,
    env,
  });
  say("querycop", `127.0.0.1:${querycop.port} -> localhost:${server.port}, verify-full`);

  const login = { host: "127.0.0.1", port: querycop.port, user: "app", password, database: "shop" };
  const client = await mysql.createConnection(login);
  try {
    for (const sql of STATEMENTS) say("client", `${sql} -> ${await outcomeOf(client, sql)}`);
    const refusal = await outcomeOf(client, EMPTYING);
    say("client", `${EMPTYING} -> ${refusal}`);
    if (!/^refused: querycop: blocked/.test(refusal)) throw new Error("A table may be emptied");
    for (const sql of AFTERWARDS) say("client", `${sql} -> ${await outcomeOf(client, sql)}`);
  } finally {
    await client.end();
  }
  await refuseOtherCa(server.port);
  if (once) return;

  const program = await findProgram("mysql") ?? await findProgram("mariadb");
  console.log(`\nConnect by hand${program === undefined ? " with any MySQL client" : ""}:\n`);
  console.log(`  MYSQL_PWD=${password} mysql -h 127.0.0.1 -P ${querycop.port} -u app shop\n`);
  console.log("Ctrl-C ends everything and removes what was made");
  await interrupted;
}

/** The proof that the certificate is judged: with another CA the login fails, and the client is told why. */
async function refuseOtherCa(backendPort: number): Promise<void> {
  const other = write(issue(authority({ commonName: "another CA" }), { dns: ["localhost"] }));
  await using querycop = await startQuerycop({
    backend: { host: "localhost", port: backendPort },
    env: { GATEKEEPER_BACKEND_TLS_MODE: "verify-full", GATEKEEPER_BACKEND_TLS_CA_FILE: other.ca },
  });
  try {
    await (await mysql.createConnection({ host: "127.0.0.1", port: querycop.port, user: "app" })).end();
  } catch (error) {
    return say("other CA", `login refused: ${error instanceof Error ? error.message : error}`);
  }
  throw new Error("A database whose certificate another CA issued was let through");
}

async function findDatabase(): Promise<Installation> {
  return await findMysql() ?? await findMariadb() ?? await provisionMariadb();
}

async function outcomeOf(client: mysql.Connection, sql: string): Promise<string> {
  try {
    const [rows] = await client.query<mysql.RowDataPacket[] | mysql.ResultSetHeader>(sql);
    if (!Array.isArray(rows)) return `${rows.affectedRows} rows changed`;
    return rows.map((row) => Object.values(row).join(" ")).join(", ");
  } catch (error) {
    return `refused: ${error instanceof Error ? error.message : error}`;
  }
}

function nameOf(installation: Installation): string {
  return `${installation.flavour === "mariadb" ? "MariaDB" : "MySQL"} ${installation.version}`;
}

function isFree(port: number): boolean {
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return true;
  } catch {
    return false;
  }
}

function say(who: string, what: string): void {
  console.log(`${who.padEnd(9)} ${what}`);
}
