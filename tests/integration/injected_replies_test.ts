/**
 * What querycop answers in a server's place stands where the server's answer would: every packet of every response is
 * checked for its sequence id and its turn, and the transaction around it goes on.
 */
import assert from "node:assert/strict";
import { bytes, uint } from "../support/bytes.ts";
import { executeCommand } from "../support/conversation.ts";
import { CAPABILITY } from "../support/packets.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { type Flavour, startServer, type TestServer } from "../support/servers.ts";
import { type LoginOptions, WireClient, WireError } from "../support/wire_client.ts";

const KEY = "an-admin-key-of-some-length-0123";
const USER = { user: "app", password: "secret", schema: "shop" };
const CAPABILITIES = CAPABILITY.deprecateEof | CAPABILITY.multiStatements | CAPABILITY.localFiles |
  CAPABILITY.psMultiResults;
const IN_TRANSACTION = 0x1;
const MORE_RESULTS = 0x8;
const LAST = 0xffffffff;
const SIXTEEN_MB = 0xffffff;

const POLICY = `
version: 1
thresholds: { warn: 70, hold: 101, block: 90 }
roles:
  - name: app
    match: { users: ["app"] }
    hold: [truncate-table]
    limits: { rows: 300 }
`;

/** How one response ended. */
interface Response {
  /** `ok`, an error's number, or `file` where the server asks for one. */
  readonly end: "ok" | "file" | number;
  readonly message: string;
  readonly rows: number;
  readonly status: number;
  /** Sequence id of its last packet. */
  readonly sequence: number;
}

/** A client that takes a response for whole only where each of its packets has the sequence id that is its turn's. */
class StrictClient implements Disposable {
  readonly #client: WireClient;

  private constructor(client: WireClient) {
    this.#client = client;
  }

  static async login(options: LoginOptions): Promise<StrictClient> {
    return new StrictClient(await WireClient.login({ ...options, capabilities: CAPABILITIES }));
  }

  /** Writes commands, and then nothing more. Pieces of `pieceBytes` where that is given. */
  async write(content: Uint8Array, pieceBytes = content.length): Promise<void> {
    for (let at = 0; at < content.length; at += pieceBytes) {
      await this.#client.socket.write(content.subarray(at, at + pieceBytes));
    }
  }

  /** Reads one response, which follows the packet of that sequence id. */
  async read(kind: "results" | "prepare" = "results", last = 0): Promise<Response> {
    let sequence = last;
    let rows = 0;
    const next = async () => {
      const packet = await this.#client.socket.readPacket();
      sequence = (sequence + 1) & 0xff;
      assert.equal(packet.sequence, sequence, "out of order");
      return packet.payload;
    };
    const ended = (end: Response["end"], status: number, message = ""): Response => {
      return { end, message, rows, status, sequence };
    };
    for (;;) {
      const head = await next();
      const view = new DataView(head.buffer, head.byteOffset);
      if (head[0] === 0xff) {
        const { errno, message } = new WireError(head);
        return ended(errno, 0, message);
      }
      if (head[0] === 0xfb) return ended("file", 0);
      if (head[0] === 0x00 && kind === "prepare") {
        const definitions = view.getUint16(5, true) + view.getUint16(7, true);
        for (let count = 0; count < definitions; count++) await next();
        return ended("ok", 0);
      }
      let status = head[0] === 0x00 || head[0] === 0xfe ? statusOf(head) : 0;
      if (head[0] !== 0x00 && head[0] !== 0xfe) {
        for (let column = 0; column < (head[0] as number); column++) await next();
        for (;;) {
          const row = await next();
          if (row[0] === 0xff) return ended(new WireError(row).errno, 0, new WireError(row).message);
          if (row[0] === 0xfe) {
            status = statusOf(row);
            break;
          }
          rows++;
        }
      }
      if ((status & MORE_RESULTS) === 0) return ended("ok", status);
    }
  }

  /** One command and its response. */
  async ask(sql: string): Promise<Response> {
    await this.write(query(sql));
    return await this.read();
  }

  /** Whether nothing has come that nobody asked for. */
  get quiet(): boolean {
    return this.#client.socket.available === 0;
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}

/** Status of an OK packet whose counts are below 251 (these are). */
function statusOf(payload: Uint8Array): number {
  return (payload[3] as number) | ((payload[4] as number) << 8);
}

/** A command's packets. */
function command(payload: Uint8Array, first = 0): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0, sequence = first;; at += SIXTEEN_MB, sequence++) {
    const part = payload.subarray(at, at + SIXTEEN_MB);
    parts.push(uint(part.length, 3), Uint8Array.of(sequence), part);
    if (part.length < SIXTEEN_MB) return bytes(...parts);
  }
}

