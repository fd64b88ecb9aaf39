/**
 * A client that vanishes while its statement runs: what it held goes as it does without querycop, since the server's
 * look at the connection finds it ended.
 */
import assert from "node:assert/strict";
import { authority, issue, write } from "../support/certificates.ts";
import { bytes, packet } from "../support/bytes.ts";
import { startQuerycop } from "../support/querycop.ts";
import { type Flavour, startServer, type TestServer } from "../support/servers.ts";
import { WireClient } from "../support/wire_client.ts";

const PATIENCE_MS = 15_000;
const files = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));

/** Statements during which a server looks whether its client is still there. */
const LONG: Readonly<Record<string, string>> = {
  "SLEEP()": "SELECT SLEEP(600)",
  "a wait for GET_LOCK()": "SELECT GET_LOCK('taken', 600)",
};

/** How a client goes. */
const ENDS: Readonly<Record<string, (client: WireClient) => void>> = {
  "closes": (client) => client[Symbol.dispose](),
  "resets": (client) => client.socket.reset(),
};

/** What was left of any of them when it should have been gone. */
async function check(server: TestServer, port: number, clientTls: boolean): Promise<readonly string[]> {
  const own = { user: "app", password: "secret" };
  using holder = await WireClient.login({ ...own, port: server.port, tls: {} });
  await holder.query("SELECT GET_LOCK('taken', 1)");
  const cases = Object.entries(LONG).flatMap(([statement, sql]) =>
    Object.entries(ENDS).map(([how, end]) => ({ name: `${statement}, client ${how}`, sql, end }))
  );
  const checked = await Promise.all(cases.map(async ({ name, sql, end }, index) => {
    using other = await WireClient.login({ ...own, port: server.port, tls: {} });
    const client = await WireClient.login({ ...own, port, ...(clientTls ? { tls: {} } : {}) });
    const [[id] = []] = await client.query("SELECT CONNECTION_ID()");
    await client.query(`SELECT GET_LOCK('held ${index}', 1)`);
    await client.socket.write(packet(0, bytes(3, sql)));
    const runs = async () =>
      (await other.query(`SELECT 1 FROM information_schema.processlist WHERE id = ${id} AND info = "${sql}"`))
        .length > 0;
    assert.ok(await until(runs), `${name}: does not run`);
    end(client);
    const gone = await until(async () =>
      !(await runs()) && (await other.query(`SELECT IS_FREE_LOCK('held ${index}')`))[0]?.[0] === "1"
    );
    if (!gone) await other.query(`KILL ${id}`);
    return gone ? [] : [name];
  }));
  return checked.flat();
}

/** Asks until it is so; false where it is not in time. */
async function until(condition: () => Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    if (await condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

for (const flavour of ["mysql", "mariadb"] satisfies Flavour[]) {
  Deno.test(`what a vanished client ran and held is gone on ${flavour}, whatever TLS the legs have`, async (test) => {
    await using server = await startServer({ flavour, tls: { certFile: files.cert, keyFile: files.key } });
    await server.createUser({ name: "app", password: "secret" });
    await test.step("without querycop", async () => {
      assert.deepEqual(await check(server, server.port, true), []);
    });
    for (const mode of ["disable", "require", "verify-full"]) {
      for (const clientTls of [false, true]) {
        await test.step(`backend ${mode}, client leg ${clientTls ? "TLS" : "plaintext"}`, async () => {
          await using querycop = await startQuerycop({
            backend: { port: server.port },
            env: {
              GATEKEEPER_BACKEND_TLS_MODE: mode,
              ...(mode === "verify-full" ? { GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca } : {}),
              ...(clientTls
                ? { GATEKEEPER_PROXY_TLS_CERT: files.cert, GATEKEEPER_PROXY_TLS_KEY: files.key }
                : {}),
              GATEKEEPER_MODE: "monitor",
            },
          });
          assert.deepEqual(await check(server, querycop.port, clientTls), []);
        });
      }
    }
  });
}
