/** What the README says to do in front of PlanetScale, done in front of Vitess. */
import assert from "node:assert/strict";
import { mysqlProgram } from "../support/installation.ts";
import { run } from "../support/process.ts";
import { startQuerycop } from "../support/querycop.ts";
import { startVitess, VITESS_PASSWORD } from "../support/vitess.ts";

Deno.test("the README's variables, its select 1, a refused DELETE and /readyz, before Vitess", async () => {
  await using vitess = await startVitess();
  await using querycop = await startQuerycop({
    backend: { host: "localhost", port: vitess.port },
    env: {
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: vitess.caFile,
      GATEKEEPER_BACKEND_POOLER: "vitess",
      ADMIN_API_KEY: "0123456789abcdef0123456789abcdef",
    },
  });
  const [client = "", ...options] = await mysqlProgram("usr/bin/mysql");
  const mysql = (sql: string, user = "sha2", ...more: readonly string[]) =>
    run([
      client,
      ...options,
      "--no-defaults",
      "--batch",
      "--skip-column-names",
      "-h",
      "127.0.0.1",
      "-P",
      `${querycop.port}`,
      "-u",
      user,
      ...more,
      "app",
      "-e",
      sql,
    ], { env: { MYSQL_PWD: VITESS_PASSWORD } });
  const answer = await mysql("select 1");
  assert.deepEqual([answer.code, answer.stdout], [0, "1\n"], answer.stderr);
  // vtgate has switched the client's plugin already, so querycop cannot switch it to one that asks for a key unasked.
  const cold = await mysql("select 1", "sha2_cold", "--get-server-public-key");
  assert.deepEqual([cold.code, cold.stdout], [0, "1\n"], cold.stderr);
  const refused = await mysql("delete from notes");
  assert.match(refused.stderr, /ERROR 1227 .*querycop: blocked, risk 95\/100: D001/);
  const ready = await fetch(`http://127.0.0.1:${querycop.apiPort}/readyz`);
  assert.equal(ready.status, 200, await ready.text());
});
