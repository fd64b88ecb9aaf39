import assert from "node:assert/strict";
import { ConnectError, ServerError, TlsError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { connectMysql, createMysqlConnector, MysqlHandshake } from "../../src/client/mod.ts";
import type { BackendTls } from "../../src/net/mod.ts";
import { authority, type Certificate, daysFromNow, issue, write } from "../support/certificates.ts";
import { startServer, type TestServer, type UserOptions } from "../support/servers.ts";

const root = authority();
const stranger = authority({ commonName: "Another CA" });
const certificate = issue(root, { dns: ["db.test"], ip: ["127.0.0.1"] });
const clientCertificate = issue(root, { commonName: "client", purposes: ["clientAuth"] });
const PASSWORD = "pässwörd ' \\ ✓";

/** One signal for a step that may take long on a slow machine and must not take for ever. */
const patience = () => AbortSignal.timeout(30_000);

function connectorFor(server: TestServer, tls: BackendTls) {
  return createMysqlConnector({
    host: server.host,
    port: server.port,
    family: "auto",
    connectTimeoutMs: 10_000,
    tls,
  });
}

async function logIn(server: TestServer, tls: BackendTls, user: string, password = PASSWORD) {
  const credentials = { user, password: password === "" ? undefined : new Secret(password) };
  return await connectMysql(connectorFor(server, tls), tls.mode, credentials, patience());
}

/** Logs in, asks who it is, and tells by which way it came in. */
async function comeIn(
  server: TestServer,
  tls: BackendTls,
  user: string,
  password = PASSWORD,
): Promise<string> {
  const connection = await logIn(server, tls, user, password);
  const { rows } = await connection.query("SELECT SUBSTRING_INDEX(USER(), '@', 1), 'ü', NULL", patience());
  assert.deepEqual(rows, [[user, "ü", null]]);
  assert.equal(connection.tls !== undefined, tls.mode !== "disable");
  await connection.ping(patience());
  await connection.close(patience());
  return connection.session.authentication;
}

function tlsServer(flavour: "mariadb" | "mysql", of: Certificate = certificate): Promise<TestServer> {
  const files = write(of);
  return startServer({ flavour, tls: { certFile: files.cert, keyFile: files.key, caFile: files.ca } });
}

const MODES: readonly BackendTls[] = [
  { mode: "disable" },
  { mode: "prefer" },
  { mode: "require" },
  { mode: "verify-ca", caPem: root.pem, serverName: "another.test" },
  { mode: "verify-full", caPem: root.pem },
  { mode: "verify-full", caPem: root.pem, serverName: "db.test" },
  {
    mode: "verify-full",
    caPem: root.pem,
    certPem: clientCertificate.pem,
    keyPem: new Secret(clientCertificate.keyPem),
  },
];

for (const flavour of ["mariadb", "mysql"] as const) {
  Deno.test(`${flavour} with TLS`, async (test) => {
    await using server = await tlsServer(flavour);
    // MySQL refuses a host that no account is for before it starts TLS.
    await server.createUser({ name: "nobody", password: PASSWORD });
    await test.step("every plugin logs in, in every TLS mode, and is named", async () => {
      const plugins: readonly NonNullable<UserOptions["plugin"]>[] = flavour === "mariadb"
        ? ["mysql_native_password", "ed25519"]
        : ["caching_sha2_password", "sha256_password"];
      for (const plugin of plugins) {
        await server.createUser({ name: plugin, password: PASSWORD, plugin });
        for (const [index, tls] of MODES.entries()) {
          // Forgets what caching_sha2_password remembers.
          if (flavour === "mysql") await server.sql("FLUSH PRIVILEGES");
          const [cold, warm] = [await comeIn(server, tls, plugin), await comeIn(server, tls, plugin)];
          const what = `${plugin}, ${tls.mode} (${index})`;
          switch (plugin) {
            case "caching_sha2_password":
              assert.equal(cold, tls.mode === "disable" ? `${plugin} (full, RSA)` : `${plugin} (full)`, what);
              assert.equal(warm, `${plugin} (fast)`, what);
              break;
            case "sha256_password":
              assert.equal(cold, tls.mode === "disable" ? `${plugin} (RSA)` : plugin, what);
              break;
            default:
              assert.equal(warm, plugin === "ed25519" ? "client_ed25519" : plugin, what);
          }
        }
        await assert.rejects(
          logIn(server, { mode: "disable" }, plugin, "wrong"),
          (error) => error instanceof ServerError && error.errno === 1045 && error.sqlState === "28000",
        );
      }
    });

    await test.step("a refused certificate is explained, with a client certificate and without", async () => {
      const own = { certPem: clientCertificate.pem, keyPem: new Secret(clientCertificate.keyPem) };
      for (const extra of [{}, own]) {
        const attempts: readonly (readonly [BackendTls, RegExp])[] = [
          [{ mode: "verify-ca", caPem: stranger.pem }, /issuer "CN=Test CA" .*is not in the CA file/],
          [{ mode: "verify-full", caPem: stranger.pem }, /issuer "CN=Test CA" .*is not in the CA file/],
          [
            { mode: "verify-full", caPem: root.pem, serverName: "x.test" },
            /is for db\.test, 127\.0\.0\.1; not for x\.test/,
          ],
        ];
        for (const [tls, words] of attempts) {
          await assert.rejects(logIn(server, { ...tls, ...extra }, "nobody"), (error) => {
            assert.ok(error instanceof TlsError, String(error));
            assert.match(error.message, words);
            return true;
          });
        }
      }
    });

    await test.step("an account that requires a client certificate gets one", async () => {
      await server.createUser({ name: "x509", password: PASSWORD, require: "X509" });
      const own = { certPem: clientCertificate.pem, keyPem: new Secret(clientCertificate.keyPem) };
      for (const mode of ["prefer", "require", "verify-ca", "verify-full"] as const) {
        await comeIn(server, { mode, caPem: root.pem, ...own }, "x509");
      }
      await assert.rejects(
        logIn(server, { mode: "verify-full", caPem: root.pem }, "x509"),
        (error) => error instanceof ServerError && error.errno === 1045,
      );
    });
  });

  Deno.test(`${flavour} without TLS`, async (test) => {
    await using server = await startServer({ flavour, args: ["--performance-schema=ON"] });
    await server.createUser({ name: "nobody", password: PASSWORD });
    await test.step("an account without a password, errors of statements, what the server knows of us", async () => {
      await server.createUser({ name: "open", password: "" });
      const connection = await logIn(server, { mode: "prefer" }, "open", "");
      assert.equal(connection.tls, undefined);
      await assert.rejects(
        connection.query("SELEC 1", patience()),
        (error) => error instanceof ServerError && error.errno === 1064 && error.sqlState === "42000",
      );
      const attributes = await connection.query(
        `SELECT ATTR_VALUE FROM performance_schema.session_connect_attrs
       WHERE PROCESSLIST_ID = CONNECTION_ID() AND ATTR_NAME = 'program_name'`,
        patience(),
      );
      assert.deepEqual(attributes.rows, [["querycop"]]);
      const written = await connection.query(
        "CREATE TEMPORARY TABLE mysql.t AS SELECT 1 AS a UNION SELECT 2",
        patience(),
      );
      assert.deepEqual(written, { columns: [], rows: [], affectedRows: 2 });
      const named = await connection.query("SELECT t.a AS b FROM mysql.t t ORDER BY a", patience());
      assert.deepEqual(named.columns.map(({ name, originalName, table }) => [name, originalName, table]), [[
        "b",
        "a",
        "t",
      ]]);
      assert.deepEqual(named.rows, [["1"], ["2"]]);
      const large = await connection.query("SELECT REPEAT('x', 17000000)", patience());
      assert.equal(large.rows[0]?.[0]?.length, 17_000_000);
      await connection.close(patience());
    });

    await test.step("modes that need TLS refuse", async () => {
      for (const tls of MODES.filter(({ mode }) => mode !== "disable" && mode !== "prefer")) {
        await assert.rejects(
          logIn(server, tls, "nobody"),
          (error) => error instanceof TlsError && error.reason === "not_offered",
        );
      }
    });
  });

  Deno.test(`${flavour}: an expired certificate is called expired`, async () => {
    const old = issue(root, { ip: ["127.0.0.1"], notBefore: daysFromNow(-90), notAfter: daysFromNow(-1) });
    await using server = await tlsServer(flavour, old);
    await server.createUser({ name: "nobody", password: PASSWORD });
    const own = { certPem: clientCertificate.pem, keyPem: new Secret(clientCertificate.keyPem) };
    for (const extra of [{}, own]) {
      await assert.rejects(
        logIn(server, { mode: "verify-full", caPem: root.pem, ...extra }, "nobody"),
        (error) =>
          error instanceof TlsError && error.reason === "expired" &&
          /expired on .* 1 day ago/.test(error.message),
      );
    }
  });
}

Deno.test("require takes certificates that verifying modes would not, up to keys too weak for TLS", async () => {
  const attempt = async (of: Certificate, args: readonly string[] = []): Promise<string | undefined> => {
    const files = write(of);
    await using server = await startServer({
      flavour: "mariadb",
      tls: { certFile: files.cert, keyFile: files.key },
      args,
    });
    await server.createUser({ name: "app", password: PASSWORD });
    return await comeIn(server, { mode: "require" }, "app").then(() => undefined, (error) => error.code);
  };
  assert.equal(await attempt(issue(root, { commonName: "version 1", version: 1 })), undefined);
  assert.equal(
    await attempt(issue(root, { notAfter: daysFromNow(-1), notBefore: daysFromNow(-2) })),
    undefined,
  );
  const weak = issue(root, { commonName: "weak", key: "rsa-1024" });
  assert.equal(await attempt(weak, ["--ssl-cipher=DEFAULT@SECLEVEL=0"]), "tls.weak_key");
});

Deno.test("an ERR in place of the greeting is a ServerError with the server's number", async () => {
  await using server = await startServer({
    flavour: "mariadb",
    args: ["--max-connections=10"],
  });
  await server.createUser({ name: "app", password: PASSWORD, grant: "SELECT ON *.*" });
  const held = [];
  try {
    for (let count = 0; count < 10; count++) held.push(await logIn(server, { mode: "disable" }, "app"));
    await assert.rejects(
      logIn(server, { mode: "disable" }, "app"),
      (error) => error instanceof ServerError && error.errno === 1040,
    );
  } finally {
    for (const connection of held) connection.abandon();
  }
});

Deno.test("a server that goes away during a statement is a ConnectError", async () => {
  await using server = await startServer({ flavour: "mariadb" });
  await server.createUser({ name: "app", password: PASSWORD });
  const connection = await logIn(server, { mode: "disable" }, "app");
  const sleeping = connection.query("SELECT SLEEP(60)", patience());
  const failed = assert.rejects(
    sleeping,
    (error) =>
      error instanceof ConnectError && error.phase === "command" &&
      ["closed", "reset"].includes(error.reason),
  );
  await server.kill();
  await failed;
});

Deno.test("the handshake is made in steps", async () => {
  await using server = await tlsServer("mariadb");
  await server.createUser({ name: "app", password: PASSWORD });
  const handshake = await MysqlHandshake.open(connectorFor(server, { mode: "require" }), patience());
  assert.match(handshake.greeting.serverVersion, /MariaDB/);
  assert.equal(handshake.family, 4);
  assert.equal(handshake.stream.tls, undefined);
  assert.ok(handshake.offersTls);
  assert.equal((await handshake.startTls(patience())).version, "TLSv1.3");
  const connection = await handshake.logIn({ user: "app", password: new Secret(PASSWORD) }, patience());
  assert.deepEqual((await connection.query("SELECT 1", patience())).rows, [["1"]]);
  await connection.close(patience());
});
