/** What clients were told is in the audit, whole and once, wherever the process was killed. */
import type { AuditRecord } from "../../src/contract/audit.ts";
import assert from "node:assert/strict";
import mysql from "mysql2/promise";
import { binary } from "../support/binary.ts";
import { run, runOrThrow } from "../support/process.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer, type TestServer } from "../support/servers.ts";

const KEY = "a-key-for-the-admin-api-0123456789";
const CLIENTS = 6;
const ROUNDS = 3;

/** What clients saw with their own eyes. */
interface Seen {
  /** Aliases of statements that ran. */
  readonly allowed: string[];
  /** Decision ids of refusals. */
  readonly refused: string[];
  /** Decision ids of held statements that were rejected. */
  readonly rejected: string[];
  /** Held statements that ran after somebody approved. */
  approved: number;
}

Deno.test("kill -9 under load loses nothing that a client saw, and the chain is whole", async (context) => {
  await using server = await startServer({ flavour: "mariadb" });
  await server.createUser({ name: "app", password: "secret" });
  await server.sql("CREATE DATABASE shop; CREATE TABLE shop.t (id INT); CREATE TABLE shop.held (id INT)");
  for (const workers of [1, 2]) {
    await context.step(`with GATEKEEPER_WORKERS=${workers}`, () => killUnderLoad(server, workers));
  }
});

