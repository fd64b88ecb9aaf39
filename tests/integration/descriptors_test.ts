/** File descriptors run out: the process lives, says so, and takes connections again once it can. */
import assert from "node:assert/strict";
import { within } from "../support/fault_bench.ts";
import { runOrThrow } from "../support/process.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer } from "../support/servers.ts";
import { WireClient, WireError } from "../support/wire_client.ts";

const APP = { user: "app", password: "secret" };

async function healthy(querycop: Querycop): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${querycop.apiPort}/healthz`);
  await response.body?.cancel();
  return response.ok;
}

async function metric(querycop: Querycop, series: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${querycop.apiPort}/metrics`)).text();
  return Number(text.split("\n").find((line) => line.startsWith(series))?.split(" ")[1]);
}

async function connectMany(port: number, count: number): Promise<Deno.TcpConn[]> {
  return await Promise.all(
    Array.from({ length: count }, () => Deno.connect({ hostname: "127.0.0.1", port })),
  );
}

Deno.test("descriptors run out and come back", async (test) => {
  await using server = await startServer({ flavour: "mysql", args: ["--max-connections=1000"] });
  await server.createUser({ name: APP.user, password: APP.password });
  const start = (limit: number) =>
    startQuerycop({
      backend: { port: server.port },
      env: { GATEKEEPER_BACKEND_TLS_MODE: "disable", GATEKEEPER_MODE: "monitor" },
      through: ["prlimit", `--nofile=${limit}:${limit}`],
    });

  await test.step("1,100 silent connections to the admin port keep neither health checks nor logins out", async () => {
    await using querycop = await start(1024);
    const silent = await connectMany(querycop.apiPort, 1100);
    assert.ok(await within(healthy(querycop), "the health check"));
    using client = await WireClient.login({ ...APP, port: querycop.port });
    assert.deepEqual(await client.query("SELECT 1"), [["1"]]);
    assert.ok(await metric(querycop, "querycop_admin_connections{") <= 100);
    assert.ok(await metric(querycop, 'querycop_admin_connections_closed_total{reason="limit"') >= 1000);
    for (const conn of silent) conn.close();
  });

  await test.step("a limit that is too low for GATEKEEPER_MAX_CONNECTIONS is said at the start, and clients past it get 1040", async () => {
    await using querycop = await start(400);
    assert.match(
      await querycop.log(),
      /descriptor limit leaves room for fewer connections.*"connections":100/,
    );
    const clients: WireClient[] = [];
    try {
      for (let count = 0; count < 100; count++) {
        clients.push(await WireClient.login({ ...APP, port: querycop.port }));
      }
      for (let count = 0; count < 50; count++) {
        await assert.rejects(
          WireClient.login({ ...APP, port: querycop.port }),
          (error) =>
            error instanceof WireError && error.errno === 1040 && /descriptor limit 400/.test(error.message),
        );
      }
      assert.ok(await healthy(querycop));
    } finally {
      for (const client of clients) client[Symbol.dispose]();
    }
  });

  await test.step("with none left, nothing is accepted on either port, and everything is once there are some", async () => {
    await using querycop = await start(1024);
    using before = await WireClient.login({ ...APP, port: querycop.port });
    const setLimit = (limit: number) =>
      runOrThrow(["prlimit", "--pid", String(querycop.pid), `--nofile=${limit}:1024`]);
    await setLimit(10); // Fewer than it has open.
    const waiting = [
      ...await connectMany(querycop.port, 50),
      ...await connectMany(querycop.apiPort, 50),
    ];
    const logged = async (port: string) => {
      while (
        !new RegExp(`cannot accept connections.*"port":"${port}".*too many open files`).test(
          await querycop.log(),
        )
      ) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    await within(Promise.all([logged("mysql"), logged("admin")]), "the log's lines");
    assert.deepEqual(await before.query("SELECT 1"), [["1"]]);
    await setLimit(1024);
    for (const conn of waiting) conn.close();
    assert.ok(await within(healthy(querycop), "the health check"));
    using _after = await within(WireClient.login({ ...APP, port: querycop.port }), "a login");
    for (const port of ["mysql", "admin"]) {
      assert.ok(await metric(querycop, `querycop_accept_failures_total{port="${port}"`) > 0);
    }
    assert.equal(querycop.status, undefined);
  });
});
