import assert from "node:assert/strict";
import { ROUTES } from "../../src/admin/routes.ts";
import { ConnectError } from "../../src/base/errors.ts";
import { StoreError } from "../../src/store/store_error.ts";
import { openApiDocument } from "../../src/admin/openapi.ts";
import { MemoryAdmin } from "../support/memory_admin.ts";

const SESSION = {
  id: "01A",
  user: "app",
  schema: "shop",
  role: "default",
  client: "127.0.0.1:5000",
  state: "command" as const,
  in_transaction: false,
  client_tls: null,
  backend_tls: { version: "unknown" },
  bytes_from_client: 10,
  bytes_from_backend: 20,
  statements: 3,
  refused: 1,
  age_seconds: 4,
};

Deno.test("open routes answer without a key, HEAD without a body", async () => {
  const admin = new MemoryAdmin("");
  for (const path of ["/healthz", "/readyz", "/metrics", "/openapi.json", "/"]) {
    assert.equal((await admin.ask("GET", path, { anonymous: true })).status, 200, path);
    const head = await admin.ask("HEAD", path, { anonymous: true });
    assert.deepEqual([head.status, head.text], [200, ""], path);
  }
});

Deno.test("unknown routes are 404, wrong methods 405 with those allowed, OPTIONS says them", async () => {
  const admin = new MemoryAdmin();
  assert.equal((await admin.ask("GET", "/v1/nothing")).status, 404);
  assert.equal((await admin.ask("GET", "/v1/sessions/%E0%A4%A")).status, 404);
  const wrong = await admin.ask("PUT", "/v1/sessions/01A");
  assert.deepEqual([wrong.status, wrong.headers.get("allow")], [405, "DELETE, OPTIONS"]);
  const options = await admin.ask("OPTIONS", "/v1/blocks");
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, POST, OPTIONS"]);
  assert.equal(options.headers.get("access-control-allow-origin"), null);
});

Deno.test("every answer has the security headers, whatever it is", async () => {
  const admin = new MemoryAdmin();
  for (
    const [method, path] of [["GET", "/healthz"], ["GET", "/"], ["GET", "/nothing"], ["PUT", "/v1/stats"], [
      "GET",
      "/v1/stats",
    ], ["OPTIONS", "/v1/stats"]] as const
  ) {
    const { headers } = await admin.ask(method, path);
    assert.match(
      headers.get("content-security-policy") ?? "",
      /default-src 'none'.*frame-ancestors 'none'/,
      path,
    );
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("referrer-policy"), "no-referrer", path);
    assert.match(headers.get("cache-control") ?? "", /no-store/, path);
  }
});

Deno.test("sessions are listed, one can be ended, an unknown one is 404, a drain begins, and the audit has it all", async () => {
  const admin = new MemoryAdmin();
  admin.process.sessionList = [SESSION];
  assert.equal((await admin.ask("GET", "/v1/sessions")).json.sessions[0].role, "default");
  assert.equal((await admin.ask("DELETE", "/v1/sessions/01A?by=ann&reason=stuck")).status, 200);
  assert.equal((await admin.ask("DELETE", "/v1/sessions/01B")).status, 404);
  assert.equal((await admin.ask("POST", "/v1/drain")).status, 202);
  assert.deepEqual(admin.process.calls.filter((call) => call !== "snapshot"), ["end 01A", "drain"]);
  const done = admin.store.records.map((
    { type, action, by, session, client },
  ) => [type, action, by, session, client]);
  assert.deepEqual(done, [
    ["admin", "session_ended", "ann", "01A", "127.0.0.1"],
    ["admin", "drain", "api key", undefined, "127.0.0.1"],
  ]);
});