const query = (sql: string | Uint8Array) => command(bytes(3, sql));
const prepare = (sql: string) => command(bytes(0x16, sql));
const execute = (id: number) => command(executeCommand(id));
const ping = command(Uint8Array.of(0x0e));
const EVERYTHING = "DELETE FROM t";
const MANY = "SELECT a.id FROM numbers a, numbers b WHERE a.id < 20";

async function start(flavour: Flavour): Promise<{ server: TestServer; querycop: Querycop }> {
  const server = await startServer({ flavour });
  await server.createUser({ name: USER.user, password: USER.password });
  await server.sql(`
    CREATE DATABASE shop; USE shop;
    CREATE TABLE t (id INT PRIMARY KEY) ENGINE=InnoDB; INSERT INTO t VALUES (1), (2), (3);
    CREATE TABLE loaded (id INT); CREATE TABLE scratch (id INT); CREATE TABLE numbers (id INT PRIMARY KEY);
    INSERT INTO numbers VALUES ${Array.from({ length: 100 }, (_, index) => `(${index})`).join()};`);
  await Deno.writeTextFile(`${server.folder}/policy.yaml`, POLICY);
  const querycop = await startQuerycop({
    backend: { port: server.port },
    env: {
      GATEKEEPER_POLICY_FILE: `${server.folder}/policy.yaml`,
      GATEKEEPER_HOLD_TIMEOUT: "2s",
      ADMIN_API_KEY: KEY,
    },
  });
  return { server, querycop };
}

