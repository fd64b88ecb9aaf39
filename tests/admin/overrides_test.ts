import assert from "node:assert/strict";
import { DIGEST, heldStatement, MemoryAdmin } from "../support/memory_admin.ts";

const DOING = { by: "ann", reason: "INC-42" };

Deno.test("a block is in force before the answer, known by its statement, ends in time, and can be removed", async () => {
  const admin = new MemoryAdmin();
  admin.process.waiting = [heldStatement("01A")];
  const { status, json: { block } } = await admin.ask("POST", "/v1/blocks", {
    body: { digest: DIGEST, for: "1h", ...DOING },
  });
  assert.equal(status, 201);
  assert.deepEqual(admin.process.overrides?.blocks, [block]);
  assert.deepEqual([block.sql, block.until], ["DELETE FROM `t`", admin.clockMs + 3_600_000]);
  assert.deepEqual((await admin.ask("GET", "/v1/blocks")).json, { blocks: [block] });
  await admin.pass(3_600_000);
  assert.deepEqual((await admin.ask("GET", "/v1/blocks")).json, { blocks: [] });
  assert.equal((await admin.ask("DELETE", `/v1/blocks/${block.id}?by=bob&reason=over`)).status, 200);
  assert.deepEqual(admin.process.overrides?.blocks, []);
  const record = admin.store.records.map((
    { type, action, by, about, reason },
  ) => [type, action, by, about, reason]);
  assert.deepEqual(record, [
    ["block", "added", "ann", undefined, "INC-42"],
    ["block", "removed", "bob", block.id, "over"],
  ]);
  assert.equal((await admin.ask("DELETE", `/v1/blocks/${block.id}`)).json.error.code, "block_not_found");
});

Deno.test("break-glass needs a role that exists, a reason, a name and an end, and is recorded before it opens", async () => {
  const admin = new MemoryAdmin();
  const body = { role: "default", for: "15m", ...DOING };
  for (const missing of Object.keys(body)) {
    const rest = Object.fromEntries(Object.entries(body).filter(([name]) => name !== missing));
    assert.equal((await admin.ask("POST", "/v1/break-glass", { body: rest })).status, 422, missing);
  }
  const unknown = await admin.ask("POST", "/v1/break-glass", { body: { ...body, role: "nobody" } });
  assert.deepEqual([unknown.status, unknown.json.error.code], [404, "role_not_found"]);
  assert.equal(
    (await admin.ask("POST", "/v1/break-glass", { body: { ...body, for: "2 years" } })).status,
    422,
  );
  assert.deepEqual(admin.store.records, []);
  const { status, json } = await admin.ask("POST", "/v1/break-glass", { body });
  assert.equal(status, 201);
  assert.deepEqual(admin.process.overrides?.break_glass, [json.break_glass]);
  assert.deepEqual(admin.store.records.map(({ id, action }) => [id, action]), [[
    json.break_glass.id,
    "opened",
  ]]);
  assert.equal((await admin.ask("DELETE", `/v1/break-glass/${json.break_glass.id}?by=ann`)).status, 200);
  assert.deepEqual(admin.process.overrides?.break_glass, []);
});

Deno.test("nothing is done that cannot be recorded where the configuration wants it so, and all is done where not", async () => {
  const body = { role: "default", for: "15m", ...DOING };
  for (const refuseUnaudited of [true, false]) {
    const admin = new MemoryAdmin(undefined, { refuseUnaudited });
    admin.auditWorks = false;
    const { status, json } = await admin.ask("POST", "/v1/break-glass", { body });
    assert.equal(status, refuseUnaudited ? 503 : 201);
    if (refuseUnaudited) assert.equal(json.error.code, "audit_unavailable");
    assert.equal(admin.process.overrides === undefined, refuseUnaudited);
    assert.equal((await admin.ask("POST", "/v1/drain")).status, refuseUnaudited ? 503 : 202);
    assert.equal(admin.process.calls.includes("drain"), !refuseUnaudited);
  }
});

Deno.test("the policy is shown and read again; a file with mistakes is 422 with line and column", async () => {
  const admin = new MemoryAdmin();
  assert.equal((await admin.ask("GET", "/v1/policy")).json.roles[0].name, "default");
  const reloaded = await admin.ask("POST", "/v1/policy/reload");
  assert.deepEqual(reloaded.json, { source: "policy.yaml", roles: ["reporting", "default"] });
  const problem = { message: "block is above 100", file: "policy.yaml", line: 3, column: 7 };
  admin.process.reload = { ok: false, problems: [problem] };
  const { status, json } = await admin.ask("POST", "/v1/policy/reload");
  assert.deepEqual([status, json.error.code, json.error.problems], [422, "policy_invalid", [problem]]);
});

Deno.test("a statement is judged without running", async () => {
  const admin = new MemoryAdmin();
  const { json } = await admin.ask("POST", "/v1/score", {
    body: { sql: "DELETE FROM t", client: "10.0.0.1" },
  });
  assert.deepEqual([json.score, json.action, json.statements[0].findings[0].code], [95, "refuse", "D001"]);
  assert.equal((await admin.ask("POST", "/v1/score", { body: { sql: "x", client: "nowhere" } })).status, 422);
});

Deno.test("digests have their times in words of percentiles, and what blocks them", async () => {
  const admin = new MemoryAdmin();
  admin.store.digestRows = [{
    digest: DIGEST,
    role: "default",
    sql: "SELECT ?",
    kind: "select",
    score: 0,
    rules: [],
    first_seen: 1,
    last_seen: 2,
    count: 4,
    refused: 0,
    errors: 0,
    rows: 4,
    affected_rows: 0,
    bytes: 100,
    total_ms: 10,
    max_ms: 7,
    latency: [0, 0, 2, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
  }];
  const { json: { block } } = await admin.ask("POST", "/v1/blocks", { body: { digest: DIGEST, ...DOING } });
  assert.equal(block.sql, "SELECT ?");
  const [row] = (await admin.ask("GET", "/v1/digests?order=time&limit=5")).json.digests;
  assert.deepEqual([row.avg_ms, row.p50_ms, row.p99_ms, row.blocked], [2.5, 1, 7, block.id]);
});

Deno.test("the audit is asked by type, page by page, and since a time or a while ago", async () => {
  const admin = new MemoryAdmin();
  for (let count = 1; count <= 5; count++) {
    admin.store.put({ id: `0${count}`, time: count, type: "statement", action: "refuse", user: "app" });
  }
  const first = (await admin.ask("GET", "/v1/audit?limit=2&type=statement,login&since=1h")).json;
  assert.deepEqual([first.records.length, first.next], [2, 4]);
  const rest = (await admin.ask("GET", `/v1/audit?limit=10&before=${first.next}`)).json;
  assert.deepEqual([rest.records.length, rest.next], [3, null]);
  assert.equal((await admin.ask("GET", "/v1/audit?since=yesterday")).status, 422);
  assert.equal((await admin.ask("GET", "/v1/audit?until=2026-05-18T12:00:00Z")).status, 200);
});
