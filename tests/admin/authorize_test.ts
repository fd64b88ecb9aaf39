import assert from "node:assert/strict";
import { ROUTES } from "../../src/admin/routes.ts";
import type { SessionRow } from "../../src/contract/session.ts";
import { type Asking, DIGEST, heldStatement, KEY, MemoryAdmin } from "../support/memory_admin.ts";

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const PAGE = { origin: "http://localhost:8080", "sec-fetch-site": "same-origin" };

async function login(admin: MemoryAdmin, asking: Asking = {}) {
  return await admin.ask("POST", "/v1/login", { anonymous: true, body: { key: KEY }, ...asking });
}

function cookieFrom(headers: Headers): string {
  return headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

const SESSION: SessionRow = {
  id: "01A",
  user: "app",
  schema: "",
  role: "default",
  client: "127.0.0.1:5",
  state: "command",
  in_transaction: false,
  client_tls: null,
  backend_tls: null,
  bytes_from_client: 0,
  bytes_from_backend: 0,
  statements: 0,
  refused: 0,
  age_seconds: 0,
};

Deno.test("the admin API is off without ADMIN_API_KEY, whatever key is shown, login included", async () => {
  const admin = new MemoryAdmin("");
  for (const headers of [{}, bearer(""), bearer("undefined")] as Record<string, string>[]) {
    const { status, text } = await admin.ask("POST", "/v1/drain", { anonymous: true, headers });
    assert.equal(status, 403);
    assert.match(text, /ADMIN_API_KEY/);
  }
  assert.equal((await login(admin)).status, 403);
  assert.deepEqual(admin.process.calls, []);
});

Deno.test("no key, a wrong key, a part of it, another scheme, and the key in the URL are refused, and it is not repeated", async () => {
  const wrong: Record<string, string>[] = [
    {},
    bearer("wrong"),
    bearer(KEY.slice(0, -1)),
    bearer(KEY + "0"),
    { authorization: KEY },
    { authorization: `Basic ${KEY}` },
    { cookie: `querycop_session=${KEY}` },
  ];
  const admin = new MemoryAdmin();
  for (const headers of wrong) {
    const asking = { anonymous: true, headers };
    const { status, text, headers: answered } = await admin.ask("POST", `/v1/drain?key=${KEY}`, asking);
    assert.equal(status, 401, JSON.stringify(headers));
    assert.equal(answered.get("www-authenticate"), "Bearer");
    assert.ok(!text.includes(KEY));
  }
  assert.deepEqual(admin.process.calls, []);
  assert.ok(!admin.log.join("\n").includes(KEY));
});

Deno.test("a login gives a cookie that scripts cannot read, that stands for the key, until it is logged out", async () => {
  const admin = new MemoryAdmin();
  const { status, headers, text } = await login(admin);
  assert.deepEqual([status, text], [204, ""]);
  assert.match(
    headers.get("set-cookie") ?? "",
    /^querycop_session=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  );
  const cookie = cookieFrom(headers);
  const asking = { anonymous: true, headers: { cookie, ...PAGE } };
  assert.equal((await admin.ask("GET", "/v1/sessions", asking)).status, 200);
  assert.equal((await admin.ask("POST", "/v1/drain", asking)).status, 202);
  const out = await admin.ask("POST", "/v1/logout", asking);
  assert.equal(out.status, 204);
  assert.match(out.headers.get("set-cookie") ?? "", /^querycop_session=; .*Max-Age=0/);
  assert.equal((await admin.ask("GET", "/v1/sessions", asking)).status, 401);
});

Deno.test("the cookie is for https only where a proxy in front says that it is https", async () => {
  const { headers } = await login(new MemoryAdmin(), { headers: { "x-forwarded-proto": "https" } });
  assert.match(headers.get("set-cookie") ?? "", /; Secure$/);
});

Deno.test("a login ends after twelve hours", async () => {
  const admin = new MemoryAdmin();
  const cookie = cookieFrom((await login(admin)).headers);
  const asking = { anonymous: true, headers: { cookie } };
  await admin.pass(12 * 3_600_000 - 1);
  assert.equal((await admin.ask("GET", "/v1/sessions", asking)).status, 200);
  await admin.pass(1);
  assert.equal((await admin.ask("GET", "/v1/sessions", asking)).status, 401);
});

Deno.test("logins at a time are bounded: the oldest ends", () => {
  const { logins } = new MemoryAdmin().context;
  const first = logins.open("localhost:8080", "ann");
  const second = logins.open("localhost:8080", "ann");
  for (let count = 0; count < 199; count++) logins.open("localhost:8080", "ann");
  assert.equal(logins.size, 200);
  assert.equal(logins.holds(first, "localhost:8080"), false);
  assert.equal(logins.holds(second, "localhost:8080"), true);
});

Deno.test("a cookie changes nothing from another site, nor where the browser does not say from where", async () => {
  const admin = new MemoryAdmin();
  const cookie = cookieFrom((await login(admin)).headers);
  const foreign: Record<string, string>[] = [
    {},
    { origin: "http://evil.example" },
    { origin: "null" },
    { origin: "http://localhost:8081" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site", origin: "http://localhost:8080" },
    { "sec-fetch-site": "none" },
    { "sec-fetch-site": "same-origin", origin: "http://evil.example" },
  ];
  for (const headers of foreign) {
    const asking = { anonymous: true, headers: { cookie, ...headers } };
    assert.equal((await admin.ask("POST", "/v1/drain", asking)).status, 403, JSON.stringify(headers));
    await admin.pass(500);
  }
  assert.ok(!admin.process.calls.includes("drain"));
  for (const headers of [{ origin: "http://localhost:8080" }, { "sec-fetch-site": "same-origin" }]) {
    const asking = { anonymous: true, headers: { cookie, ...headers } as Record<string, string> };
    assert.equal((await admin.ask("POST", "/v1/drain", asking)).status, 202, JSON.stringify(headers));
  }
});

Deno.test("a cookie reads nothing for another site, and the key in a header needs no origin", async () => {
  const admin = new MemoryAdmin();
  const cookie = cookieFrom((await login(admin)).headers);
  const read = (headers: Record<string, string>) =>
    admin.ask("GET", "/v1/sessions", { anonymous: true, headers: { cookie, ...headers } });
  assert.equal((await read({})).status, 200);
  assert.equal((await read({ "sec-fetch-site": "none" })).status, 200);
  assert.equal((await read({ "sec-fetch-site": "cross-site" })).status, 403);
  assert.equal((await read({ origin: "http://evil.example" })).status, 403);
  assert.equal((await admin.ask("POST", "/v1/drain")).status, 202);
});

Deno.test("a cookie is good for the Host that it was given for: another name for this address is not our page", async () => {
  const admin = new MemoryAdmin();
  const cookie = cookieFrom((await login(admin)).headers);
  const rebound = { cookie, host: "evil.example:8080", origin: "http://evil.example:8080" };
  assert.equal((await admin.ask("GET", "/v1/sessions", { anonymous: true, headers: rebound })).status, 401);
  assert.equal((await admin.ask("POST", "/v1/drain", { anonymous: true, headers: rebound })).status, 401);
});

Deno.test("another site cannot log a browser in", async () => {
  const admin = new MemoryAdmin();
  const { status, headers } = await login(admin, { headers: { origin: "http://evil.example" } });
  assert.deepEqual([status, headers.get("set-cookie")], [403, null]);
});

Deno.test("after five wrong keys an address gets no more answers about keys for a while; the right one passes always", async () => {
  const admin = new MemoryAdmin();
  for (let count = 0; count < 5; count++) {
    assert.equal((await login(admin, { body: { key: `wrong${count}` } })).status, 401);
  }
  const refused = await login(admin, { body: { key: "wrong5" } });
  assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "60"]);
  assert.equal((await login(admin)).status, 204, "from the same address");
  assert.equal((await login(admin, { address: "127.0.0.2", body: { key: "wrong" } })).status, 401);
  await admin.pass(12_000);
  assert.equal((await login(admin, { body: { key: "wrong6" } })).status, 401);
  const actions = admin.store.records.map(({ action }) => action);
  assert.deepEqual(actions, [
    ...Array.from({ length: 5 }, () => "login_refused"),
    "login",
    "login_refused",
    "login_refused",
  ]);
  assert.ok(!JSON.stringify(admin.store.records).includes("wrong1"));
});