for (const flavour of ["mysql", "mariadb"] as const) {
  Deno.test(`what querycop says in the place of ${flavour} comes in its turn`, async (context) => {
    const { server, querycop } = await start(flavour);
    await using _server = server;
    await using _querycop = querycop;
    const login = () => StrictClient.login({ port: querycop.port, ...USER });
    const refused = async (client: StrictClient, kind: "results" | "prepare" = "results", last = 0) => {
      const { end, message } = await client.read(kind, last);
      assert.equal(end, 1227, message);
      assert.match(message, /^querycop: blocked, risk 9\d.*D001.*\[decision \w+\]$/);
    };
    const ok = async (client: StrictClient, kind: "results" | "prepare" = "results", last = 0) => {
      const response = await client.read(kind, last);
      assert.equal(response.end, "ok", response.message);
      return response;
    };

    await context.step("among pipelined commands of every kind, however they are cut", async () => {
      const all = bytes(
        ping,
        query("SELECT 1"),
        query(EVERYTHING),
        query("SELECT 1; SELECT 2, 3; DO 1"),
        prepare(EVERYTHING),
        query(`SELECT 1; ${EVERYTHING}`),
        query("SELECT id FROM no_such_table WHERE id = 1"),
        prepare("SELECT ?, 1"),
        query(EVERYTHING),
        query(EVERYTHING),
        ping,
      );
      for (const pieceBytes of [all.length, 3, 50]) {
        using client = await login();
        await client.write(all, pieceBytes);
        await ok(client);
        assert.equal((await ok(client)).rows, 1);
        await refused(client);
        assert.equal((await ok(client)).rows, 2);
        await refused(client, "prepare");
        await refused(client);
        assert.equal((await client.read()).end, 1146);
        await ok(client, "prepare");
        await refused(client);
        await refused(client);
        await ok(client);
        assert.ok(client.quiet);
      }
    });

    await context.step("after commands of 16 MB and more, with the next sequence id", async () => {
      using client = await login();
      const blank = (size: number) => new Uint8Array(size).fill(0x20);
      for (
        const size of [SIXTEEN_MB - EVERYTHING.length - 2, SIXTEEN_MB - EVERYTHING.length - 1, SIXTEEN_MB]
      ) {
        const statement = bytes(EVERYTHING, blank(size));
        const packets = 1 + Math.floor((statement.length + 1) / SIXTEEN_MB);
        await client.write(bytes(query("SELECT 1"), query(statement), ping));
        await ok(client);
        await refused(client, "results", packets - 1);
        await ok(client);
        await client.write(bytes(command(bytes(0x16, statement)), query("SELECT 1")));
        await refused(client, "prepare", packets - 1);
        await ok(client);
      }
      await client.write(bytes(query(bytes("SELECT 1", blank(SIXTEEN_MB))), query(EVERYTHING)));
      await ok(client, "results", 1);
      await refused(client);
      assert.ok(client.quiet);
    });

    await context.step("around a local file", async () => {
      using client = await login();
      const load = "LOAD DATA LOCAL INFILE 'f' INTO TABLE loaded";
      await client.write(query(load));
      const { end, sequence } = await client.read();
      assert.equal(end, "file");
      // The file's bytes look like commands; what is behind its end is one.
      const file = bytes(command(bytes(`1\n\x03${EVERYTHING}\n`), sequence + 1), 0, 0, 0, sequence + 2);
      await client.write(bytes(file, query(EVERYTHING), query(`${load}; ${EVERYTHING}`), ping));
      await ok(client, "results", sequence + 2);
      await refused(client);
      await refused(client);
      await ok(client);
      assert.ok(client.quiet);
    });

    await context.step("among prepared statements, those run before their id is known included", async () => {
      using client = await login();
      await client.write(bytes(prepare("SELECT 7"), query(EVERYTHING)));
      await ok(client, "prepare");
      await refused(client);
      if (flavour === "mariadb") {
        await client.write(bytes(execute(LAST), prepare(EVERYTHING), execute(LAST), ping));
        assert.equal((await ok(client)).rows, 1);
        await refused(client, "prepare");
        assert.equal((await client.read()).end, 1243);
        await ok(client);
      } else {
        await client.write(bytes(execute(1), prepare(EVERYTHING), execute(2), execute(1), ping));
        assert.equal((await ok(client)).rows, 1);
        await refused(client, "prepare");
        assert.equal((await client.read()).end, 1243);
        assert.equal((await ok(client)).rows, 1);
        await ok(client);
      }
      assert.ok(client.quiet);
    });

    await context.step("in the middle of rows that pass a limit, and behind them", async () => {
      using client = await login();
      for (const sql of [MANY, `SELECT 1; ${MANY}; SELECT 2`]) {
        await client.write(bytes(query(sql), query(EVERYTHING), query("SELECT 1"), prepare(MANY)));
        const cut = await client.read();
        assert.equal(cut.end, 1105);
        assert.match(cut.message, /^querycop: response exceeds 300 rows/);
        assert.equal(cut.rows, 300);
        await refused(client);
        assert.equal((await ok(client)).rows, 1);
        await ok(client, "prepare");
      }
      assert.ok(client.quiet);
    });

    await context.step(
      "after a hold that is approved, rejected or forgotten, with others before and behind",
      async () => {
        for (const decision of ["approve", "reject", "forget"] as const) {
          using client = await login();
          await client.write(
            bytes(
              query("SELECT 1"),
              query(EVERYTHING),
              query("TRUNCATE scratch"),
              query(EVERYTHING),
              query("SELECT 2"),
            ),
          );
          await ok(client);
          await refused(client);
          if (decision !== "forget") await decide(querycop, decision);
          const { end, message } = await client.read();
          assert.equal(end, decision === "approve" ? "ok" : decision === "reject" ? 1227 : 3024, message);
          if (decision === "reject") {
            assert.match(message, /^querycop: rejected by ann: not today \[decision \w+\]$/);
          }
          await refused(client);
          assert.equal((await ok(client)).rows, 1);
          assert.ok(client.quiet);
        }
      },
    );

    await context.step("within a transaction, which stays open and is what it was", async () => {
      using client = await login();
      for (const begin of ["BEGIN", "SET autocommit = 0"]) {
        await client.ask(begin);
        await client.ask("INSERT INTO t VALUES (100)");
        await client.write(
          bytes(
            query(EVERYTHING),
            prepare(EVERYTHING),
            query(`UPDATE t SET id = 1; ${EVERYTHING}`),
            query(MANY),
          ),
        );
        await refused(client);
        await refused(client, "prepare");
        await client.read();
        assert.equal((await client.read()).end, 1105);
        const seen = await client.ask("SELECT id FROM t");
        assert.equal(seen.rows, 4);
        assert.equal(seen.status & IN_TRANSACTION, IN_TRANSACTION);
        await client.ask("ROLLBACK");
        assert.equal((await client.ask("SELECT id FROM t")).rows, 3);
        await client.ask("INSERT INTO t VALUES (101)");
        assert.equal((await client.ask(EVERYTHING)).end, 1227);
        await client.ask("COMMIT");
        await client.ask("DELETE FROM t WHERE id = 101");
        await client.ask("COMMIT");
      }
      assert.deepEqual(await server.sql("SELECT id FROM shop.t ORDER BY id"), [["1"], ["2"], ["3"]]);
    });
  });
}

/** Decides on the only statement that is held, once it is. */
async function decide(querycop: Querycop, decision: "approve" | "reject"): Promise<void> {
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`http://127.0.0.1:${querycop.apiPort}/v1/approvals${path}`, {
      method,
      headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer as { approvals: { id: string }[] };
  };
  for (;;) {
    const [held] = (await ask("GET", "?state=pending")).approvals;
    if (held !== undefined) {
      await ask("POST", `/${held.id}/${decision}`, { by: "ann", reason: "not today" });
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
