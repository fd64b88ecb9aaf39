import assert from "node:assert/strict";
import { Metrics } from "../../src/admin/metrics.ts";
import { mergeSnapshots, type ProcessSnapshot } from "../../src/admin/process_view.ts";
import { RateLimit } from "../../src/admin/rate_limit.ts";
import { ROUTES } from "../../src/admin/routes.ts";
import { answer } from "../../src/admin/server.ts";
import { Secret } from "../../src/base/secret.ts";

const KEY = "0123456789abcdef0123456789abcdef";

const SNAPSHOT: ProcessSnapshot = {
  sessions: [{
    id: "01A",
    user: "app",
    schema: "shop",
    client: "127.0.0.1:5000",
    state: "command",
    clientTls: null,
    backendTls: { version: "unknown", cipher: undefined },
    bytesFromClient: 10,
    bytesFromBackend: 20,
    statements: 3,
    refused: 1,
    ageSeconds: 4,
  }],
  counts: {
    accepted: 5,
    loggedIn: 4,
    refusedByLimit: 1,
    statements: 30,
    refused: 2,
    bytesFromClients: 100,
    bytesFromBackend: 200,
    ended: { client_quit: 3 },
  },
  eventLoopLagMs: 12,
};

function api(key: string | undefined) {
  const calls: string[] = [];
  let clock = 0;
  const limit = new RateLimit(10, () => clock);
  const options = {
    key: key === undefined ? undefined : new Secret(key),
    version: "1.2.3",
    metrics: new Metrics({ pooler: "vitess" }, "1.2.3"),
    ready: () => Promise.resolve({ ready: true, detail: "9.7.0" }),
    view: {
      snapshot: () => Promise.resolve(SNAPSHOT),
      endSession: (id: string) => {
        calls.push(`end ${id}`);
        return Promise.resolve(id === "01A");
      },
      drain: () => void calls.push("drain"),
    },
  };
  const ask = async (
    method: string,
    path: string,
    headers: Record<string, string> = {},
    address = "127.0.0.1",
  ) => {
    const response = await answer(
      new Request(`http://localhost${path}`, { method, headers }),
      address,
      options,
      limit,
    );
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { ask, calls, pass: (ms: number) => void (clock += ms) };
}

const withKey = (key = KEY) => ({ authorization: `Bearer ${key}` });

Deno.test("open routes answer without a key", async () => {
  const { ask } = api(undefined);
  for (const path of ["/healthz", "/readyz", "/metrics", "/openapi.json"]) {
    assert.equal((await ask("GET", path)).status, 200, path);
  }
});

Deno.test("the admin API is off without ADMIN_API_KEY, whatever key is shown", async () => {
  const { ask, calls } = api(undefined);
  for (const headers of [{}, withKey(""), withKey("undefined")]) {
    const { status, text } = await ask("POST", "/v1/drain", headers);
    assert.equal(status, 403);
    assert.match(text, /ADMIN_API_KEY/);
  }
  assert.deepEqual(calls, []);
});

Deno.test("no key, a wrong key, a part of it and another scheme are refused, and the key is not repeated", async () => {
  const wrong: Record<string, string>[] = [
    {},
    withKey("wrong"),
    withKey(KEY.slice(0, -1)),
    withKey(KEY + "0"),
    { authorization: KEY },
    { authorization: `Basic ${KEY}` },
  ];
  for (const headers of wrong) {
    const { ask, calls } = api(KEY);
    const { status, text, headers: answered } = await ask("DELETE", "/v1/sessions/01A", headers);
    assert.equal(status, 401, JSON.stringify(headers));
    assert.equal(answered.get("www-authenticate"), "Bearer");
    assert.ok(!text.includes(KEY));
    assert.deepEqual(calls, []);
  }
});

Deno.test("the eleventh request in a second of one address is 429, another address goes on, and so does it later", async () => {
  const { ask, pass } = api(KEY);
  for (let count = 0; count < 10; count++) {
    assert.equal((await ask("GET", "/v1/sessions", withKey())).status, 200);
  }
  const refused = await ask("GET", "/v1/sessions", withKey());
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "1");
  assert.equal((await ask("GET", "/v1/sessions", withKey(), "127.0.0.2")).status, 200);
  assert.equal((await ask("GET", "/healthz")).status, 200);
  pass(100);
  assert.equal((await ask("GET", "/v1/sessions", withKey())).status, 200);
});

Deno.test("guesses count against the limit too", async () => {
  const { ask } = api(KEY);
  for (let count = 0; count < 10; count++) assert.equal((await ask("GET", "/v1/sessions")).status, 401);
  assert.equal((await ask("GET", "/v1/sessions", withKey())).status, 429);
});

Deno.test("unknown routes are 404, wrong methods 405, and a body over 1 MB 413", async () => {
  const { ask } = api(KEY);
  assert.equal((await ask("GET", "/v1/nothing", withKey())).status, 404);
  assert.equal((await ask("GET", "/v1/sessions/%E0%A4%A", withKey())).status, 404);
  const wrongMethod = await ask("PUT", "/v1/sessions/01A", withKey());
  assert.equal(wrongMethod.status, 405);
  assert.equal(wrongMethod.headers.get("allow"), "DELETE");
  assert.equal((await ask("POST", "/v1/drain", { ...withKey(), "content-length": "1048577" })).status, 413);
});

Deno.test("sessions are listed, one can be ended, an unknown one is 404, and a drain begins", async () => {
  const { ask, calls } = api(KEY);
  assert.deepEqual(JSON.parse((await ask("GET", "/v1/sessions", withKey())).text), {
    sessions: JSON.parse(JSON.stringify(SNAPSHOT.sessions)),
  });
  assert.equal((await ask("DELETE", "/v1/sessions/01A", withKey())).status, 200);
  assert.equal((await ask("DELETE", "/v1/sessions/01B", withKey())).status, 404);
  assert.equal((await ask("POST", "/v1/drain", withKey())).status, 202);
  assert.deepEqual(calls, ["end 01A", "end 01B", "drain"]);
});

Deno.test("the OpenAPI document describes every route and no other", async () => {
  const { ask } = api(undefined);
  const document = JSON.parse((await ask("GET", "/openapi.json")).text);
  assert.equal(document.openapi, "3.1.0");
  const described = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  );
  assert.deepEqual(described.toSorted(), ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted());
});

Deno.test("metrics are the snapshot's, however often they are read, with the pooler as a label", async () => {
  const { ask } = api(undefined);
  await ask("GET", "/metrics");
  const { text } = await ask("GET", "/metrics");
  for (
    const line of [
      'querycop_statements_total{decision="allow",pooler="vitess"} 28',
      'querycop_statements_total{decision="refuse",pooler="vitess"} 2',
      'querycop_sessions{state="command",pooler="vitess"} 1',
      'querycop_sessions{state="response",pooler="vitess"} 0',
      'querycop_sessions_ended_total{cause="client_quit",pooler="vitess"} 3',
      'querycop_bytes_total{from="backend",pooler="vitess"} 200',
      'querycop_event_loop_lag_seconds{pooler="vitess"} 0.012',
    ]
  ) assert.ok(text.includes(line + "\n"), `${line}\nin\n${text}`);
});

Deno.test("several processes are shown as one", () => {
  const { sessions, counts, eventLoopLagMs } = mergeSnapshots([SNAPSHOT, {
    ...SNAPSHOT,
    eventLoopLagMs: 40,
  }]);
  assert.equal(sessions.length, 2);
  assert.equal(counts.accepted, 10);
  assert.deepEqual(counts.ended, { client_quit: 6 });
  assert.equal(eventLoopLagMs, 40);
});