Deno.test("what a login does is recorded with the name that it gave, what the key does as the key's", async () => {
  const admin = new MemoryAdmin();
  const cookie = cookieFrom((await login(admin, { body: { key: KEY, by: "ann" } })).headers);
  const headers = { cookie, origin: "http://localhost:8080" };
  admin.process.sessionList = [SESSION];
  await admin.ask("DELETE", "/v1/sessions/01A", { anonymous: true, headers });
  await admin.ask("POST", "/v1/policy/reload", { anonymous: true, headers });
  await admin.ask("DELETE", "/v1/sessions/01A", { address: "10.0.0.7" });
  await admin.ask("DELETE", "/v1/sessions/01A?by=bob", { address: "10.0.0.7" });
  await admin.ask("POST", "/v1/logout", { anonymous: true, headers });
  assert.deepEqual(admin.store.records.map(({ action, by, client }) => [action, by, client]), [
    ["login", "ann", "127.0.0.1"],
    ["session_ended", "ann", "127.0.0.1"],
    ["policy_reload", "ann", "127.0.0.1"],
    ["session_ended", "api key", "10.0.0.7"],
    ["session_ended", "bob", "10.0.0.7"],
    ["logout", "ann", "127.0.0.1"],
  ]);
});

Deno.test("a wrong key is recorded with its address, five times a minute at most, and never itself", async () => {
  const admin = new MemoryAdmin();
  for (let count = 0; count < 20; count++) {
    await admin.ask("GET", "/v1/sessions", {
      anonymous: true,
      headers: bearer(`guess${count}`),
      address: "10.0.0.7",
    });
  }
  await admin.ask("GET", "/v1/sessions", { anonymous: true });
  assert.deepEqual(
    admin.store.records.map(({ type, action, client }) => [type, action, client]),
    Array.from({ length: 5 }, () => ["admin", "key_refused", "10.0.0.7"]),
  );
  assert.ok(!JSON.stringify(admin.store.records).includes("guess"));
});