Deno.test("the OpenAPI document describes every route and no other, and every reference in it leads somewhere", () => {
  // deno-lint-ignore no-explicit-any
  const document = openApiDocument(ROUTES, "1.2.3") as any;
  assert.equal(document.openapi, "3.1.0");
  const described = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`)
  );
  assert.deepEqual(described.toSorted(), ROUTES.map(({ method, path }) => `${method} ${path}`).toSorted());
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)) {
    const schema = document.components.schemas[name ?? ""];
    assert.ok(schema !== undefined && ("type" in schema || "oneOf" in schema), name);
  }
  assert.ok(!text.includes("$defs"));
  for (const [path, methods] of Object.entries<Record<string, Record<string, unknown>>>(document.paths)) {
    for (const [method, { security, responses }] of Object.entries(methods)) {
      const asksForKey = path.startsWith("/v1/") && !/log(in|out)$/.test(path);
      assert.equal(security === undefined, asksForKey, `${method} ${path}`);
      assert.ok(Object.keys(responses as object).length > 0);
    }
  }
});

Deno.test("what a request's fields are is said field by field, and unknown ones are named", async () => {
  const admin = new MemoryAdmin();
  const { status, json } = await admin.ask("POST", "/v1/blocks", {
    body: { digest: "xyz", by: "ann\n", reason: "", for: "soon", extra: 1, more: 2 },
  });
  assert.equal(status, 422);
  assert.equal(json.error.code, "invalid_fields");
  const paths = json.error.problems.map(({ path }: { readonly path: string }) => path);
  assert.deepEqual([...new Set(paths)].toSorted(), ["digest", "extra", "for", "more", "reason"]);
  const control = await admin.ask("POST", "/v1/blocks", {
    body: { digest: "ab".repeat(32), by: "an\u0007n", reason: "r" },
  });
  assert.deepEqual(control.json.error.problems.map(({ path }: { readonly path: string }) => path), ["by"]);
  for (
    const unseen of [
      "\u202e",
      "\u2066",
      "\u200b",
      "\u200d",
      "\u00ad",
      "\ufeff",
      "\u2028",
      "\u3164",
      "\u{e0041}",
    ]
  ) {
    const { status, json } = await admin.ask("POST", "/v1/blocks", {
      body: { digest: "ab".repeat(32), by: `an${unseen}n`, reason: `a${unseen}b` },
    });
    assert.equal(status, 422, JSON.stringify(unseen));
    assert.deepEqual(
      json.error.problems.map(({ path }: { readonly path: string }) => path).toSorted(),
      ["by", "reason"],
    );
  }
  assert.equal((await admin.ask("GET", "/v1/digests?limit=0")).status, 422);
  assert.equal((await admin.ask("GET", "/v1/digests?order=name")).status, 422);
  assert.equal((await admin.ask("GET", "/v1/audit?sinse=1h")).json.error.problems[0].path, "sinse");
  assert.equal((await admin.ask("POST", "/v1/blocks")).status, 422);
  assert.deepEqual(admin.store.records, []);
});

Deno.test("a database or workers that cannot be reached now are 503, and what needs neither goes on", async () => {
  const admin = new MemoryAdmin();
  admin.store.overrides = () =>
    Promise.reject(new StoreError("readonly", "Cannot use /data/querycop.db: read-only"));
  const blocks = await admin.ask("GET", "/v1/blocks");
  assert.deepEqual([blocks.status, blocks.json.error.code], [503, "store_unavailable"]);
  assert.ok(!blocks.text.includes("/data"));
  admin.process.policy = () =>
    Promise.reject(new ConnectError("command", "timeout", "workers", "none answers"));
  assert.equal((await admin.ask("GET", "/v1/policy")).json.error.code, "workers_unavailable");
  assert.equal((await admin.ask("GET", "/v1/approvals")).status, 200);
});

Deno.test("a defect is 500 without a word of what went wrong, which the log has", async () => {
  const admin = new MemoryAdmin();
  admin.process.sessions = () => Promise.reject(new Error("secret detail"));
  const { status, text } = await admin.ask("GET", "/v1/sessions");
  assert.equal(status, 500);
  assert.ok(!text.includes("secret detail"));
  assert.match(admin.log.join("\n"), /secret detail/);
});
