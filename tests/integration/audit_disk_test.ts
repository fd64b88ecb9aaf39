/** An audit that cannot be written is met as GATEKEEPER_AUDIT_ON_FAILURE says, is seen, and mends itself. */
import type { AuditRecord } from "../../src/contract/audit.ts";
import assert from "node:assert/strict";
import mysql from "mysql2/promise";
import { binary } from "../support/binary.ts";
import { run, runOrThrow } from "../support/process.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer, type TestServer } from "../support/servers.ts";

/** Ends a write with EFBIG past a file size, where the signal that would end the process is ignored. */
const IGNORE_SIGNAL = ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"];
/** Neither the journal nor the database's log may be larger, in bytes. */
const FULL_AT = 300_000;

Deno.test("a disk that takes no more", async (context) => {
  await using server = await startServer({ flavour: "mariadb" });
  await server.createUser({ name: "app", password: "secret" });
  await context.step("continue: statements pass, what is lost is counted and told", () => staysOpen(server));
  await context.step("refuse: no statement passes until it takes more", () => refuses(server));
});

Deno.test("a database that is none", async (context) => {
  await using server = await startServer({ flavour: "mariadb" });
  await server.createUser({ name: "app", password: "secret" });
  const dataDir = await Deno.makeTempDir({ prefix: "querycop-disk-" });
  await Deno.writeTextFile(`${dataDir}/querycop.db`, "this is no database ".repeat(500));
  try {
    await context.step("refuse: serve does not start, and says what to do", async () => {
      const querycop = await start(server, dataDir, "refuse", { expectFailure: true });
      const { code, log } = await querycop.ended();
      assert.equal(code, 3);
      assert.match(
        log,
        /error: Cannot use .*querycop\.db: file is not a database\nhint: .*move querycop\.db/,
      );
      await querycop.stop();
    });
    await context.step("continue: serve runs, says so, and uses one that is put in its place", async () => {
      await using querycop = await start(server, dataDir, "continue");
      const connection = await connect(querycop);
      await connection.query("SELECT 1");
      await until(async () => (await ready(querycop)).text.includes("file is not a database"));
      assert.equal((await ready(querycop)).status, 200);
      assert.equal(await metric(querycop, "querycop_audit_healthy"), 0);
      await Deno.remove(`${dataDir}/querycop.db`);
      await until(async () => await metric(querycop, "querycop_audit_healthy") === 1);
      await until(async () => await metric(querycop, "querycop_audit_pending") === 0);
      connection.destroy();
      const statements = (await exported(dataDir)).filter(({ type }) => type === "statement");
      assert.deepEqual(statements.map(({ sql }) => sql), ["SELECT ?"]);
    });
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

Deno.test("a data directory that cannot be written", async (context) => {
  await using server = await startServer({ flavour: "mariadb" });
  await server.createUser({ name: "app", password: "secret" });
  const file = await Deno.makeTempFile({ prefix: "querycop-disk-" });
  await context.step("serve does not start, and says what to do", async () => {
    const querycop = await start(server, `${file}/data`, "continue", { expectFailure: true });
    const { code, log } = await querycop.ended();
    assert.equal(code, 3);
    assert.match(log, /error: GATEKEEPER_DATA_DIR is .*, which cannot be written: .*\nhint: /);
    await querycop.stop();
  });
  await context.step("unless it need not be: then serve runs, and uses it once it can", async () => {
    await using querycop = await start(server, `${file}/data`, "continue", {
      env: { GATEKEEPER_DATA_DIR_REQUIRED: "false" },
    });
    const connection = await connect(querycop);
    await connection.query("SELECT 1");
    assert.match((await ready(querycop)).text, /the audit cannot be written: /);
    await Deno.remove(file);
    await until(async () => await metric(querycop, "querycop_audit_healthy") === 1);
    connection.destroy();
  });
  await Deno.remove(file, { recursive: true });
});

async function staysOpen(server: TestServer): Promise<void> {
  await withDirectory(async (dataDir) => {
    await using querycop = await start(server, dataDir, "continue");
    const connection = await connect(querycop);
    await limitFiles(querycop, `${FULL_AT}`);
    await until(async () => {
      await connection.query(longStatement());
      return await metric(querycop, "querycop_audit_lost_total") > 0;
    });
    const { status, text } = await ready(querycop);
    assert.equal(status, 200);
    assert.match(text, /the audit cannot be written: /);
    assert.equal(await metric(querycop, "querycop_audit_healthy"), 0);
    await limitFiles(querycop, "unlimited");
    await until(async () => await metric(querycop, "querycop_audit_healthy") === 1);
    const lost = await metric(querycop, "querycop_audit_lost_total");
    await connection.query("SELECT 1 AS afterwards");
    connection.destroy();
    await stop(querycop);
    const records = await exported(dataDir);
    assert.equal(toldOfLost(records), lost);
    assert(records.some(({ sql }) => sql?.includes("afterwards")));
  });
}

async function refuses(server: TestServer): Promise<void> {
  await withDirectory(async (dataDir) => {
    await using querycop = await start(server, dataDir, "refuse");
    const connection = await connect(querycop);
    await limitFiles(querycop, `${FULL_AT}`);
    let refused = "";
    await until(async () => {
      refused = await connection.query(longStatement()).then(() => "", (error) => String(error.message));
      return refused !== "";
    });
    assert.match(refused, /^querycop: blocked: the audit cannot be written \(/);
    await until(async () => (await ready(querycop)).status === 503);
    await limitFiles(querycop, "unlimited");
    await until(() => connection.query("SELECT 1").then(() => true, () => false));
    await until(async () => (await ready(querycop)).status === 200);
    // None where counts of statement shapes met the full disk first, for then nothing was let pass unrecorded.
    const lost = await metric(querycop, "querycop_audit_lost_total");
    connection.destroy();
    await stop(querycop);
    assert.equal(toldOfLost(await exported(dataDir)), lost);
  });
}

/** How many events the chain itself says were lost. */
function toldOfLost(records: readonly AuditRecord[]): number {
  const told = records.filter(({ action }) => action === "events_lost");
  return told.reduce((sum, { detail }) => sum + Number(detail?.lost), 0);
}

function start(
  server: TestServer,
  dataDir: string,
  onFailure: string,
  { env, ...more }: { readonly expectFailure?: boolean; readonly env?: Readonly<Record<string, string>> } =
    {},
): Promise<Querycop> {
  return startQuerycop({
    backend: { port: server.port },
    through: IGNORE_SIGNAL,
    env: {
      GATEKEEPER_BACKEND_TLS_MODE: "disable",
      GATEKEEPER_DATA_DIR: dataDir,
      GATEKEEPER_AUDIT_STATEMENTS: "all",
      GATEKEEPER_AUDIT_ON_FAILURE: onFailure,
      ...env,
    },
    ...more,
  });
}

function connect(querycop: Querycop): Promise<mysql.Connection> {
  return mysql.createConnection({ host: "127.0.0.1", port: querycop.port, user: "app", password: "secret" });
}

/** Sets how large a file the process may make, while it runs. */
async function limitFiles(querycop: Querycop, bytes: string): Promise<void> {
  await runOrThrow(["prlimit", "--pid", `${querycop.pid}`, `--fsize=${bytes}:`]);
}

/** One that takes some kilobytes to record, of a shape of its own. */
function longStatement(): string {
  return `SELECT ${
    Array.from({ length: 100 }, () => `1 AS a${crypto.randomUUID().replaceAll("-", "")}`).join(", ")
  }`;
}

async function stop(querycop: Querycop): Promise<void> {
  querycop.signal("SIGTERM");
  assert.equal((await querycop.ended()).code, 0);
}

async function ready(querycop: Querycop): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${querycop.apiPort}/readyz`);
  return { status: response.status, text: await response.text() };
}

async function metric(querycop: Querycop, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${querycop.apiPort}/metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{.*\\})? (.*)$`, "m").exec(text)?.[1]);
}

/** The whole chain, which is checked first. */
async function exported(dataDir: string): Promise<AuditRecord[]> {
  const env = { GATEKEEPER_DATA_DIR: dataDir };
  assert.equal((await run([await binary(), "audit", "verify"], { env })).code, 0);
  const { stdout } = await run([await binary(), "audit", "export"], { env });
  const [, ...lines] = stdout.trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as AuditRecord);
}

async function withDirectory(action: (dataDir: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "querycop-disk-" });
  try {
    await action(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; !(await holds());) {
    assert(Date.now() < deadline, "it did not come to be");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
