/** Every driver holds the same session with a real server, directly and through querycop, and sees the same. */
import assert from "node:assert/strict";
import { run } from "../support/process.ts";
import { startQuerycop } from "../support/querycop.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { type Flavour, startServer, type TestServer } from "../support/servers.ts";
import { type Driver, DRIVERS, provisionDrivers } from "../support/driver_table.ts";

const LONG_BYTES = 20 * 1024 * 1024;
const BIG_ROWS = 20_000;

/** What a session comes to; the drivers' scripts print it as JSON. */
const EXPECTED = {
  text: [
    ["1", "plain", "1.50", null],
    ["2", "žluťoučký kůň 🐎", "-20.25", 'it\'s "quoted" \\ back'],
    ["3", "", "0.00", ""],
  ],
  prepared: [["plain", "žluťoučký kůň 🐎"], ["žluťoučký kůň 🐎", ""]],
  transaction: [0, 1],
  large: [BIG_ROWS, BIG_ROWS * (BIG_ROWS + 1) / 2, 99.5 * BIG_ROWS],
  multi: [[["1"]], [["2", "3"]]],
  long: [LONG_BYTES, "", ""],
  infile: [1000, 500500],
  error: 1146,
  after: "still here",
  reconnects: 5,
};

await provisionDrivers();

for (const flavour of ["mariadb", "mysql"] as const satisfies readonly Flavour[]) {
  Deno.test(`drivers and ${flavour}`, async (context) => {
    const certificate = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));
    await using server = await startServer({
      flavour,
      tls: { certFile: certificate.cert, keyFile: certificate.key },
    });
    await server.createUser({ name: "app", password: "it's a secret" });
    await using querycop = await startQuerycop({
      backend: { host: "localhost", port: server.port },
      env: {
        GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
        GATEKEEPER_BACKEND_TLS_CA_FILE: certificate.ca,
      },
    });
    const file = `${server.folder}/infile.csv`;
    await Deno.writeTextFile(
      file,
      Array.from({ length: 1000 }, (_, index) => `${index + 1},row ${index + 1}\n`).join(""),
    );
    for (const driver of DRIVERS.filter(({ flavours }) => flavours?.includes(flavour) ?? true)) {
      await context.step(
        `${driver.name} sees the same directly and through querycop, which refuses a DELETE of every row`,
        async () => {
          const direct = await transcript(driver, server, server.port, file);
          assert.deepEqual(direct, await expected(server), "direct");
          // The password is in the server's cache by now; without it the login takes the long way.
          if (flavour === "mysql") await server.sql("FLUSH PRIVILEGES");
          try {
            const { refused, ...seen } = await transcript(driver, server, querycop.port, file, {
              DRIVER_ENFORCED: "1",
            });
            assert.deepEqual(seen, direct, "through querycop");
            assertRefused(refused);
          } catch (error) {
            const { status } = querycop;
            if (status !== undefined) console.error(`querycop ended: ${JSON.stringify(status)}`);
            console.error(`querycop's log ends:\n${(await querycop.log()).slice(-2000)}`);
            throw error;
          }
        },
      );
    }
  });
}

/**
 * What a driver made of `DELETE FROM ledger`, which the built-in policy refuses, in a transaction that had inserted a
 * row: as a text, prepared, and of the session behind it.
 */
function assertRefused(refused: unknown): void {
  const { text, prepared, ...rest } = refused as { text: unknown; prepared: unknown };
  for (const told of [text, prepared]) {
    const [errno, message] = told as [number, string];
    assert.equal(errno, 1227, JSON.stringify(told));
    assert.match(message, REFUSAL);
  }
  assert.deepEqual(rest, { during: 2, deleted: 1, after: 1 });
}

/** Risk, rule, cure and decision; drivers put their own words around it. */
const REFUSAL =
  /querycop: blocked, risk 95\/100: D001 delete-without-where: \S+ [^[]{10,} \[decision [0-9A-Z]{26}\]/;

async function transcript(
  driver: Driver,
  server: TestServer,
  port: number,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Record<string, unknown>> {
  await freshSchema(server);
  const [program = "", ...args] = await driver.prepare();
  const result = await run([program, ...args], {
    env: {
      ...await driver.env?.(),
      DRIVER_HOST: "127.0.0.1",
      DRIVER_PORT: `${port}`,
      DRIVER_USER: "app",
      DRIVER_PASSWORD: "it's a secret",
      DRIVER_SCHEMA: "drivers",
      DRIVER_FILE: file,
      ...env,
    },
    signal: AbortSignal.timeout(60_000),
  });
  assert.equal(result.code, 0, `${driver.name} failed: ${result.stderr.slice(-3000)}`);
  return JSON.parse(result.stdout);
}

async function expected(server: TestServer): Promise<typeof EXPECTED> {
  const [[digest = ""] = []] = await server.sql(
    `SELECT SHA2(REPEAT('0123456789abcdef', ${LONG_BYTES / 16}), 256)`,
  );
  return { ...EXPECTED, long: [LONG_BYTES, digest, digest] };
}

async function freshSchema(server: TestServer): Promise<void> {
  await server.sql(`
    DROP DATABASE IF EXISTS drivers;
    CREATE DATABASE drivers CHARACTER SET utf8mb4;
    USE drivers;
    CREATE TABLE items (id INT PRIMARY KEY, name VARCHAR(100), price DECIMAL(10, 2), note TEXT);
    INSERT INTO items VALUES
      (1, 'plain', 1.5, NULL),
      (2, 'žluťoučký kůň 🐎', -20.25, 'it''s "quoted" \\\\ back'),
      (3, '', 0, '');
    CREATE TABLE ledger (id INT) ENGINE = InnoDB;
    CREATE TABLE blobs (id INT PRIMARY KEY, v LONGBLOB);
    CREATE TABLE loaded (a INT, b VARCHAR(20));
    CREATE TABLE big (id INT PRIMARY KEY, v VARCHAR(200));
    INSERT INTO big
      WITH d AS (SELECT 0 n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
                 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)
      SELECT n, REPEAT('x', n MOD 200)
      FROM (SELECT 1 + a.n + 10 * b.n + 100 * c.n + 1000 * e.n + 10000 * f.n n FROM d a, d b, d c, d e, d f) all_n
      WHERE n <= ${BIG_ROWS};
  `);
}