Deno.test("every action of an administrator is on record with who did it and from where", async () => {
  const admin = new MemoryAdmin();
  const routes = ROUTES.filter(({ method, path, open }) =>
    method !== "GET" && !open && !path.endsWith("score")
  );
  for (const { method, path } of routes) {
    admin.store.records.length = 0;
    admin.process.waiting = [heldStatement("01A")];
    const id = path.includes("{id}") ? await idFor(admin, path) : "";
    admin.store.records.length = 0;
    const body = bodyFor(path);
    const { status, text } = await admin.ask(method, path.replace("{id}", id), {
      address: "10.0.0.7",
      ...(method === "POST" && body !== undefined ? { body } : {}),
    });
    assert.ok(status < 300, `${method} ${path} ${text}`);
    if (path.startsWith("/v1/approvals/")) continue; // The gate records those: tests/gate/holds_test.ts.
    const [record] = admin.store.records;
    assert.ok(record?.by !== undefined && record.client === "10.0.0.7", `${method} ${path}`);
  }
});

async function idFor(admin: MemoryAdmin, path: string): Promise<string> {
  if (path.startsWith("/v1/approvals/")) return "01A";
  if (path.startsWith("/v1/sessions/")) {
    admin.process.sessionList = [{ ...SESSION, id: "01S" }];
    return "01S";
  }
  const entry = {
    id: "01E",
    digest: DIGEST,
    role: "default",
    tables: [],
    reason: "r",
    by: "x",
    created_at: 1,
    until: 2e12,
  };
  const { tables: _, role: __, ...block } = entry;
  await admin.store.putBlock(block);
  const { digest: ___, tables: ____, ...glass } = entry;
  await admin.store.putBreakGlass(glass);
  await admin.store.putApprovedDigest(entry);
  return "01E";
}

function bodyFor(path: string): unknown {
  const doing = { by: "ann", reason: "r" };
  if (path.startsWith("/v1/approvals/")) return doing;
  if (path === "/v1/blocks") return { ...doing, digest: DIGEST };
  if (path === "/v1/break-glass") return { ...doing, role: "default", for: "1h" };
  return undefined;
}

Deno.test("a wrong header is not mended by a cookie", async () => {
  const admin = new MemoryAdmin();
  const cookie = cookieFrom((await login(admin)).headers);
  const asking = { anonymous: true, headers: { cookie, ...bearer("wrong") } };
  assert.equal((await admin.ask("GET", "/v1/sessions", asking)).status, 401);
});
