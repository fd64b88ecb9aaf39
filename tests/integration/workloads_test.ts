/** Applications that mean no harm run through querycop under the built-in policy as they do without it. */
import assert from "node:assert/strict";
import mysql from "mysql2/promise";
import { installPackages } from "../support/apt.ts";
import { run } from "../support/process.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer } from "../support/servers.ts";
import { WORDPRESS_SESSION, WORDPRESS_TABLES } from "../support/wordpress.ts";

const USER = { name: "app", password: "secret" };

await installPackages("The test of workloads", ["sysbench"]);

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`workloads on ${flavour} meet no refusal`, async (context) => {
    await using server = await startServer({ flavour });
    await server.createUser(USER);
    await server.sql("CREATE DATABASE bench; CREATE DATABASE site CHARACTER SET utf8mb4");
    await using querycop = await startQuerycop({ backend: { port: server.port } });

    for (const mode of ["auto", "disable"]) {
      await context.step(`sysbench oltp_read_write, prepared statements: ${mode}`, async () => {
        for (const step of ["prepare", "run", "cleanup"]) {
          const { code, stdout, stderr } = await run([
            "sysbench",
            "oltp_read_write",
            "--db-driver=mysql",
            "--mysql-host=127.0.0.1",
            `--mysql-port=${querycop.port}`,
            `--mysql-user=${USER.name}`,
            `--mysql-password=${USER.password}`,
            "--mysql-db=bench",
            `--db-ps-mode=${mode}`,
            "--tables=2",
            "--table-size=500",
            "--threads=4",
            "--events=200",
            "--time=60",
            step,
          ], { signal: AbortSignal.timeout(60_000) });
          assert.equal(code, 0, `${step}: ${stdout.slice(-1500)}\n${stderr}`);
          // Deadlocks of its own threads are tried again; every other error ends it.
          if (step === "run") assert.match(stdout, /total number of events:\s+200/);
        }
        await assertNoneRefused(querycop, 200 * 18);
      });
    }

    await context.step("a WordPress site", async () => {
      const db = await mysql.createConnection({
        host: "127.0.0.1",
        port: querycop.port,
        user: USER.name,
        password: USER.password,
        database: "site",
      });
      const failed: string[] = [];
      for (const sql of [...WORDPRESS_TABLES, ...WORDPRESS_SESSION]) {
        await db.query(sql).catch((error: Error) => failed.push(`${sql}: ${error.message}`));
      }
      await db.end();
      assert.deepEqual(failed, []);
      await assertNoneRefused(querycop, 100);
    });
  });
}

/** Nothing was refused or held, and at least so many statements were judged. */
async function assertNoneRefused(querycop: Querycop, atLeast: number): Promise<void> {
  const metrics = await (await fetch(`http://127.0.0.1:${querycop.apiPort}/metrics`)).text();
  const decided = new Map(
    [...metrics.matchAll(/^querycop_statements_total\{.*?decision="(\w+)".*?\} (\d+)$/gm)]
      .map(([, decision = "", count]) => [decision, Number(count)]),
  );
  const { refuse = 0, hold = 0, allow = 0, warn = 0 } = Object.fromEntries(decided);
  assert.deepEqual({ refuse, hold }, { refuse: 0, hold: 0 });
  assert.ok(
    allow + warn >= atLeast,
    `${allow} statements allowed, ${warn} warned of`,
  );
}
