/** What a session through querycop may and may not do, beyond logging in: limits, draining, changing the user. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { X509Certificate } from "node:crypto";
import { Readable } from "node:stream";
import mysql from "mysql2/promise";
import { bytes } from "../support/bytes.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { type Querycop, type QuerycopOptions, startQuerycop } from "../support/querycop.ts";
import { startServer, type TestServer } from "../support/servers.ts";
import { capabilitiesFor, loginHead, readGreeting } from "../support/wire_client.ts";
import { WireSocket } from "../support/wire_socket.ts";

const files = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));
const front = authority({ commonName: "client leg" });
const USERS = [{ name: "app", password: "first" }, { name: "other", password: "second" }];

async function startMysql(): Promise<TestServer> {
  const server = await startServer({
    flavour: "mysql",
    tls: { certFile: files.cert, keyFile: files.key },
    args: ["--local-infile=1", "--max-allowed-packet=128M"],
  });
  for (const user of USERS) await server.createUser(user);
  await server.sql(
    "CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY, name VARCHAR(50));" +
      "INSERT INTO shop.t VALUES (1, 'a'), (2, 'b'), (3, 'c')",
  );
  return server;
}

function start(server: TestServer, env: QuerycopOptions["env"] = {}): Promise<Querycop> {
  return startQuerycop({
    backend: { port: server.port },
    env: {
      GATEKEEPER_BACKEND_TLS_MODE: "verify-full",
      GATEKEEPER_BACKEND_TLS_CA_FILE: files.ca,
      ...env,
    },
  });
}

function connect(querycop: Querycop, options: mysql.ConnectionOptions = {}): Promise<mysql.Connection> {
  const [user] = USERS;
  return mysql.createConnection({
    host: "127.0.0.1",
    port: querycop.port,
    user: user?.name ?? "",
    password: user?.password ?? "",
    database: "shop",
    ...options,
  });
}

async function rows(connection: mysql.Connection, sql: string): Promise<mysql.RowDataPacket[]> {
  const [result] = await connection.query<mysql.RowDataPacket[]>(sql);
  return result;
}

const errnoOf = (promise: Promise<unknown>) =>
  promise.then(() => 0, (error: { errno?: number }) => error.errno ?? -1);

Deno.test("sessions within their limits, on one server", async (context) => {
  await using server = await startMysql();

  await context.step(
    "past GATEKEEPER_MAX_CONNECTIONS a client gets 1040 in place of the greeting",
    async () => {
      await using querycop = await start(server, { GATEKEEPER_MAX_CONNECTIONS: "2" });
      const open = [await connect(querycop), await connect(querycop)];
      await assert.rejects(connect(querycop), { errno: 1040, message: /^querycop: too many connections/ });
      await open[0]?.end();
      await until(async () => await errnoOf(connect(querycop).then((next) => next.end())) === 0);
      await open[1]?.end();
    },
  );

  await context.step(
    "past GATEKEEPER_MAX_CONNECTIONS_PER_USER one user gets 1040 and another comes in",
    async () => {
      await using querycop = await start(server, { GATEKEEPER_MAX_CONNECTIONS_PER_USER: "1" });
      const first = await connect(querycop);
      await assert.rejects(connect(querycop), { errno: 1040, sqlState: "08004" });
      const second = await connect(querycop, { user: "other", password: "second" });
      await Promise.all([first.end(), second.end()]);
    },
  );

  await context.step(
    "a user's place is taken by who has proved to be the user, and follows COM_CHANGE_USER",
    async () => {
      await using querycop = await start(server, { GATEKEEPER_MAX_CONNECTIONS_PER_USER: "1" });
      const claim = await WireSocket.connect(querycop.port);
      const { plugin } = await readGreeting(claim);
      const login = { port: querycop.port, user: "app", password: "guess" };
      await claim.send(bytes(loginHead(capabilitiesFor(login)), "app", 0, 32, new Uint8Array(32), plugin, 0));
      // The server asks on, and whoever claims to be the user leaves it at that.
      await claim.readPacket();
      const first = await connect(querycop);
      await assert.rejects(connect(querycop), { errno: 1040 });
      await first.changeUser({ user: "other", password: "second", database: "shop" });
      await assert.rejects(connect(querycop, { user: "other", password: "second" }), { errno: 1040 });
      const second = await connect(querycop);
      await assert.rejects(first.changeUser({ user: "app", password: "first", database: "shop" }), {
        errno: 1040,
      });
      assert.equal((await rows(first, "SELECT SUBSTRING_INDEX(USER(), '@', 1) AS u"))[0]?.u, "other");
      await Promise.all([first.end(), second.end()]);
      claim.close();
    },
  );

  await context.step("a response past its limit is an error, and the transaction goes on", async () => {
    await using querycop = await start(server, { GATEKEEPER_MAX_RESPONSE_MB: "1" });
    const connection = await connect(querycop);
    await connection.beginTransaction();
    await connection.query("INSERT INTO t VALUES (100, 'kept')");
    const long = "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 900) " +
      "SELECT REPEAT('x', 5000) FROM s";
    await assert.rejects(connection.query(long), { errno: 1105, message: /GATEKEEPER_MAX_RESPONSE_MB/ });
    await assert.rejects(connection.execute(long), { errno: 1105, message: /GATEKEEPER_MAX_RESPONSE_MB/ });
    assert.equal((await rows(connection, "SELECT name FROM t WHERE id = 100"))[0]?.name, "kept");
    await connection.rollback();
    assert.deepEqual(await rows(connection, "SELECT name FROM t WHERE id = 100"), []);
    await connection.end();
  });

  await context.step(
    "a statement past its limit is refused, one of several packets is not, and the session goes on",
    async () => {
      await using querycop = await start(server, { GATEKEEPER_MAX_STATEMENT_MB: "20" });
      const connection = await connect(querycop);
      const value = "v".repeat(18 * 1024 * 1024);
      assert.equal((await rows(connection, `SELECT LENGTH('${value}') AS n`))[0]?.n, value.length);
      await assert.rejects(connection.query(`SELECT LENGTH('${value}${value}')`), { errno: 1227 });
      const [sent] = await connection.execute<mysql.RowDataPacket[]>("SELECT LENGTH(?) AS n", [
        value + value,
      ]);
      assert.equal(sent[0]?.n, value.length * 2);
      await connection.end();
    },
  );

  await context.step("COM_CHANGE_USER logs in anew across legs that differ, cold and warm", async () => {
    await using querycop = await start(server);
    const connection = await connect(querycop);
    await server.sql("FLUSH PRIVILEGES");
    for (const user of [...USERS.toReversed(), ...USERS]) {
      await connection.changeUser({ user: user.name, password: user.password, database: "shop" });
      assert.match(
        String((await rows(connection, "SELECT CURRENT_USER() AS u"))[0]?.u),
        new RegExp(`^${user.name}@`),
      );
    }
    await assert.rejects(connection.changeUser({ user: "other", password: "wrong" }), { errno: 1045 });
  });

  await context.step("LOAD DATA LOCAL INFILE sends the file, and the session goes on", async () => {
    await using querycop = await start(server);
    const connection = await connect(querycop);
    const content = Array.from({ length: 50_000 }, (_, index) =>
      `${index + 1000}\tDROP TABLE t;`).join("\n") + "\n";
    await connection.query({
      sql: "LOAD DATA LOCAL INFILE 'rows.tsv' INTO TABLE t",
      infileStreamFactory: () => Readable.from([Buffer.from(content)]),
    } as mysql.QueryOptions);
    assert.equal((await rows(connection, "SELECT COUNT(*) AS n FROM t WHERE id >= 1000"))[0]?.n, 50_000);
    await connection.query("DELETE FROM t WHERE id >= 1000");
    await connection.end();
  });

  await context.step("an idle session is closed with a word, a busy one is not", async () => {
    await using querycop = await start(server, { GATEKEEPER_IDLE_TIMEOUT: "1s" });
    const idle = await connect(querycop);
    const ended = new Promise<Error>((resolve) => idle.on("error", resolve));
    const busy = await connect(querycop);
    for (let turn = 0; turn < 14; turn++) await rows(busy, "SELECT SLEEP(0.25)");
    assert.match((await ended).message, /^querycop: idle for too long/);
    await busy.end();
  });

  await context.step(
    "a balancer's PROXY header tells the server who the client is; without one the client is dropped",
    async () => {
      await using querycop = await start(server, { GATEKEEPER_PROXY_PROTOCOL: "require" });
      for (
        const header of [
          Buffer.from("PROXY TCP4 203.0.113.7 192.0.2.1 4242 3306\r\n"),
          proxyV2("203.0.113.7", 4242),
        ]
      ) {
        const connection = await connect(querycop, { stream: await streamBehind(querycop.port, header) });
        const seen = await rows(
          connection,
          "SELECT ATTR_NAME AS name, ATTR_VALUE AS value FROM performance_schema.session_connect_attrs " +
            "WHERE PROCESSLIST_ID = CONNECTION_ID() AND ATTR_NAME LIKE '\\_client\\_%t' OR ATTR_NAME = '_client_ip'",
        );
        const attributes = new Map(seen.map(({ name, value }) => [name, value]));
        assert.equal(attributes.get("_client_ip"), "203.0.113.7");
        assert.equal(attributes.get("_client_port"), "4242");
        await connection.end();
      }
      assert.notEqual(await errnoOf(connect(querycop, { connectTimeout: 2000 })), 0);
    },
  );

  for (const workers of ["1", "2"]) {
    await context.step(
      `the admin API shows every session and ends one, with ${workers} worker(s)`,
      async () => {
        const key = "an-admin-key-of-some-length-0123";
        await using querycop = await start(server, { GATEKEEPER_WORKERS: workers, ADMIN_API_KEY: key });
        const ask = async (method: string, path: string) => {
          const url = `http://127.0.0.1:${querycop.apiPort}${path}`;
          const response = await fetch(url, { method, headers: { authorization: `Bearer ${key}` } });
          return { status: response.status, text: await response.text() };
        };
        await until(() => connect(querycop).then((first) => first.end()).then(() => true, () => false));
        const open = await Promise.all([connect(querycop), connect(querycop), connect(querycop)]);
        await rows(open[0] as mysql.Connection, "SELECT 1");
        const { sessions } = JSON.parse((await ask("GET", "/v1/sessions")).text) as {
          sessions: { id: string; user: string; client: string; state: string }[];
        };
        const mine = sessions.filter(({ state }) => state === "command");
        assert.equal(mine.length, 3);
        assert.ok(mine.every(({ user }) => user === "app"));
        const [victim] = mine;
        const ends = open.map((connection) =>
          new Promise<string>((resolve) => connection.on("error", (error) => resolve(error.message)))
        );
        assert.equal((await ask("DELETE", `/v1/sessions/${victim?.id}`)).status, 200);
        assert.match(await Promise.any(ends), /^querycop: session ended by an administrator/);
        await until(async () => (await ask("DELETE", `/v1/sessions/${victim?.id}`)).status === 404);
        assert.match((await ask("GET", "/metrics")).text, /querycop_sessions_ended_total\{cause="killed"/);
        assert.ok(!(await querycop.log()).includes(key));
        for (const connection of open) connection.destroy();
      },
    );
  }

  await context.step(
    "SIGHUP reads the client leg's certificate again; a broken one leaves the old",
    async () => {
      const folder = await Deno.makeTempDir({ prefix: "querycop-reload-" });
      const paths = { cert: `${folder}/cert.pem`, key: `${folder}/key.pem` };
      const use = async (name: string) => {
        const made = write(issue(front, { dns: [name] }));
        await Deno.copyFile(made.cert, paths.cert);
        await Deno.copyFile(made.key, paths.key);
      };
      await use("first.test");
      await using querycop = await start(server, {
        GATEKEEPER_PROXY_TLS_CERT: paths.cert,
        GATEKEEPER_PROXY_TLS_KEY: paths.key,
        GATEKEEPER_PROXY_TLS_MODE: "require",
      });
      const certificateNames = async () => {
        const { stdout } = await new Deno.Command("openssl", {
          args: ["s_client", "-starttls", "mysql", "-connect", `127.0.0.1:${querycop.port}`],
          stdin: "null",
          stderr: "null",
        }).output();
        const pem = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(
          new TextDecoder().decode(stdout),
        );
        return pem === null ? "" : new X509Certificate(pem[0]).subjectAltName ?? "";
      };
      assert.equal(await certificateNames(), "DNS:first.test");
      await assert.rejects(connect(querycop), { errno: 3159 });
      await use("second.test");
      querycop.signal("SIGHUP");
      await until(async () => await certificateNames() === "DNS:second.test");
      await Deno.writeTextFile(paths.cert, "damaged");
      querycop.signal("SIGHUP");
      await until(async () => (await querycop.log()).includes("reload failed"));
      assert.equal(await certificateNames(), "DNS:second.test");
      await Deno.remove(folder, { recursive: true });
    },
  );

  await context.step(
    "SIGTERM lets a statement and a transaction finish, tells idle sessions, and is not ready",
    async () => {
      await using querycop = await start(server, { GATEKEEPER_DRAIN_TIMEOUT: "20s" });
      const [idle, running, transaction] = await Promise.all([
        connect(querycop),
        connect(querycop),
        connect(querycop),
      ]);
      const told = new Promise<Error>((resolve) => idle.on("error", resolve));
      await transaction.beginTransaction();
      await transaction.query("INSERT INTO t VALUES (200, 'drained')");
      const slow = rows(running, "SELECT SLEEP(1.5) AS slept");
      slow.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
      querycop.signal("SIGTERM");
      assert.match((await told).message, /^querycop: server shutdown in progress/);
      const ready = await fetch(`http://127.0.0.1:${querycop.apiPort}/readyz`);
      assert.equal(ready.status, 503);
      await ready.body?.cancel();
      assert.notEqual(await errnoOf(connect(querycop)), 0);
      assert.equal((await slow)[0]?.slept, 0);
      running.on("error", () => {});
      await transaction.commit();
      transaction.on("error", () => {});
      assert.equal((await querycop.ended()).code, 0);
      assert.deepEqual(await server.sql("SELECT name FROM shop.t WHERE id = 200"), [["drained"]]);
    },
  );

  await context.step("past the drain time-out what still runs is cut off", async () => {
    await using querycop = await start(server, { GATEKEEPER_DRAIN_TIMEOUT: "500ms" });
    const connection = await connect(querycop);
    const cut = errnoOf(rows(connection, "SELECT SLEEP(30)"));
    connection.on("error", () => {});
    await new Promise((resolve) => setTimeout(resolve, 200));
    querycop.signal("SIGTERM");
    assert.equal((await querycop.ended()).code, 0);
    assert.notEqual(await cut, 0);
  });
});

/** Tries until it holds; a session's end is seen by the next a moment later. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assert.fail("it never came to hold");
}

function proxyV2(client: string, port: number): Buffer {
  const signature = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
  const addresses = Buffer.concat([
    Buffer.from(client.split(".").map(Number)),
    Buffer.from([192, 0, 2, 1]),
    Buffer.from([port >> 8, port & 255, 3306 >> 8, 3306 & 255]),
  ]);
  return Buffer.concat([signature, Buffer.from([0x21, 0x11, 0, addresses.length]), addresses]);
}

/** A socket on which a balancer has already spoken. */
async function streamBehind(port: number, header: Buffer) {
  const { connect } = await import("node:net");
  const socket = connect(port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.write(header);
  return socket;
}
