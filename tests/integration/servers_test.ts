import assert from "node:assert/strict";
import mysql from "mysql2/promise";
import { authority, issue, write } from "../support/certificates.ts";
import { type Flavour, startServer } from "../support/servers.ts";

const certificate = issue(authority(), { dns: ["db.test"], ip: ["127.0.0.1"] });

for (const flavour of ["mariadb", "mysql"] as const satisfies readonly Flavour[]) {
  Deno.test(`${flavour} starts on loopback alone, with the certificate it was given, and leaves nothing behind`, async () => {
    const files = write(certificate);
    const server = await startServer({
      flavour,
      tls: { certFile: files.cert, keyFile: files.key, caFile: files.ca },
      requireSecureTransport: true,
      args: ["--max-connections=12"],
    });
    try {
      assert.deepEqual(await server.sql("SELECT @@bind_address, @@port, @@max_connections"), [
        ["127.0.0.1", `${server.port}`, "12"],
      ]);
      await server.createUser({ name: "app", password: "it's \\ secret" });
      const login = {
        host: server.host,
        port: server.port,
        user: "app",
        password: "it's \\ secret",
      };
      // MariaDB 10.11 tells a client without TLS no more than that it is denied.
      await assert.rejects(mysql.createConnection(login), { errno: flavour === "mysql" ? 3159 : 1045 });
      const connection = await mysql.createConnection({
        ...login,
        ssl: { ca: await Deno.readTextFile(files.ca) },
      });
      const [rows] = await connection.query("SHOW STATUS LIKE 'Ssl_version'");
      assert.match(JSON.stringify(rows), /TLSv1\.[23]/);
      await connection.end();
    } finally {
      await server.stop();
    }
    await assert.rejects(Deno.stat(server.folder), Deno.errors.NotFound);
  });
}

Deno.test("servers listen on ::1 when asked", async () => {
  await using server = await startServer({ flavour: "mariadb", host: "::1" });
  const connection = await Deno.connect({ hostname: "::1", port: server.port });
  connection.close();
  await assert.rejects(
    Deno.connect({ hostname: "127.0.0.1", port: server.port }),
    Deno.errors.ConnectionRefused,
  );
});

Deno.test("a server that does not start tells why", async () => {
  await assert.rejects(startServer({ flavour: "mariadb", args: ["--no-such-option"] }), /no-such-option/);
});
