/** The admin API of a real querycop before a real server: who is let in, held statements, blocks, workers, the webhook. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { binary } from "../support/binary.ts";
import { authority, issue, write } from "../support/certificates.ts";
import { run } from "../support/process.ts";
import { type Querycop, startQuerycop } from "../support/querycop.ts";
import { startServer, type TestServer } from "../support/servers.ts";
import { WireClient, WireError } from "../support/wire_client.ts";

const KEY = "b1946ac92492d2347c6235b4d2611184";
const WRONG_KEY = "591785b794601e212b260e25925636fd";
const PATIENCE_MS = 20_000;

const POLICY = `version: 1
thresholds: { warn: 70, hold: 80, block: 101 }
`;

interface Answer {
  readonly status: number;
  // deno-lint-ignore no-explicit-any
  readonly json: any;
}

/** One server behind each querycop of this file. */
let server: TestServer;

Deno.test.beforeAll(async () => {
  server = await startServer({ flavour: "mariadb" });
  await server.createUser({ name: "app", password: "pw", plugin: "mysql_native_password" });
  await server.sql("CREATE DATABASE shop; CREATE TABLE shop.t (id INT PRIMARY KEY)");
});

Deno.test.afterAll(() => server.stop());

async function withQuerycop(
  env: Readonly<Record<string, string>>,
  body: (querycop: Querycop, policyPath: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "querycop-policy-" });
  const policyPath = `${folder}/policy.yaml`;
  await Deno.writeTextFile(policyPath, POLICY);
  try {
    await using querycop = await startQuerycop({
      backend: { port: server.port },
      env: {
        ADMIN_API_KEY: KEY,
        GATEKEEPER_POLICY_FILE: policyPath,
        GATEKEEPER_LOG_LEVEL: "debug",
        ...env,
      },
    });
    await body(querycop, policyPath);
    const log = await querycop.log();
    assert.ok(!log.includes(KEY) && !log.includes(WRONG_KEY), "a key is in the log");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Asks with the key; waits its turn where it has asked too often. */
async function ask(querycop: Querycop, method: string, path: string, body?: unknown): Promise<Answer> {
  const deadline = Date.now() + PATIENCE_MS;
  while (true) {
    const response = await fetch(`http://127.0.0.1:${querycop.apiPort}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${KEY}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (response.status !== 429 || Date.now() > deadline) {
      return { status: response.status, json: text.startsWith("{") ? JSON.parse(text) : text };
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Asks until the answer is as wanted. */
async function until(what: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await check())) {
    assert.ok(Date.now() < deadline, `never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function connect({ port }: Querycop): Promise<WireClient> {
  return WireClient.login({ port, user: "app", password: "pw", schema: "shop" });
}

/** A statement that is held, and the API's row of it once it waits. */
async function hold(querycop: Querycop, client: WireClient, sql = "DELETE FROM t") {
  const known = new Set((await pending(querycop)).map(({ id }) => id));
  const outcome = client.query(sql).then(() => undefined, (error: unknown) => error as Error);
  let id = "";
  await until("a held statement", async () => {
    id = (await pending(querycop)).find((each) => !known.has(each.id))?.id ?? "";
    return id !== "";
  });
  return { outcome, id };
}

async function pending(
  querycop: Querycop,
): Promise<readonly { readonly id: string; readonly session: string }[]> {
  return (await ask(querycop, "GET", "/v1/approvals")).json.approvals;
}

async function state(querycop: Querycop, id: string) {
  return (await ask(querycop, "GET", `/v1/approvals/${id}`)).json.approval;
}

/** What a raw connection is answered: for what fetch would not send. */
async function raw({ apiPort }: Querycop, parts: readonly string[]): Promise<string> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port: apiPort });
  const reading = (async () => {
    let text = "";
    const buffer = new Uint8Array(65536);
    try {
      for (let read = await conn.read(buffer); read !== null; read = await conn.read(buffer)) {
        text += new TextDecoder().decode(buffer.subarray(0, read));
        if (text.includes("\r\n\r\n")) break;
      }
    } catch {
      // It was closed on us, after what it had to say.
    }
    return text;
  })();
  try {
    for (const part of parts) await conn.write(new TextEncoder().encode(part));
  } catch {
    // It has heard enough.
  }
  return await reading;
}

Deno.test("who has no key gets nothing, whatever is sent; wrong bodies are refused; a flood is slowed; nothing leaks", async () => {
  await withQuerycop({}, async (querycop) => {
    const base = `http://127.0.0.1:${querycop.apiPort}`;
    const get = async (path: string, headers: Record<string, string>) => {
      const response = await fetch(base + path, { headers });
      return { status: response.status, text: await response.text() };
    };
    for (
      const headers of [{}, { authorization: `Bearer ${WRONG_KEY}` }, { authorization: `Bearer ${KEY}x` }]
    ) {
      const { status, text } = await get(`/v1/sessions?key=${KEY}`, headers as Record<string, string>);
      assert.equal(status, 401);
      assert.ok(!text.includes(KEY) && !text.includes(WRONG_KEY));
    }
    for (const path of ["/", "/metrics", "/openapi.json", "/healthz", "/readyz"]) {
      const { status, text } = await get(path, {});
      assert.equal(status, 200, path);
      assert.ok(!text.includes(KEY), path);
    }
    const head = `POST /v1/score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n`;
    const json = "Content-Type: application/json\r\n";
    const chunk = `10000\r\n${" ".repeat(65536)}\r\n`;
    const chunked = [
      `${head}${json}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 40 }, () => chunk),
    ];
    assert.match(await raw(querycop, chunked), /^HTTP\/1\.1 413 /);
    assert.match(await raw(querycop, [`${head}${json}Content-Length: 9999999\r\n\r\n{`]), /^HTTP\/1\.1 413 /);
    assert.match(await raw(querycop, [`${head}${json}Content-Length: 5\r\n\r\n{"sql`]), /^HTTP\/1\.1 400 /);
    assert.match(await raw(querycop, [`${head}Content-Length: 2\r\n\r\n{}`]), /^HTTP\/1\.1 415 /);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.equal((await ask(querycop, "POST", "/v1/score", { sql: "select 1", extra: 1 })).status, 422);
    assert.equal(
      (await ask(querycop, "POST", "/v1/approvals/01NONE/approve", { by: "a", reason: "b" })).status,
      404,
    );
    assert.equal((await ask(querycop, "DELETE", "/v1/sessions/01NONE")).status, 404);
    assert.equal((await ask(querycop, "DELETE", "/v1/blocks/01NONE")).status, 404);
    assert.equal((await ask(querycop, "PUT", "/v1/blocks")).status, 405);
    const flood = await Promise.all(
      Array.from({ length: 60 }, () => get("/v1/stats", { authorization: "Bearer guessed" })),
    );
    const refused = flood.filter(({ status }) => status === 429).length;
    assert.ok(refused >= 40, `${refused} of 60 were refused`);
    assert.equal((await get("/v1/stats", { authorization: `Bearer ${KEY}` })).status, 200);
    assert.equal((await get("/healthz", {})).status, 200);
    const scored = await ask(querycop, "POST", "/v1/score", {
      sql: "DELETE FROM t",
      user: "app",
      schema: "shop",
    });
    assert.deepEqual([scored.status, scored.json.action, scored.json.statements[0].findings[0].code], [
      200,
      "hold",
      "D001",
    ]);
  });
});

Deno.test("a held statement runs once it is approved, is refused when rejected, when its time is over, and gone with its client", async () => {
  const got: { readonly headers: Headers; readonly body: string }[] = [];
  await using hook = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, async (request) => {
    got.push({ headers: request.headers, body: await request.text() });
    return new Response(null, { status: got.length === 1 ? 500 : 204 });
  });
  const env = {
    GATEKEEPER_WEBHOOK_URL: `http://127.0.0.1:${hook.addr.port}/hook`,
    GATEKEEPER_WEBHOOK_SECRET: "shared-key",
    GATEKEEPER_HOLD_TIMEOUT: "6s",
  };
  await withQuerycop(env, async (querycop) => {
    using client = await connect(querycop);
    await client.query("INSERT INTO t VALUES (1)");
    const first = await hold(querycop, client);
    assert.equal((await state(querycop, first.id)).sql, "DELETE FROM `t`");
    assert.equal((await ask(querycop, "GET", "/v1/stats")).json.held, 1);
    const approved = await ask(querycop, "POST", `/v1/approvals/${first.id}/approve`, {
      by: "ann",
      reason: "ok",
    });
    assert.deepEqual([approved.status, approved.json.approval.state], [200, "approved"]);
    assert.equal(await first.outcome, undefined);
    assert.deepEqual(await client.query("SELECT COUNT(*) FROM t"), [["0"]]);
    const again = await ask(querycop, "POST", `/v1/approvals/${first.id}/reject`, {
      by: "bob",
      reason: "no",
    });
    assert.deepEqual([again.status, again.json.error.code], [409, "already_decided"]);

    const second = await hold(querycop, client);
    await ask(querycop, "POST", `/v1/approvals/${second.id}/reject`, { by: "bob", reason: "not today" });
    const refusal = await second.outcome;
    assert.ok(refusal instanceof WireError);
    assert.deepEqual([refusal.errno, refusal.sqlState], [1227, "42000"]);
    assert.match(refusal.message, /^querycop: rejected by bob: not today \[/);
    assert.ok(refusal.message.includes(second.id));
    assert.deepEqual(await client.query("SELECT 1"), [["1"]]);

    const third = await hold(querycop, client);
    const late = await third.outcome;
    assert.ok(late instanceof WireError);
    assert.equal(late.errno, 3024);
    assert.equal((await state(querycop, third.id)).state, "timed_out");

    const leaving = await connect(querycop);
    const fourth = await hold(querycop, leaving);
    leaving.socket.close();
    await until("the withdrawal", async () => (await state(querycop, fourth.id)).state === "withdrawn");
    assert.equal(await fourth.outcome instanceof Error, true);

    const decided = (await ask(querycop, "GET", "/v1/approvals?state=all")).json.approvals;
    const states = decided.map((each: { readonly state: string }) => each.state).toSorted();
    assert.deepEqual(states, ["approved", "rejected", "timed_out", "withdrawn"]);
    const { records } = (await ask(querycop, "GET", "/v1/audit?type=approval")).json;
    const audited = records.map((
      each: { readonly action: string; readonly by?: string },
    ) => [each.action, each.by]);
    assert.deepEqual(audited.toSorted(), [
      ["approved", "ann"],
      ["rejected", "bob"],
      ["timed_out", undefined],
      ["withdrawn", undefined],
    ]);

    // A stream that comes back after the first hold is given the later ones from the audit.
    const abort = new AbortController();
    const stream = await fetch(`http://127.0.0.1:${querycop.apiPort}/v1/events`, {
      headers: { authorization: `Bearer ${KEY}`, "last-event-id": first.id },
      signal: abort.signal,
    });
    let events = "";
    const wanted = [second, third, fourth].map(({ id }) => `event: decision\nid: ${id}\n`);
    for await (const text of (stream.body ?? ReadableStream.from([])).pipeThrough(new TextDecoderStream())) {
      events += text;
      if (wanted.every((each) => events.includes(each))) break;
    }
    abort.abort();
    assert.ok(!events.includes(`event: decision\nid: ${first.id}\n`));

    await until("all calls of the webhook", () => Promise.resolve(got.length >= 5));
    for (const { headers, body } of got) {
      const mac = createHmac("sha256", "shared-key").update(`${headers.get("x-querycop-timestamp")}.${body}`);
      assert.equal(headers.get("x-querycop-signature"), `v1=${mac.digest("hex")}`);
    }
    // The first was answered with 500, so it came again.
    const told = got.map(({ body }) => JSON.parse(body).id);
    assert.deepEqual(told.toSorted(), [first.id, first.id, second.id, third.id, fourth.id].toSorted());
  });
});

Deno.test("blocks, approved digests and break-glass act on the next statement, from the command line too", async () => {
  await withQuerycop({}, async (querycop) => {
    using client = await connect(querycop);
    const { outcome, id } = await hold(querycop, client);
    const executable = Deno.env.get("QUERYCOP_BIN") ?? await binary();
    const env = { ADMIN_API_KEY: KEY, GATEKEEPER_API_PORT: `${querycop.apiPort}` };
    const cli = (...args: string[]) => run([executable, ...args], { env });
    assert.match((await cli("approvals", "list")).stdout, new RegExp(`${id}.*DELETE FROM`));
    const approve = [
      "approvals",
      "approve",
      id,
      "--digest",
      "--for",
      "1h",
      "--reason",
      "OPS-12",
      "--by",
      "ann",
    ];
    assert.equal((await cli(...approve)).code, 0);
    assert.equal(await outcome, undefined);
    await client.query("DELETE FROM t"); // Its digest passes now.
    const { digest } = await state(querycop, id);
    const { json } = await ask(querycop, "POST", "/v1/blocks", { digest, by: "ann", reason: "INC-7" });
    await assert.rejects(client.query("DELETE FROM t"), /querycop: blocked.*INC-7/);
    const opened = await cli("break-glass", "open", "default", "--for", "10m", "--reason", "INC-8");
    assert.equal(opened.code, 0, opened.stderr);
    await assert.rejects(client.query("DELETE FROM t"), /INC-7/); // A block is not lifted by it.
    assert.equal((await ask(querycop, "DELETE", `/v1/blocks/${json.block.id}?by=ann`)).status, 200);
    await client.query("TRUNCATE TABLE t"); // Would be held.
    const { records } = (await ask(querycop, "GET", "/v1/audit?type=block,break_glass,allowlist")).json;
    const audited = records.map((each: { readonly type: string; readonly action: string }) =>
      `${each.type} ${each.action}`
    );
    assert.deepEqual(audited.toReversed(), [
      "allowlist added",
      "block added",
      "break_glass opened",
      "block removed",
    ]);
  });
});

Deno.test("two workers are one: holds, blocks, policy, stats and events of either", async () => {
  await withQuerycop({ GATEKEEPER_WORKERS: "2" }, async (querycop, policyPath) => {
    const events = await fetch(`http://127.0.0.1:${querycop.apiPort}/v1/events`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    const seen: string[] = [];
    const reading = (async () => {
      for await (
        const text of (events.body ?? ReadableStream.from([])).pipeThrough(new TextDecoderStream())
      ) seen.push(text);
    })().catch(() => {});
    const clients: WireClient[] = [];
    try {
      // Ids of one process share what stands after their time.
      const workers = new Map<string, WireClient>();
      await until("a worker that serves", async () => {
        return (await fetch(`http://127.0.0.1:${querycop.apiPort}/readyz`)).status === 200;
      });
      while (workers.size < 2 && clients.length < 40) {
        clients.push(await connect(querycop));
        const { sessions } = (await ask(querycop, "GET", "/v1/sessions")).json;
        assert.equal(sessions.length, clients.length);
        for (const [index, { id }] of sessions.toSorted(byTime).entries()) {
          const client = clients[index];
          if (client !== undefined) workers.set(id.slice(10, 21), client);
        }
      }
      assert.equal(workers.size, 2, "all connections came to one worker");
      const [one, other] = [...workers.values()] as [WireClient, WireClient];
      const held = [await hold(querycop, one), await hold(querycop, other)];
      await until("stats of both", async () => (await ask(querycop, "GET", "/v1/stats")).json.held === 2);
      for (const { id, outcome } of held) {
        assert.equal(
          (await ask(querycop, "POST", `/v1/approvals/${id}/approve`, { by: "ann", reason: "ok" })).status,
          200,
        );
        assert.equal(await outcome, undefined);
      }
      const { digest } = await state(querycop, held[0]?.id ?? "");
      await ask(querycop, "POST", "/v1/blocks", { digest, by: "ann", reason: "INC-9" });
      for (const client of [one, other]) await assert.rejects(client.query("DELETE FROM t"), /INC-9/);

      await Deno.writeTextFile(policyPath, "version: 1\nthresholds: { block: 500 }\n");
      const bad = await ask(querycop, "POST", "/v1/policy/reload");
      assert.equal(bad.status, 422);
      assert.deepEqual([bad.json.error.problems[0].line, bad.json.error.problems[0].file], [2, policyPath]);
      for (const client of [one, other]) {
        const { id, outcome } = await hold(querycop, client, "TRUNCATE TABLE t");
        await ask(querycop, "POST", `/v1/approvals/${id}/reject`, { by: "bob", reason: "still held" });
        assert.match((await outcome)?.message ?? "", /still held/);
      }
      await Deno.writeTextFile(policyPath, "version: 1\nthresholds: { warn: 101, hold: 101, block: 101 }\n");
      assert.equal((await ask(querycop, "POST", "/v1/policy/reload")).status, 200);
      for (const client of [one, other]) await client.query("TRUNCATE TABLE t");

      await until("statements of both", async () => {
        const { statements } = (await ask(querycop, "GET", "/v1/stats")).json;
        return statements.hold === 4 && statements.refuse === 2;
      });
      const { text } = await fetch(`http://127.0.0.1:${querycop.apiPort}/metrics`).then(async (r) => ({
        text: await r.text(),
      }));
      assert.match(text, /querycop_holds_ended_total\{result="approved",pooler="none"\} 2\n/);
      await until("events of both", () => {
        const all = seen.join("");
        const ids = [...all.matchAll(/^event: hold\ndata: \{"id":"(\w+)"/gm)].map(([, id]) =>
          id?.slice(10, 21)
        );
        return Promise.resolve(
          new Set(ids).size === 2 && all.includes("event: approval") && all.includes("event: stats"),
        );
      });
      querycop.signal("SIGTERM");
      await reading; // The stream ends when the drain begins.
    } finally {
      for (const client of clients) client.socket.close();
    }
    assert.equal((await querycop.ended()).code, 0);
  });
});

Deno.test("a drain ends what is held, and HTTP clients that hang do not hold it up", async () => {
  await withQuerycop({ GATEKEEPER_DRAIN_TIMEOUT: "1s" }, async (querycop) => {
    using client = await connect(querycop);
    const { outcome } = await hold(querycop, client);
    using halfAsked = await Deno.connect({ hostname: "127.0.0.1", port: querycop.apiPort });
    await halfAsked.write(new TextEncoder().encode("POST /v1/score HTTP/1.1\r\nHost: x\r\nContent-Len"));
    using slowBody = await Deno.connect({ hostname: "127.0.0.1", port: querycop.apiPort });
    const head = `POST /v1/score HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n` +
      "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    await slowBody.write(new TextEncoder().encode(head));
    using deaf = await Deno.connect({ hostname: "127.0.0.1", port: querycop.apiPort });
    await deaf.write(
      new TextEncoder().encode(`GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${KEY}\r\n\r\n`),
    );
    await until("the stream", async () => {
      const metrics = await fetch(`http://127.0.0.1:${querycop.apiPort}/metrics`);
      return (await metrics.text()).includes('querycop_event_streams{pooler="none"} 1\n');
    });
    assert.equal((await ask(querycop, "POST", "/v1/drain")).status, 202);
    const refusal = await outcome;
    assert.ok(refusal instanceof WireError, String(refusal));
    assert.equal(refusal.errno, 1053);
    const { code, log } = await querycop.ended();
    assert.equal(code, 0, log);
  });
});

Deno.test("an https webhook is reached with the authority that is named, and with no other", async () => {
  const certificate = write(issue(authority(), { dns: ["localhost"], ip: ["127.0.0.1"] }));
  const other = write(issue(authority({ commonName: "another" }), { dns: ["localhost"] }));
  let calls = 0;
  await using hook = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    cert: await Deno.readTextFile(certificate.cert),
    key: await Deno.readTextFile(certificate.key),
    onListen: () => {},
  }, () => {
    calls++;
    return new Response(null, { status: 204 });
  });
  for (const [file, delivered] of [[certificate.ca, true], [other.ca, false]] as const) {
    const env = {
      GATEKEEPER_WEBHOOK_URL: `https://localhost:${hook.addr.port}/`,
      GATEKEEPER_WEBHOOK_CA_FILE: file,
      GATEKEEPER_HOLD_TIMEOUT: "1s",
    };
    await withQuerycop(env, async (querycop) => {
      using client = await connect(querycop);
      const before = calls;
      await assert.rejects(client.query("DELETE FROM t"), /3024|time/i);
      if (delivered) await until("the call", () => Promise.resolve(calls === before + 1));
      else assert.equal(calls, before);
    });
  }
});

function byTime(
  a: { readonly age_seconds: number; readonly id: string },
  b: { readonly id: string },
): number {
  const time = (id: string) => id.slice(0, 10);
  return time(a.id) < time(b.id) ? -1 : time(a.id) > time(b.id) ? 1 : 0;
}
