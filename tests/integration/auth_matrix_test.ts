/** Logins through querycop: every plugin, backend TLS mode and client leg, with the right password and a wrong one. */
import assert from "node:assert/strict";
import mariadb from "mariadb";
import { authority, issue, write } from "../support/certificates.ts";
import { startQuerycop } from "../support/querycop.ts";
import { type Flavour, startServer, type TestServer, type UserOptions } from "../support/servers.ts";
import { WireClient, WireError } from "../support/wire_client.ts";

const PASSWORD = "pässword ' with everything";
const MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;
const ca = authority();
const backendFiles = write(issue(ca, { dns: ["localhost"], ip: ["127.0.0.1"] }));
const frontFiles = write(issue(ca, { dns: ["querycop.test", "localhost"], ip: ["127.0.0.1"] }));

/** How one client saw its login. */
interface Login {
  /** Plugins and steps as the client met them; unknown for drivers that do not tell. */
  readonly path?: string;
  readonly user: string;
  /** TLS version of the backend leg as the server sees it; empty without TLS. */
  readonly backendTls: string;
}

/** A kind of account. */
interface Account {
  readonly name: string;
  readonly flavour: Flavour;
  readonly plugin: NonNullable<UserOptions["plugin"]>;
  /** Brings the server into the state in which this account's login takes the way it is named after. */
  readonly before: (server: TestServer) => Promise<unknown>;
  readonly login: (port: number, password: string, tls: boolean) => Promise<Login>;
  /** The way a client sees on a leg with and without TLS. */
  readonly path: (tls: boolean) => string | undefined;
}

const ACCOUNTS: readonly Account[] = [
  {
    name: "caching_sha2_password, cold cache",
    flavour: "mysql",
    plugin: "caching_sha2_password",
    before: (server) => server.sql("FLUSH PRIVILEGES"),
    login: loginOnTheWire,
    path: (tls) => `caching_sha2_password full ${tls ? "clear" : "rsa"}`,
  },
  {
    name: "caching_sha2_password, warm cache",
    flavour: "mysql",
    plugin: "caching_sha2_password",
    before: async (server) => {
      (await WireClient.login({ port: server.port, user: "app", password: PASSWORD })).socket.close();
    },
    login: loginOnTheWire,
    path: () => "caching_sha2_password fast",
  },
  {
    name: "mysql_native_password",
    flavour: "mariadb",
    plugin: "mysql_native_password",
    before: () => Promise.resolve(),
    login: loginOnTheWire,
    path: () => "mysql_native_password",
  },
  {
    name: "client_ed25519",
    flavour: "mariadb",
    plugin: "ed25519",
    before: () => Promise.resolve(),
    login: loginWithDriver,
    path: () => undefined,
  },
];

for (const account of ACCOUNTS) {
  Deno.test(`${account.name} logs in whatever the TLS of the two legs, and a wrong password does not`, async (context) => {
    await using server = await startServer({
      flavour: account.flavour,
      tls: { certFile: backendFiles.cert, keyFile: backendFiles.key },
    });
    await server.createUser({ name: "app", password: PASSWORD, plugin: account.plugin });
    for (const mode of MODES) {
      for (const clientTls of [false, true]) {
        await context.step(`backend ${mode}, client leg ${clientTls ? "TLS" : "plaintext"}`, async () => {
          await using querycop = await startQuerycop({
            backend: { host: "localhost", port: server.port },
            env: {
              GATEKEEPER_BACKEND_TLS_MODE: mode,
              ...(mode.startsWith("verify") ? { GATEKEEPER_BACKEND_TLS_CA_FILE: backendFiles.ca } : {}),
              ...(clientTls
                ? { GATEKEEPER_PROXY_TLS_CERT: frontFiles.cert, GATEKEEPER_PROXY_TLS_KEY: frontFiles.key }
                : {}),
            },
          });
          await account.before(server);
          const path = account.path(clientTls);
          const login = await account.login(querycop.port, PASSWORD, clientTls);
          assert.equal(login.user, "app@%");
          assert.match(login.backendTls, mode === "disable" ? /^$/ : /^TLSv1\.[23]$/);
          assert.equal(login.path, path);
          await account.before(server);
          await assert.rejects(
            account.login(querycop.port, `${PASSWORD}x`, clientTls),
            (error: WireError) =>
              error.errno === 1045 && error.sqlState === "28000" &&
              /Access denied for user 'app'/.test(error.message),
          );
          assert.ok(!(await querycop.log()).includes(PASSWORD), "the password is in the log");
        });
      }
    }
  });
}

async function loginOnTheWire(port: number, password: string, tls: boolean): Promise<Login> {
  using client = await WireClient.login({
    port,
    user: "app",
    password,
    ...(tls ? { tls: { ca: ca.pem, servername: "querycop.test", rejectUnauthorized: true } } : {}),
  });
  const [[user] = []] = await client.query("SELECT CURRENT_USER()");
  const [[, backendTls] = []] = await client.query("SHOW SESSION STATUS LIKE 'Ssl_version'");
  await client.quit();
  return { path: client.path.join(" "), user: user ?? "", backendTls: backendTls ?? "" };
}

async function loginWithDriver(port: number, password: string, tls: boolean): Promise<Login> {
  const connection = await mariadb.createConnection({
    host: "127.0.0.1",
    port,
    user: "app",
    password,
    // The driver computes the signature in JavaScript, which takes a second on a busy machine.
    connectTimeout: 30_000,
    rowsAsArray: true,
    ...(tls ? { ssl: { ca: ca.pem } } : {}),
  }).catch((error: { errno: number; sqlState: string; message: string }) => {
    throw Object.assign(new Error(error.message), { errno: error.errno, sqlState: error.sqlState });
  });
  const [[user]] = await connection.query("SELECT CURRENT_USER()");
  const [[, backendTls]] = await connection.query("SHOW SESSION STATUS LIKE 'Ssl_version'");
  await connection.end();
  return { user, backendTls };
}
