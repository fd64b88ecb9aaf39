/** What an approval covers, and what becomes of a held statement by the time that it is approved. */
import assert from "node:assert/strict";
import type { Digest } from "../../src/contract/digest.ts";
import type { ApprovedDigest } from "../../src/contract/override.ts";
import type { Decision } from "../../src/proxy/decision.ts";
import { gateOf, NOTHING, policyOf, ScriptedSession } from "./_gate.ts";
import { FakeTimers } from "./_timers.ts";

const HOLDING = { definition: { hold: ["drop-table"] } };
const RESOLUTION = { decision: "approve", by: "ann", reason: "planned" } as const;

async function finalOf(decision: Decision) {
  assert.ok(decision.action === "hold");
  return await decision.wait(new AbortController().signal);
}

Deno.test("an approved statement is judged again: what blocks or policy refuse by then does not run", async () => {
  const changes: Readonly<Record<string, (made: ReturnType<typeof gateOf>, digest: Digest) => void>> = {
    "blocked meanwhile": ({ gate }, digest) => {
      const block = { id: "B", digest, reason: "incident", by: "bob", created_at: 1 };
      gate.setOverrides({ ...NOTHING, blocks: [block] });
    },
    "denied by a policy loaded meanwhile": ({ gate }) =>
      gate.setPolicy({ policy: policyOf({ deny: ["drop-table"] }) }),
    "its table denied meanwhile": ({ gate }) => {
      gate.setPolicy({ policy: policyOf({ ...HOLDING.definition, tables: { deny: ["shop.t"] } }) });
    },
    "scored past the threshold of a policy loaded meanwhile": ({ gate }) => {
      gate.setPolicy({ policy: policyOf({ thresholds: { block: 50 } }) });
    },
    "weighed more by a policy loaded meanwhile": ({ gate }) => {
      const risk = { weights: { "drop-table": 100 } };
      gate.setPolicy({ policy: policyOf({ thresholds: { hold: 1, block: 100 }, risk }) });
    },
  };
  for (const [name, change] of Object.entries(changes)) {
    using _timers = new FakeTimers();
    using made = gateOf(HOLDING);
    const asked = finalOf(new ScriptedSession(made.gate).ask("DROP TABLE t"));
    const [held] = made.gate.held();
    assert.ok(held !== undefined);
    change(made, held.digest as Digest);
    const row = made.gate.resolve(held.id, RESOLUTION);
    assert.equal((await asked).action, "refuse", name);
    assert.deepEqual([row?.state, row?.decided_by], ["rejected", "policy"], name);
    assert.match(row?.decision_reason ?? "", /approved by ann/);
    assert.deepEqual(made.events.map(({ type, action }) => `${type} ${action}`), [
      "statement hold",
      "statement refuse",
      "approval rejected",
    ], name);
  }
});

Deno.test("an approved statement runs under a policy that was loaded meanwhile and holds it still", async () => {
  using _timers = new FakeTimers();
  using made = gateOf(HOLDING);
  const asked = finalOf(new ScriptedSession(made.gate).ask("DROP TABLE t"));
  made.gate.setPolicy({ policy: policyOf(HOLDING.definition) });
  assert.equal(made.gate.resolve(made.gate.held()[0]?.id ?? "", RESOLUTION)?.state, "approved");
  assert.equal((await asked).action, "allow");
});

function approvalOf(digest: Digest, tables: readonly string[]): ApprovedDigest {
  return { id: "A", digest, role: "default", tables, reason: "r", by: "ann", created_at: 1, until: 2e12 };
}

Deno.test("an approval of a digest covers the tables that were seen, not their namesakes in another schema", () => {
  const statements = [
    ["DROP TABLE t", ["shop.t"]],
    ["DROP TABLE shop.t", ["shop.t"]],
    ["DROP TABLE t, other.u", ["other.u", "shop.t"]],
  ] as const;
  for (const [sql, tables] of statements) {
    using _timers = new FakeTimers();
    using made = gateOf(HOLDING);
    const shop = new ScriptedSession(made.gate);
    shop.ask(sql);
    const [held] = made.gate.held();
    assert.deepEqual(held?.statements?.map((part) => part.tables), [tables]);
    made.gate.setOverrides({ ...NOTHING, approved: [approvalOf(held?.digest as Digest, tables)] });
    assert.equal(shop.run(sql), "allow");
    const crm = new ScriptedSession(made.gate, { id: "S2", schema: "crm" });
    assert.equal(crm.ask(sql).action, sql.includes("shop.t") ? "allow" : "hold", sql);
  }
});

