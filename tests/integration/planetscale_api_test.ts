/** The API client over real HTTPS, and the test API whose passwords are logins of a real MySQL. */
import assert from "node:assert/strict";
import { ServerError } from "../../src/base/errors.ts";
import { createLogger } from "../../src/base/logger.ts";
import { Secret } from "../../src/base/secret.ts";
import { connectMysql, createMysqlConnector } from "../../src/client/mod.ts";
import {
  createPlanetScaleApi,
  type PlanetScaleApi,
  PlanetScaleApiError,
} from "../../src/rotate/planetscale_api.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { mysqlAccounts } from "../support/planetscale_accounts.ts";
import {
  MAIN_BRANCH,
  ROTATING_TOKEN,
  startPlanetScaleApi,
  type TestPlanetScaleApi,
} from "../support/planetscale_api.ts";
import { startServer, type TestServer } from "../support/servers.ts";

const root = authority();
const files = write(issue(root, { ip: ["127.0.0.1"] }));
const tls = { certFile: files.cert, keyFile: files.key };
const patience = () => AbortSignal.timeout(30_000);

function clientOf(server: TestPlanetScaleApi, caFile?: string, timeoutMs = 10_000): PlanetScaleApi {
  return createPlanetScaleApi({
    baseUrl: server.url,
    tokenId: ROTATING_TOKEN.id,
    token: new Secret(ROTATING_TOKEN.secret),
    log: createLogger({ level: "error", format: "json", write: () => {} }),
    signal: new AbortController().signal,
    timing: {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      delay: () => Promise.resolve(),
      random: Math.random,
    },
    caFile,
    timeoutMs,
    attempts: 3,
  });
}

async function logIn(server: TestServer, user: string, password: Secret) {
  const connector = createMysqlConnector({
    host: server.host,
    port: server.port,
    family: "auto",
    connectTimeoutMs: 10_000,
    tls: { mode: "verify-full", caPem: root.pem },
  });
  return await connectMysql(connector, "verify-full", { user, password }, patience());
}

Deno.test("over HTTPS the authority is the one that was named, and no other", async () => {
  await using server = await startPlanetScaleApi({ tls });
  assert.deepEqual(await clientOf(server, files.ca).organizations(), ["acme"]);
  const stranger = write(issue(authority({ commonName: "Another" }), { ip: ["127.0.0.1"] }));
  await assert.rejects(clientOf(server, stranger.ca).organizations(), (error) => {
    assert.ok(error instanceof PlanetScaleApiError && error.kind === "unreachable");
    assert.match(error.message, /certificate is refused/);
    assert.match(error.hint ?? "", /bundle/);
    return true;
  });
  assert.equal(server.requests.length, 1);
});

Deno.test("connections that break, answers that never come, and an API that is gone", async () => {
  const server = await startPlanetScaleApi();
  const api = clientOf(server, undefined, 300);
  const asked = { name: "n", role: "admin", cidrs: [], replica: false, ttlSeconds: 0 };
  server.fail({ when: "before", answer: "drop" });
  server.fail({ when: "before", answer: "hang" });
  assert.deepEqual(await api.listPasswords(MAIN_BRANCH), []);
  for (const answer of ["drop", "hang"] as const) {
    server.fail({ method: "POST", when: "after", answer });
    await assert.rejects(api.createPassword(MAIN_BRANCH, asked), { kind: "unreachable", ambiguous: true });
  }
  assert.equal(server.model.passwords.length, 2);
  const id = server.model.passwords[0]?.id ?? "";
  server.fail({ method: "DELETE", when: "after", answer: "drop" });
  assert.equal(await api.deletePassword(MAIN_BRANCH, id), "gone");
  await server[Symbol.asyncDispose]();
  await assert.rejects(api.createPassword(MAIN_BRANCH, asked), (error) => {
    assert.ok(error instanceof PlanetScaleApiError && !error.ambiguous);
    assert.match(error.message, /connection refused/);
    return true;
  });
});

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`${flavour}: a password is a login with its role; it outlives its deletion by the lag, and its use shows`, async () => {
    await using database = await startServer({ flavour, tls });
    await using server = await startPlanetScaleApi({
      accounts: mysqlAccounts(database),
      deleteLagMs: 1500,
      host: "127.0.0.1",
    });
    const api = clientOf(server);
    const made = await api.createPassword(MAIN_BRANCH, {
      name: "app",
      role: "reader",
      cidrs: [],
      replica: false,
      ttlSeconds: 0,
    });
    const connection = await logIn(database, made.username, made.plainText);
    if (flavour === "mysql") {
      const unused = await api.getPassword(MAIN_BRANCH, made.id);
      assert.equal(unused.lastUsedAt, undefined);
    }
    assert.deepEqual((await connection.query("SELECT 1", patience())).rows, [["1"]]);
    await assert.rejects(connection.query("CREATE DATABASE other", patience()), ServerError);
    if (flavour === "mysql") {
      const used = await api.getPassword(MAIN_BRANCH, made.id);
      assert.ok(used.lastUsedAt instanceof Date);
      assert.deepEqual((await api.getPassword(MAIN_BRANCH, made.id)).lastUsedAt, used.lastUsedAt);
    }
    await assert.rejects(logIn(database, made.username, new Secret("wrong")), { errno: 1045 });

    assert.equal(await api.deletePassword(MAIN_BRANCH, made.id), "deleted");
    assert.deepEqual(await api.listPasswords(MAIN_BRANCH), []);
    // For as long as the deletion lags, old connections and new logins work.
    await connection.ping(patience());
    await (await logIn(database, made.username, made.plainText)).close(patience());
    const deadline = Date.now() + 30_000;
    const refused = async (): Promise<boolean> => {
      try {
        await (await logIn(database, made.username, made.plainText)).close(patience());
        return false;
      } catch (error) {
        return error instanceof ServerError && error.errno === 1045;
      }
    };
    while (!await refused()) {
      assert.ok(Date.now() < deadline, "the login was never refused");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await assert.rejects(async () => {
      // The server ends the connection a moment after it drops the login.
      while (Date.now() < deadline) await connection.ping(patience());
    });
  });
}
