/** Drivers hold a session with vtgate through querycop: texts, prepared statements, transactions, refusals. */
import assert from "node:assert/strict";
import { cacheFolder } from "../support/installation.ts";
import { run, runOrThrow } from "../support/process.ts";
import { startQuerycop } from "../support/querycop.ts";
import { startVitess, VITESS_PASSWORD } from "../support/vitess.ts";

const PROGRAMS = new URL("./programs/", import.meta.url).pathname;
const NOTES = [["1", "plain", "1.50"], ["2", "žluťoučký kůň 🐎", "-20.25"], ["3", "", "0.00"]];
/** What a driver's session comes to; each program prints it as JSON. */
const EXPECTED = {
  text: NOTES,
  prepared: [["plain", "žluťoučký kůň 🐎"], ["žluťoučký kůň 🐎", ""]],
  transaction: [3, 4],
  sharded: [["1", "ann"], ["2", "bob"]],
  refused: [1227, 1227],
  error: 1146,
  after: "still here",
};

Deno.test("drivers hold their sessions with vtgate through querycop, text and prepared", async (context) => {
  await using vitess = await startVitess();
  await using querycop = await startQuerycop({
    backend: { host: "localhost", port: vitess.port },
    env: { GATEKEEPER_BACKEND_TLS_MODE: "verify-full", GATEKEEPER_BACKEND_TLS_CA_FILE: vitess.caFile },
  });
  for (const [name, argv] of Object.entries(await programs())) {
    await context.step(name, async () => {
      await vitess.mysql.sql(`
        USE vt_app_0;
        DELETE FROM notes;
        INSERT INTO notes (id, body, price) VALUES ${
        NOTES.map(([id, body, price]) => `(${id}, '${body}', ${price})`).join(", ")
      };
        USE \`vt_shop_-80\`;
        DELETE FROM customers;
        DELETE FROM customers_by_email;
        USE \`vt_shop_80-\`;
        DELETE FROM customers;
        DELETE FROM customers_by_email;
      `);
      const [program = "", ...args] = argv;
      const result = await run([program, ...args], {
        env: {
          DRIVER_PORT: `${querycop.port}`,
          // PyMySQL and go-sql-driver 1.5 scramble with the NUL behind the salt of vtgate's AuthSwitchRequest, so that vtgate
          // refuses their caching_sha2_password without querycop too.
          DRIVER_USER: name.startsWith("npm") ? "sha2" : "native",
          DRIVER_PASSWORD: VITESS_PASSWORD,
        },
        signal: AbortSignal.timeout(60_000),
      });
      assert.equal(result.code, 0, result.stderr.slice(-2000));
      assert.deepEqual(JSON.parse(result.stdout), EXPECTED);
    });
  }
});

async function programs(): Promise<Record<string, readonly string[]>> {
  const deno = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-check",
    "--allow-env",
    "--allow-read",
    "--allow-sys",
  ];
  const go = `${cacheFolder()}/drivers/vitess_go`;
  await Deno.mkdir(`${cacheFolder()}/drivers`, { recursive: true });
  await runOrThrow(["go", "build", "-o", go, `${PROGRAMS}go_sql_driver.go`], {
    env: { GO111MODULE: "off", GOPATH: "/usr/share/gocode", CGO_ENABLED: "0" },
  });
  return {
    "npm mysql2": [...deno, "--allow-net=127.0.0.1", `${PROGRAMS}npm_mysql2.ts`],
    "npm mariadb": [...deno, "--allow-net=127.0.0.1", `${PROGRAMS}npm_mariadb.ts`],
    "PyMySQL": ["/usr/bin/python3", `${PROGRAMS}pymysql_session.py`],
    "Go go-sql-driver": [go],
  };
}