Deno.test("what names no table is covered in the schema that it was approved in", () => {
  using _timers = new FakeTimers();
  using made = gateOf({ definition: { hold: ["dml/call"] } });
  const shop = new ScriptedSession(made.gate);
  shop.ask("CALL purge()");
  const [held] = made.gate.held();
  const tables = held?.statements?.[0]?.tables ?? [];
  assert.deepEqual(tables, ["shop.*"]);
  made.gate.setOverrides({ ...NOTHING, approved: [approvalOf(held?.digest as Digest, tables)] });
  assert.equal(shop.run("CALL purge()"), "allow");
  assert.equal(
    new ScriptedSession(made.gate, { id: "S2", schema: "crm" }).ask("CALL purge()").action,
    "hold",
  );
});

Deno.test("an approver is shown every statement of a text, with its own score, tables and findings", () => {
  using _timers = new FakeTimers();
  using made = gateOf({ definition: { hold: ["dml/delete"], thresholds: { warn: 60, block: 101 } } });
  new ScriptedSession(made.gate).ask("DELETE FROM t WHERE id = 7; DROP TABLE u; SELECT 1");
  const [held] = made.gate.held();
  assert.deepEqual(held?.statements?.map(({ kind, action, tables }) => [kind, action, tables]), [
    ["delete", "hold", ["shop.t"]],
    ["drop-table", "warn", ["shop.u"]],
    ["select", "allow", ["shop.*"]],
  ]);
  assert.equal(held?.statement_count, 3);
  const dropped = held?.statements?.[1];
  assert.ok((dropped?.findings.length ?? 0) > 0);
  assert.equal(held?.score, dropped?.score, "the score of a text is its worst statement's");
  const [event] = made.events;
  assert.equal(event?.score, dropped?.score);
  for (const { code } of dropped?.findings ?? []) {
    assert.ok(event?.findings?.some((finding) => finding.code === code), `${code} is on record`);
  }
});

Deno.test("the text that waits is shown whole, literals and all, and is nowhere recorded", () => {
  using _timers = new FakeTimers();
  using made = gateOf({ definition: { hold: ["dml/update"] } });
  const tail = "role = 'owner'";
  const sql = `UPDATE users SET note = '${"x".repeat(5000)}', ${tail} WHERE id = 4711`;
  const bytes = new TextEncoder().encode(sql);
  new ScriptedSession(made.gate).ask(bytes);
  const [held] = made.gate.held();
  bytes.fill(0); // As the proxy's buffer is written over.
  assert.deepEqual(made.gate.heldText(held?.id ?? ""), { sql, bytes: sql.length, left_out: 0 });
  assert.equal(made.gate.heldText("other"), undefined);
  const kept = JSON.stringify([made.events, held]);
  assert.ok(!kept.includes("owner") && !kept.includes("4711"));
});

Deno.test("of a text past a megabyte both ends are shown, and how much is not", () => {
  using _timers = new FakeTimers();
  using made = gateOf({ definition: { hold: ["dml/update"] } });
  const sql = `UPDATE users SET note = '${"x".repeat(2_000_000)}', role = 'owner' WHERE id = 4711`;
  new ScriptedSession(made.gate).ask(sql);
  const text = made.gate.heldText(made.gate.held()[0]?.id ?? "");
  assert.equal(text?.bytes, sql.length);
  assert.equal(text?.left_out, sql.length - 1024 * 1024);
  assert.match(text?.sql ?? "", /^UPDATE users[^]*bytes are not shown[^]*role = 'owner' WHERE id = 4711$/);
});

Deno.test("of many statements the strictest are told of one by one, and all are counted", () => {
  using _timers = new FakeTimers();
  using made = gateOf(HOLDING);
  new ScriptedSession(made.gate).ask(`${"SELECT 1; ".repeat(300)}DROP TABLE t`);
  const [held] = made.gate.held();
  assert.deepEqual([held?.statement_count, held?.statements?.length], [301, 100]);
  assert.equal(held?.statements?.at(-1)?.kind, "drop-table");
});
