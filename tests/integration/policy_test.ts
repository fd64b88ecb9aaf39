/** The policy in a serving querycop: roles, reloads, blocks and learned statements, in front of a real server. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ServerError } from "../../src/base/errors.ts";
import { Secret } from "../../src/base/secret.ts";
import { run } from "../../src/cli/mod.ts";
import { connectMysql, createMysqlConnector } from "../../src/client/mod.ts";
import { fakeHost } from "../support/fake_host.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer, type TestServer } from "../support/servers.ts";

const PATIENCE_MS = 30_000;
const KEY = "0123456789abcdef0123456789abcdef";
const REPORTING =
  "version: 1\nroles:\n  - name: reporting\n    match: { users: [report] }\n    deny: [ddl]\n    tables: { deny: [app.secrets] }\n";
const TURNED =
  "version: 1\nroles:\n  - name: turned\n    match: { users: [deploy] }\n    tables: { deny: [secrets] }\n";
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const patience = () => AbortSignal.timeout(PATIENCE_MS);

/** A server with a schema and two accounts, a folder, and querycop's own commands with that environment. */
async function world() {
  const server = await startServer({ flavour: "mysql" });
  const folder = await Deno.makeTempDir({ prefix: "querycop-policy-" });
  await server.sql(
    "CREATE DATABASE app; CREATE TABLE app.t (id INT PRIMARY KEY, a INT); " +
      "CREATE TABLE app.secrets (id INT PRIMARY KEY); INSERT INTO app.t VALUES (1, 1), (2, 2)",
  );
  for (const name of ["report", "deploy"]) {
    await server.createUser({ name, password: "pw", plugin: "caching_sha2_password" });
  }
  const env = {
    GATEKEEPER_DATA_DIR: `${folder}/data`,
    GATEKEEPER_POLICY_FILE: `${folder}/policy.yaml`,
    ADMIN_API_KEY: KEY,
  };
  return {
    server,
    env,
    policy: (text: string) => Deno.writeTextFile(env.GATEKEEPER_POLICY_FILE, text),
    command: async (querycop: Querycop | undefined, ...args: string[]) => {
      const api = querycop === undefined ? {} : { GATEKEEPER_API_PORT: `${querycop.apiPort}` };
      const host = fakeHost({ env: { ...env, ...api, USER: "ann" } });
      const code = await run(["policy", ...args], host);
      return { code, out: host.out(), err: host.err() };
    },
    [Symbol.asyncDispose]: async () => {
      await server.stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Runs a statement through querycop: the rows, or the error that came back. */
async function ask(querycop: Querycop, user: string, sql: string): Promise<unknown> {
  const connector = createMysqlConnector({
    host: "127.0.0.1",
    port: querycop.port,
    family: "auto",
    connectTimeoutMs: PATIENCE_MS,
    tls: { mode: "disable" },
  });
  const credentials = { user, password: new Secret("pw") };
  const connection = await connectMysql(connector, "disable", credentials, patience());
  try {
    await connection.query("USE app", patience());
    return (await connection.query(sql, patience())).rows;
  } catch (error) {
    if (!(error instanceof ServerError)) throw error;
    return `${error.errno}/${error.sqlState} ${error.message}`;
  } finally {
    await connection.close(patience());
  }
}

/** Asks again and again until the answer is as wanted. */
async function eventually<T>(question: () => Promise<T>, wanted: (answer: T) => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await question();
    if (wanted(answer)) return;
    if (Date.now() > deadline) assert.fail(`It stayed at: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const isRefused = (answer: unknown) =>
  typeof answer === "string" && answer.startsWith("1227/42000 querycop: ");

async function digestOf(server: TestServer, sql: string): Promise<string> {
  return (await server.sql(`SELECT STATEMENT_DIGEST('${sql}')`, "app"))[0]?.[0] ?? "";
}

Deno.test("a role is held to its tables and kinds; a reload with mistakes changes nothing, a good one all", async () => {
  await using set = await world();
  await set.policy(REPORTING);
  await using querycop = await startQuerycop({ backend: set.server, env: set.env });
  const secrets = (user: string) => ask(querycop, user, "SELECT id FROM secrets");
  assert.match(
    String(await secrets("report")),
    /^1227\/42000 querycop: blocked: table app\.secrets is denied for role reporting \[decision /,
  );
  assert.match(
    String(await ask(querycop, "report", "CREATE TABLE u (id INT)")),
    /ddl is denied for role reporting/,
  );
  assert.deepEqual(await ask(querycop, "report", "SELECT a FROM t WHERE id = 2"), [["2"]]);
  assert.deepEqual(await secrets("deploy"), []);

  await set.policy("version: 1\nroles:\n  - name: reporting\n    deny: [dddl]\n");
  querycop.signal("SIGHUP");
  await eventually(
    () => querycop.log(),
    (log) => /"policy not loaded, the old one stays".*"line":4,"column":12/.test(log),
  );
  assert.ok(isRefused(await secrets("report")));
  const refused = await set.command(querycop, "reload");
  assert.equal(refused.code, 3);
  assert.match(
    refused.err,
    /policy\.yaml:4:12: no rule, group, kind of statement or digest is called "dddl"/,
  );
  assert.ok(isRefused(await secrets("report")));

  await set.policy(TURNED);
  const loaded = await set.command(querycop, "reload");
  assert.equal(loaded.out, `+ ${set.env.GATEKEEPER_POLICY_FILE} is in force: roles turned, default\n`);
  assert.deepEqual(await secrets("report"), []);
  assert.ok(isRefused(await secrets("deploy")));
  const url = `http://127.0.0.1:${querycop.apiPort}/v1/audit?type=policy`;
  const audit = await (await fetch(url, { headers: { authorization: `Bearer ${KEY}` } })).json();
  assert.deepEqual(
    audit.records.map((
      { action, detail }: { readonly action: string; readonly detail: { readonly sha256: string } },
    ) => [action, detail.sha256]),
    [["loaded", sha256(TURNED)], ["loaded", sha256(REPORTING)]],
    "what it started with and what was loaded since are recorded, what was refused is not",
  );
});

Deno.test("a digest that is blocked is refused by the one that serves, and runs once the block is lifted", async () => {
  await using set = await world();
  await set.policy("version: 1\n");
  await using querycop = await startQuerycop({ backend: set.server, env: set.env });
  const select = () => ask(querycop, "deploy", "SELECT a FROM t WHERE id = 1");
  assert.deepEqual(await select(), [["1"]]);
  const digest = await digestOf(set.server, "SELECT a FROM t WHERE id = 7");
  for (const api of [[], ["--api", `http://127.0.0.1:${querycop.apiPort}`]]) {
    const { code, out, err } = await set.command(
      querycop,
      "block",
      digest,
      "--reason",
      "INC-7",
      "--by",
      "bob",
      "--format",
      "json",
      ...api,
    );
    assert.equal(code, 0, err);
    await eventually(select, isRefused);
    assert.match(String(await select()), /blocked by bob: INC-7/);
    assert.deepEqual(await ask(querycop, "deploy", "SELECT a FROM t WHERE a = 1"), [["1"]]);
    const { block } = JSON.parse(out);
    assert.match((await set.command(querycop, "blocks", ...api)).out, new RegExp(block.id));
    assert.equal((await set.command(querycop, "unblock", block.id, ...api)).code, 0);
    await eventually(select, (answer) => !isRefused(answer));
  }
});

Deno.test("what a role did while it was monitored becomes what it may do", async () => {
  await using set = await world();
  await set.policy("version: 1\nroles: [{ name: app, match: { users: [deploy] } }]\n");
  const seen = ["SELECT a FROM t WHERE id = 1", "UPDATE t SET a = 5 WHERE id = 2"];
  {
    await using querycop = await startQuerycop({
      backend: set.server,
      env: { ...set.env, GATEKEEPER_MODE: "monitor" },
    });
    for (const sql of seen) assert.ok(!isRefused(await ask(querycop, "deploy", sql)));
    await ask(querycop, "deploy", "DELETE FROM secrets");
    await ask(querycop, "deploy", "SELECT nothing FROM t");
    // Everything has been counted when the process has ended in order; here it is being counted still.
    await eventually(
      async () =>
        JSON.parse(
          (await set.command(undefined, "learn", "--dry-run", "--role", "app", "--format", "json")).out,
        ).roles,
      (roles) => roles[0]?.left_out.risky.length === 1 && roles[0]?.left_out.failed.length === 1,
    );
    const learned = await set.command(undefined, "learn", "--role", "app");
    assert.match(learned.out, /role app: 3 statements learned, 0 known already/); // USE too.
    assert.match(learned.out, /95\s+DELETE FROM `secrets`/);
  }
  await set.policy("version: 1\nroles: [{ name: app, match: { users: [deploy] }, only: learned }]\n");
  await using querycop = await startQuerycop({ backend: set.server, env: set.env });
  for (const sql of seen) assert.ok(!isRefused(await ask(querycop, "deploy", sql.replace(/\d+$/, "9"))), sql);
  for (const sql of ["DELETE FROM secrets", "SELECT a FROM t", "SELECT nothing FROM t"]) {
    assert.match(String(await ask(querycop, "deploy", sql)), /not in the learned statements of role app/);
  }
  assert.deepEqual(await ask(querycop, "report", "SELECT a FROM t WHERE a = 5"), [["5"]]);
  await set.command(undefined, "forget", "--role", "app", await digestOf(set.server, seen[0] ?? ""));
  await eventually(() => ask(querycop, "deploy", seen[0] ?? ""), isRefused);
});
