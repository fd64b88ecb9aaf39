import assert from "node:assert/strict";
import mysql from "mysql2/promise";
import { authority, issue, write } from "../support/certificates.ts";
import { CAPABILITY } from "../support/packets.ts";
import { echo, scriptServer, serveCommands, serveLogin } from "../support/scripted_peer.ts";
import { startServer } from "../support/servers.ts";
import { vitessListener } from "../support/vitess_listener.ts";
import { WireClient } from "../support/wire_client.ts";

const certificate = issue(authority(), { dns: ["db.test"], ip: ["127.0.0.1"] });
const pair = { cert: certificate.pem, key: certificate.keyPem };

Deno.test("a real driver takes the scripted server for a MySQL server", async () => {
  await using server = await scriptServer(async (socket) => {
    await serveCommands(socket, echo(await serveLogin(socket)));
  });
  const connection = await mysql.createConnection({ host: "127.0.0.1", port: server.port, user: "anyone" });
  const [rows] = await connection.query("SELECT 'what I sent'");
  assert.deepEqual(JSON.parse(JSON.stringify(rows)), [{ statement: "SELECT 'what I sent'" }]);
  await connection.end();
});

for (const cached of [true, false]) {
  for (const greetingPlugin of ["mysql_native_password", "caching_sha2_password"] as const) {
    Deno.test(`the Vitess-like listener takes real clients over TLS, cache ${cached}, ${greetingPlugin} first`, async () => {
      await using server = await vitessListener({
        pair,
        user: "app",
        password: "secret",
        cached,
        greetingPlugin,
      });
      const login = { host: "127.0.0.1", port: server.port, user: "app" };
      const ssl = { ca: certificate.issuer.pem };
      const connection = await mysql.createConnection({ ...login, password: "secret", ssl });
      const [rows] = await connection.query("SELECT 1");
      assert.deepEqual(JSON.parse(JSON.stringify(rows)), [{ statement: "SELECT 1" }]);
      await connection.end();
      await assert.rejects(mysql.createConnection({ ...login, password: "wrong", ssl }), { errno: 1045 });
      await assert.rejects(mysql.createConnection({ ...login, password: "secret" }), { errno: 1105 });
    });
  }
}

Deno.test("the wire client logs in to MySQL: full over RSA and over TLS, fast once the password is cached", async () => {
  const files = write(certificate);
  await using server = await startServer({
    flavour: "mysql",
    tls: { certFile: files.cert, keyFile: files.key },
  });
  await server.createUser({ name: "app", password: "secret" });
  const login = { port: server.port, user: "app", password: "secret" };
  const paths: string[] = [];
  for (const tls of [undefined, {}]) {
    await server.sql("FLUSH PRIVILEGES");
    for (let turn = 0; turn < 2; turn++) {
      const client = await WireClient.login({
        ...login,
        ...(tls === undefined ? {} : { tls }),
        capabilities: turn === 0 ? 0 : CAPABILITY.deprecateEof,
      });
      paths.push(client.path.join(" "));
      assert.deepEqual(await client.query("SELECT 1, NULL, REPEAT('x', 300)"), [[
        "1",
        null,
        "x".repeat(300),
      ]]);
      await client.quit();
    }
  }
  assert.deepEqual(paths, [
    "caching_sha2_password full rsa",
    "caching_sha2_password fast",
    "caching_sha2_password full clear",
    "caching_sha2_password fast",
  ]);
  await assert.rejects(WireClient.login({ ...login, password: "wrong" }), { errno: 1045, sqlState: "28000" });
});

Deno.test("the wire client logs in to MariaDB, switching from a plugin that the account does not use", async () => {
  await using server = await startServer({ flavour: "mariadb" });
  await server.createUser({ name: "app", password: "secret" });
  using client = await WireClient.login({
    port: server.port,
    user: "app",
    password: "secret",
    plugin: "caching_sha2_password",
  });
  assert.deepEqual(client.path, ["caching_sha2_password", "mysql_native_password"]);
  assert.deepEqual(await client.query("SELECT 1"), [["1"]]);
});
