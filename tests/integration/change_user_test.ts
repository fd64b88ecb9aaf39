/** COM_CHANGE_USER is a login within a session: relayed with the same care, whatever the TLS of the two legs. */
import assert from "node:assert/strict";
import mysql, { type RowDataPacket } from "mysql2/promise";
import { authority, issue, write } from "../support/certificates.ts";
import { startQuerycop } from "../support/querycop.ts";
import { type Flavour, startServer } from "../support/servers.ts";

const ca = authority();
const files = write(issue(ca, { dns: ["localhost"], ip: ["127.0.0.1"] }));
const FIRST = { user: "first", password: "one" };
const SECOND = { user: "second", password: "two" };

async function connect(port: number, tls: boolean): Promise<mysql.Connection> {
  const connection = await mysql.createConnection({
    host: "127.0.0.1",
    port,
    ...FIRST,
    rowsAsArray: true,
    ...(tls ? { ssl: { ca: ca.pem } } : {}),
  });
  // Where a change of user fails the server closes, which the connection tells as an event too.
  connection.on("error", () => {});
  return connection;
}

async function who(connection: mysql.Connection): Promise<unknown> {
  return (await connection.query<RowDataPacket[]>("SELECT CURRENT_USER(), DATABASE()"))[0][0];
}

for (const flavour of ["mariadb", "mysql"] as const satisfies readonly Flavour[]) {
  Deno.test(`${flavour}: a change of user logs in anew, with a cold cache and a warm one, and not with a wrong password`, async (context) => {
    await using server = await startServer({
      flavour,
      tls: { certFile: files.cert, keyFile: files.key },
    });
    await server.createUser({ name: FIRST.user, password: FIRST.password });
    await server.createUser({ name: SECOND.user, password: SECOND.password });
    await server.sql("CREATE DATABASE app");
    for (const mode of ["disable", "verify-full"]) {
      for (const clientTls of [false, true]) {
        await using querycop = await startQuerycop({
          backend: { host: "localhost", port: server.port },
          env: {
            GATEKEEPER_BACKEND_TLS_MODE: mode,
            ...(mode === "verify-full" ? { GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca } : {}),
            ...(clientTls
              ? { GATEKEEPER_PROXY_TLS_CERT: files.cert, GATEKEEPER_PROXY_TLS_KEY: files.key }
              : {}),
          },
        });
        await context.step(`backend ${mode}, client leg ${clientTls ? "TLS" : "plaintext"}`, async () => {
          const connection = await connect(querycop.port, clientTls);
          try {
            await server.sql("FLUSH PRIVILEGES");
            await connection.changeUser({ ...SECOND, database: "app" });
            assert.deepEqual(await who(connection), ["second@%", "app"]);
            await connection.changeUser(FIRST);
            await connection.changeUser(SECOND);
            // The driver names the schema of before where it is given none.
            assert.deepEqual(await who(connection), ["second@%", "app"]);
            await assert.rejects(connection.changeUser({ ...FIRST, password: "wrong" }), { errno: 1045 });
          } finally {
            connection.destroy();
          }
        });
      }
    }
  });
}