async function killUnderLoad(server: TestServer, workers: number): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "querycop-crash-" });
  try {
    const dataDir = `${folder}/data`;
    await Deno.writeTextFile(
      `${folder}/policy.yaml`,
      "version: 1\nthresholds: { warn: 70, hold: 85, block: 90 }\n",
    );
    const start = () =>
      startQuerycop({
        backend: { port: server.port },
        env: {
          GATEKEEPER_BACKEND_TLS_MODE: "disable",
          GATEKEEPER_DATA_DIR: dataDir,
          GATEKEEPER_POLICY_FILE: `${folder}/policy.yaml`,
          GATEKEEPER_AUDIT_STATEMENTS: "all",
          GATEKEEPER_WORKERS: `${workers}`,
          ADMIN_API_KEY: KEY,
        },
      });
    const seen: Seen = { allowed: [], refused: [], rejected: [], approved: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      await using querycop = await start();
      await untilServed(querycop);
      const stop = new AbortController();
      const load = [
        ...Array.from({ length: CLIENTS }, (_, client) => talk(querycop, `${round}_${client}`, seen)),
        approve(querycop, stop.signal),
      ];
      await new Promise((resolve) => setTimeout(resolve, 600 + Math.random() * 1200));
      await kill(querycop);
      stop.abort();
      await Promise.all(load);
      assert.equal((await audit(["verify"], dataDir)).code, 0, "as it was left");
    }
    await using last = await start(); // Brings in what was left.
    last.signal("SIGTERM");
    assert.equal((await last.ended()).code, 0);
    const { code, stdout } = await audit(["verify", "--format", "json"], dataDir);
    assert.equal(code, 0, stdout);
    assert.equal((JSON.parse(stdout) as { waiting: number }).waiting, 0);
    compare(seen, await exported(dataDir));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function connect(querycop: Querycop): Promise<mysql.Connection> {
  return mysql.createConnection({
    host: "127.0.0.1",
    port: querycop.port,
    user: "app",
    password: "secret",
    database: "shop",
  });
}

/** Workers listen a little later than the process that supervises them is up. */
async function untilServed(querycop: Querycop): Promise<void> {
  for (const deadline = Date.now() + 20_000;;) {
    try {
      await (await connect(querycop)).end();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** One client that sends what is allowed, refused and held, until the connection breaks. */
async function talk(querycop: Querycop, name: string, seen: Seen): Promise<void> {
  const connection = await connect(querycop).catch(() => undefined);
  if (connection === undefined) return; // Killed before it was in.
  connection.on("error", () => {}); // The kill, which the statement that waits sees too.
  try {
    for (let n = 0;; n++) {
      const chance = Math.random();
      const alias = `c_${name}_${n}`;
      if (chance < 0.7) {
        await connection.query(`SELECT 1 AS ${alias}`);
        seen.allowed.push(alias);
      } else if (chance < 0.97) {
        seen.refused.push(decisionOf(await failure(connection.query("DELETE FROM t"))));
      } else {
        const error = await failure(connection.query("TRUNCATE TABLE held"));
        if (error === undefined) seen.approved++;
        else seen.rejected.push(decisionOf(error));
      }
    }
  } catch (error) {
    assert.match(String(error), /closed|ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST|read error/i);
  } finally {
    connection.destroy();
  }
}

/** The refusal of a statement, undefined where it ran; rejects where the connection broke. */
async function failure(statement: Promise<unknown>): Promise<Error | undefined> {
  try {
    await statement;
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("querycop:")) return error;
    throw error;
  }
}

function decisionOf(error: Error | undefined): string {
  const id = /\[decision (\w+)\]/.exec(error?.message ?? "")?.[1];
  assert(id !== undefined, `no decision id in ${error?.message}`);
  return id;
}

/** Decides every held statement, one way or the other, until it is stopped. */
async function approve(querycop: Querycop, signal: AbortSignal): Promise<void> {
  const ask = async (path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`http://127.0.0.1:${querycop.apiPort}/v1/approvals${path}`, {
      headers: { authorization: `Bearer ${KEY}` },
      signal,
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    });
    return await response.json();
  };
  try {
    while (!signal.aborted) {
      const { approvals = [] } = await ask("") as { approvals?: { id: string }[] };
      for (const { id } of approvals) {
        const way = Math.random() < 0.5 ? "approve" : "reject";
        await ask(`/${id}/${way}`, { by: "test", reason: "because" });
      }
      await new Promise((resolve) => setTimeout(resolve, 150)); // The API takes ten requests a second.
    }
  } catch {
    // Killed.
  }
}

/** Kills the process and, where it supervises others, those at the same moment. */
async function kill(querycop: Querycop): Promise<void> {
  const children = await runOrThrow(["sh", "-c", "cat /proc/$0/task/*/children", `${querycop.pid}`]);
  const workers = children.split(/\s+/).filter((pid) => pid !== "");
  await runOrThrow(["kill", "-9", `${querycop.pid}`, ...workers]);
  await querycop.ended();
}

async function audit(args: readonly string[], dataDir: string) {
  return await run([await binary(), "audit", ...args], { env: { GATEKEEPER_DATA_DIR: dataDir } });
}

async function exported(dataDir: string): Promise<AuditRecord[]> {
  const { code, stdout } = await audit(["export"], dataDir);
  assert.equal(code, 0);
  const [, ...lines] = stdout.trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as AuditRecord);
}

function compare(seen: Seen, records: readonly AuditRecord[]): void {
  const ids = records.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length, "no event is there twice");
  const statements = records.filter(({ type }) => type === "statement");
  const allowed = new Set<string>();
  for (const { action, sql = "" } of statements) {
    if (action === "allow") allowed.add(/AS `?(c_\w+)`?/.exec(sql)?.[1] ?? sql);
  }
  assert.deepEqual(seen.allowed.filter((alias) => !allowed.has(alias)), [], "every statement that ran");
  const idsOf = (action: string) =>
    new Set(statements.filter((one) => one.action === action).map(({ id }) => id));
  const refused = idsOf("refuse");
  assert.deepEqual(seen.refused.filter((id) => !refused.has(id)), [], "every refusal");
  const held = idsOf("hold");
  assert.deepEqual(seen.rejected.filter((id) => !held.has(id)), [], "every hold");
  const ends = records.filter(({ type }) => type === "approval");
  const rejected = new Set(ends.filter(({ action }) => action === "rejected").map(({ about }) => about));
  assert.deepEqual(seen.rejected.filter((id) => !rejected.has(id)), [], "every rejection");
  assert(ends.filter(({ action }) => action === "approved").length >= seen.approved, "every approval");
  const ended = new Set(ends.map(({ about }) => about));
  assert.deepEqual([...held].filter((id) => !ended.has(id)), [], "no hold is left open");
  // The load was one worth killing.
  assert(seen.allowed.length > 100 && seen.refused.length > 20, JSON.stringify(seen).slice(0, 200));
  assert(held.size > 0, "something was held");
}
