import assert from "node:assert/strict";
import { DIGEST, heldStatement, MemoryAdmin } from "../support/memory_admin.ts";

const DOING = { by: "ann", reason: "reviewed" };

function adminWith(...ids: string[]): MemoryAdmin {
  const admin = new MemoryAdmin();
  admin.process.waiting = ids.map((id) => heldStatement(id));
  return admin;
}

Deno.test("what waits is listed live, what has ended from the store, all of it together", async () => {
  const admin = adminWith("01A", "01B");
  admin.store.rows.push(
    heldStatement("01C", { state: "timed_out" }),
    heldStatement("01D", { state: "approved" }),
  );
  const ids = async (query: string) =>
    (await admin.ask("GET", `/v1/approvals${query}`)).json.approvals.map(({ id }: { readonly id: string }) =>
      id
    );
  assert.deepEqual(await ids(""), ["01A", "01B"]);
  assert.deepEqual(await ids("?state=timed_out"), ["01C"]);
  assert.deepEqual(await ids("?state=all"), ["01A", "01B", "01C", "01D"]);
  assert.deepEqual(await ids("?state=all&limit=3"), ["01A", "01B", "01C"]);
  assert.equal((await admin.ask("GET", "/v1/approvals?state=gone")).status, 422);
});

Deno.test("one is shown as it waits and as it ended; an unknown one is 404", async () => {
  const admin = adminWith("01A");
  assert.equal((await admin.ask("GET", "/v1/approvals/01A")).json.approval.state, "pending");
  await admin.ask("POST", "/v1/approvals/01A/reject", { body: DOING });
  assert.equal((await admin.ask("GET", "/v1/approvals/01A")).json.approval.decided_by, "ann");
  assert.equal((await admin.ask("GET", "/v1/approvals/01Z")).json.error.code, "approval_not_found");
});

Deno.test("a statement is approved once; again it is 409 and says by whom, and an unknown id is 404", async () => {
  const admin = adminWith("01A");
  const { status, json } = await admin.ask("POST", "/v1/approvals/01A/approve", { body: DOING });
  assert.equal(status, 200);
  assert.deepEqual([json.approval.state, json.approval.decided_by, json.approved], [
    "approved",
    "ann",
    undefined,
  ]);
  for (const action of ["approve", "reject"]) {
    const again = await admin.ask("POST", `/v1/approvals/01A/${action}`, {
      body: { by: "bob", reason: "r" },
    });
    assert.deepEqual([again.status, again.json.error.code], [409, "already_decided"]);
    assert.match(again.json.error.message, /approved by ann/);
  }
  assert.equal((await admin.ask("POST", "/v1/approvals/01Z/approve", { body: DOING })).status, 404);
  assert.equal((await admin.ask("POST", "/v1/approvals/01A/approve", { body: { by: "ann" } })).status, 422);
});

Deno.test("an approval of the digest lets its shape pass for the role and the time, at once, and is on record", async () => {
  const admin = adminWith("01A");
  const body = { ...DOING, scope: "digest", for: "30m" };
  const { json } = await admin.ask("POST", "/v1/approvals/01A/approve", { body });
  const approved = {
    id: json.approved[0].id,
    digest: DIGEST,
    role: "default",
    tables: ["shop.t"],
    ...DOING,
    created_at: admin.clockMs,
    until: admin.clockMs + 30 * 60_000,
  };
  assert.deepEqual(json.approved, [approved]);
  assert.deepEqual(admin.process.overrides?.approved, [approved]);
  const [record] = admin.store.records;
  assert.deepEqual([record?.type, record?.action, record?.about, record?.by], [
    "allowlist",
    "added",
    "01A",
    "ann",
  ]);
  assert.deepEqual((await admin.ask("GET", "/v1/approved")).json, { approved: [approved] });
  assert.equal((await admin.ask("DELETE", `/v1/approved/${approved.id}?by=ann`)).status, 200);
  assert.deepEqual(admin.process.overrides?.approved, []);
  assert.equal((await admin.ask("DELETE", `/v1/approved/${approved.id}`)).status, 404);
});

Deno.test("a text without a digest waits on when asked to approve its digest", async () => {
  const admin = new MemoryAdmin();
  const { statements = [] } = heldStatement("01A");
  admin.process.waiting = [
    heldStatement("01A", { digest: "", statements: statements.map((part) => ({ ...part, digest: "" })) }),
  ];
  const body = { ...DOING, scope: "digest" };
  assert.equal((await admin.ask("POST", "/v1/approvals/01A/approve", { body })).status, 422);
  assert.equal(admin.process.waiting.length, 1);
});

Deno.test("an approval of a text's digests covers every shape of it that was held, each once", async () => {
  const admin = new MemoryAdmin();
  const { statements: [part] = [] } = heldStatement("01A");
  assert.ok(part !== undefined);
  const other = { ...part, digest: "cd".repeat(32) as typeof part.digest, tables: ["shop.u"] };
  const allowed = { ...other, digest: "ef".repeat(32) as typeof part.digest, action: "warn" } as const;
  admin.process.waiting = [heldStatement("01A", { statements: [part, other, part, allowed] })];
  const { json } = await admin.ask("POST", "/v1/approvals/01A/approve", {
    body: { ...DOING, scope: "digest" },
  });
  const covered = json.approved.map(({ digest, tables }: typeof part) => [digest, tables]);
  assert.deepEqual(covered, [[part.digest, part.tables], [other.digest, other.tables]]);
  assert.equal(admin.store.records.length, 2);
});

Deno.test("the text that waits is given with its literals to who asks for the one, and to nobody else", async () => {
  const admin = adminWith("01A");
  const text = { sql: "DELETE FROM t WHERE id = 4711", bytes: 29, left_out: 0 };
  admin.process.heldTexts.set("01A", text);
  assert.deepEqual((await admin.ask("GET", "/v1/approvals/01A")).json.text, text);
  assert.ok(!(await admin.ask("GET", "/v1/approvals")).text.includes("4711"));
  await admin.ask("POST", "/v1/approvals/01A/approve", { body: DOING });
  assert.ok(!(await admin.ask("GET", "/v1/approvals/01A")).text.includes("4711"));
});

Deno.test("an approval that policy overrules by then is 409, and lets no others pass", async () => {
  const admin = adminWith("01A");
  const { resolveHold } = admin.process;
  admin.process.resolveHold = async (id, resolution) => {
    const row = await resolveHold.call(admin.process, id, resolution);
    return row === undefined ? undefined : { ...row, state: "rejected", decided_by: "policy" };
  };
  const body = { ...DOING, scope: "digest" };
  const { status, json } = await admin.ask("POST", "/v1/approvals/01A/approve", { body });
  assert.deepEqual([status, json.error.code], [409, "refused_by_policy"]);
  assert.deepEqual((await admin.ask("GET", "/v1/approved")).json.approved, []);
});
