import type { Digest } from "../../src/contract/digest.ts";
import type { LiveEvent } from "../../src/contract/live_event.ts";
import assert from "node:assert/strict";
import type { Decision } from "../../src/proxy/decision.ts";
import { gateOf, messageOf, NOTHING, outcomeOf, policyOf, ScriptedSession } from "./_gate.ts";
import { FakeTimers } from "./_timers.ts";

const HOLDING = { definition: { hold: ["drop-table"] } };

/** A held statement's wait, and what ends it from the client's side. */
function waitOf(decision: Decision) {
  assert.ok(decision.action === "hold");
  const client = new AbortController();
  return { final: decision.wait(client.signal), client };
}

Deno.test("a held statement is listed, approved, runs and is counted; who and why is recorded", async () => {
  using timers = new FakeTimers();
  using made = gateOf(HOLDING);
  const told: LiveEvent[] = [];
  made.gate.subscribe((event) => void told.push(event));
  const { final } = waitOf(new ScriptedSession(made.gate).ask("DROP TABLE t"));
  const [held, ...others] = made.gate.held();
  assert.deepEqual(others, []);
  assert.ok(held !== undefined);
  assert.equal(held.state, "pending");
  assert.equal(held.sql, "DROP TABLE `t`");
  assert.equal(held.until, made.clock.time + 60_000);
  assert.match(held.reason, /drop-table is held/);
  const row = made.gate.resolve(held.id, {
    decision: "approve",
    by: "ann",
    reason: "planned",
    address: "10.0.0.7",
  });
  assert.equal(row?.state, "approved");
  assert.equal(row?.decided_by, "ann");
  const decision = await final;
  assert.ok(decision.action === "allow");
  decision.done?.(outcomeOf());
  assert.equal(made.gate.resolve(held.id, { decision: "reject", by: "bob", reason: "" }), undefined, "once");
  assert.deepEqual(made.gate.held(), []);
  assert.deepEqual(made.events.map(({ type, action }) => `${type} ${action}`), [
    "statement hold",
    "approval approved",
  ]);
  const approval = made.events[1];
  assert.deepEqual([approval?.about, approval?.by, approval?.reason], [held.id, "ann", "planned"]);
  assert.equal(approval?.client, "10.0.0.7", "where the approver was");
  assert.deepEqual(told.map(({ type }) => type), ["decision", "hold", "approval"]);
  assert.equal(made.gate.counts().holds["approved"], 1);
  timers.advance(60_000);
  assert.equal(made.events.length, 2, "its time-out is off");
});

Deno.test("a rejected statement's client is told by whom and why", async () => {
  using _timers = new FakeTimers();
  using made = gateOf(HOLDING);
  const { final } = waitOf(new ScriptedSession(made.gate).ask("DROP TABLE t"));
  const id = made.gate.held()[0]?.id ?? "";
  made.gate.resolve(id, { decision: "reject", by: "bob", reason: "use a migration" });
  assert.equal(messageOf(await final), `querycop: rejected by bob: use a migration [decision ${id}]`);
});

Deno.test("without a decision in time the statement is refused as one that took too long", async () => {
  using timers = new FakeTimers();
  using made = gateOf(HOLDING);
  const { final } = waitOf(new ScriptedSession(made.gate).ask("DROP TABLE t"));
  timers.advance(59_999);
  assert.equal(made.gate.held().length, 1);
  timers.advance(1);
  assert.deepEqual(made.gate.held(), []);
  const decision = await final;
  assert.ok(decision.action === "refuse");
  assert.deepEqual([decision.errno, decision.sqlState], [3024, "HY000"]);
  assert.match(decision.message, /nobody decided within 1m/);
  assert.equal(made.events.at(-1)?.action, "timed_out");
});

Deno.test("a client that vanishes withdraws its statement; a drain withdraws all", async () => {
  using timers = new FakeTimers();
  const made = gateOf(HOLDING);
  const session = new ScriptedSession(made.gate);
  const first = waitOf(session.ask("DROP TABLE t"));
  first.client.abort();
  assert.deepEqual(made.gate.held(), []);
  assert.equal((await first.final).action, "refuse");
  const gone = new AbortController();
  gone.abort();
  const late = session.ask("DROP TABLE t");
  assert.ok(late.action === "hold");
  assert.equal((await late.wait(gone.signal)).action, "refuse");
  const second = waitOf(session.ask("DROP TABLE u"));
  made.gate.close();
  assert.equal((await second.final).action, "refuse");
  assert.deepEqual(made.events.filter(({ type }) => type === "approval").map(({ action }) => action), [
    "withdrawn",
    "withdrawn",
    "withdrawn",
  ]);
  assert.equal(timers.pending, 0);
});

Deno.test("an approval of a digest lets those that wait go, those to come, and no other role's", async () => {
  using _timers = new FakeTimers();
  using made = gateOf({
    definition: { hold: ["drop-table"], roles: [{ name: "batch", match: { users: ["batch"] } }] },
  });
  const session = new ScriptedSession(made.gate);
  const waiting = waitOf(session.ask("DROP TABLE t"));
  const other = new ScriptedSession(made.gate, { user: "batch" }).ask("DROP TABLE t");
  assert.equal(other.action, "hold");
  const [held] = made.gate.held();
  const approved = {
    id: "A",
    digest: held?.digest as Digest,
    role: "default",
    tables: ["shop.t", "shop.u"],
    reason: "clean-up",
    by: "ann",
    created_at: made.clock.time,
    until: made.clock.time + 1000,
  };
  made.gate.setOverrides({ ...NOTHING, approved: [approved] });
  assert.equal((await waiting.final).action, "allow");
  assert.deepEqual(made.gate.held().map(({ role }) => role), ["batch"]);
  assert.equal(session.run("DROP TABLE t"), "allow");
  assert.equal(made.events.at(-1)?.detail?.["approved"], "A");
});

Deno.test("what a held statement changes is followed only once it has run", async () => {
  using _timers = new FakeTimers();
  using made = gateOf({ definition: { hold: ["session/set"] } });
  const session = new ScriptedSession(made.gate);
  const hidden = 'SELECT "\\"; DELETE FROM t; -- "';
  const { final } = waitOf(session.ask("SET sql_mode = 'ANSI_QUOTES'"));
  made.gate.resolve(made.gate.held()[0]?.id ?? "", { decision: "approve", by: "ann", reason: "" });
  const decision = await final;
  assert.ok(decision.action === "allow" && decision.barrier === true);
  assert.equal(session.run(hidden), "allow");
  decision.done?.(outcomeOf());
  assert.equal(session.run(hidden), "refuse");
});

Deno.test("no more are held than may be: the next is refused, saying so", () => {
  using _timers = new FakeTimers();
  using made = gateOf({ ...HOLDING, maxHeld: 3 });
  const session = new ScriptedSession(made.gate);
  for (let count = 0; count < 3; count++) assert.equal(session.ask("DROP TABLE t").action, "hold");
  assert.match(messageOf(session.ask("DROP TABLE t")), /3 statements wait/);
  assert.equal(made.events.at(-1)?.action, "refuse");
});

Deno.test("what is kept of a held statement is bounded, and without its literals", () => {
  using _timers = new FakeTimers();
  using made = gateOf({ definition: { hold: ["dml/insert"] } });
  const session = new ScriptedSession(made.gate);
  const names = Array.from({ length: 5000 }, (_, index) => `column_${index}`).join(", ");
  session.ask(`INSERT INTO t (${names}) VALUES ('sesame')`);
  const [held] = made.gate.held();
  assert.ok(held !== undefined && held.sql.length <= 4096);
  assert.ok(!JSON.stringify(made.events).includes("sesame"));
});

Deno.test("an approver is shown all that a text of several statements would run, wherever it would be cut", () => {
  using _timers = new FakeTimers();
  using made = gateOf(HOLDING);
  const session = new ScriptedSession(made.gate);
  session.ask("SELECT 1; DROP TABLE t; DROP TABLE u");
  assert.equal(made.gate.held()[0]?.sql, "SELECT ?; DROP TABLE `t`; DROP TABLE `u`");
  session.ask(`SELECT ${"a, ".repeat(3000)} b; DROP TABLE t`);
  const long = made.gate.held()[1]?.sql ?? "";
  assert.match(long, /^DROP TABLE `t`; SELECT /);
  assert.ok(long.length <= 4096 && long.endsWith("..."));
});

Deno.test("an approver is shown the statement behind a long comment where texts are kept as written", () => {
  using _timers = new FakeTimers();
  using made = gateOf({ ...HOLDING, auditLiterals: true });
  const session = new ScriptedSession(made.gate);
  session.ask(`/* ${"x".repeat(5000)} */ DROP TABLE t`);
  session.ask("/* x */ DROP TABLE t");
  assert.deepEqual(made.gate.held().map(({ sql }) => sql), ["DROP TABLE `t`", "/* x */ DROP TABLE t"]);
});

Deno.test("an approval of a digest lets a waiting text go only where it covers each statement that is held", async () => {
  using _timers = new FakeTimers();
  using made = gateOf(HOLDING);
  const approved = (digest: Digest) => ({
    id: digest,
    digest,
    role: "default",
    tables: ["shop.t", "shop.u"],
    reason: "clean-up",
    by: "ann",
    created_at: made.clock.time,
    until: made.clock.time + 1000,
  });
  const session = new ScriptedSession(made.gate);
  const both = waitOf(session.ask("DROP TABLE t; DROP TABLE u"));
  const first = waitOf(session.ask("DROP TABLE t"));
  const second = waitOf(session.ask("DROP TABLE u"));
  const [, t, u] = made.gate.held().map(({ digest }) => digest);
  made.gate.setOverrides({ ...NOTHING, approved: [approved(t as Digest)] });
  assert.equal((await first.final).action, "allow");
  assert.deepEqual(made.gate.held().map(({ sql }) => sql), [
    "DROP TABLE `t`; DROP TABLE `u`",
    "DROP TABLE `u`",
  ]);
  made.gate.setOverrides({ ...NOTHING, approved: [approved(t as Digest), approved(u as Digest)] });
  assert.deepEqual([(await both.final).action, (await second.final).action], ["allow", "allow"]);
});

Deno.test("an approval of a digest lets nothing go that is denied by now", () => {
  using _timers = new FakeTimers();
  using made = gateOf(HOLDING);
  new ScriptedSession(made.gate).ask("DROP TABLE t");
  const digest = made.gate.held()[0]?.digest as Digest;
  made.gate.setPolicy({ policy: policyOf({ deny: ["drop-table"] }) });
  const approved = {
    id: "A",
    digest,
    role: "default",
    tables: ["shop.t", "shop.u"],
    reason: "",
    by: "ann",
    created_at: made.clock.time,
    until: made.clock.time + 1000,
  };
  made.gate.setOverrides({ ...NOTHING, approved: [approved] });
  assert.equal(made.gate.held().length, 1);
});

Deno.test("an approval that cannot be recorded lets nothing go where nothing may pass unseen", async () => {
  using _timers = new FakeTimers();
  for (const [auditOnFailure, action] of [["refuse", "refuse"], ["continue", "allow"]] as const) {
    using made = gateOf({ ...HOLDING, auditOnFailure });
    const { final } = waitOf(new ScriptedSession(made.gate).ask("DROP TABLE t"));
    made.audit.healthy = false;
    made.gate.resolve(made.gate.held()[0]?.id ?? "", { decision: "approve", by: "ann", reason: "" });
    assert.equal((await final).action, action);
  }
});

const IN_TRANSACTION = 1 | 2;

Deno.test("inside a transaction a hold ends after hold_in_transaction and says so; outside it goes on", async () => {
  using timers = new FakeTimers();
  using made = gateOf(HOLDING);
  const inside = waitOf(new ScriptedSession(made.gate, { status: IN_TRANSACTION }).ask("DROP TABLE t"));
  waitOf(new ScriptedSession(made.gate).ask("DROP TABLE t"));
  assert.deepEqual(made.gate.held().map(({ until }) => until - made.clock.time), [10_000, 60_000]);
  timers.advance(9_999);
  assert.equal(made.gate.held().length, 2);
  timers.advance(1);
  assert.equal(made.gate.held().length, 1, "the one outside waits on");
  const decision = await inside.final;
  assert.ok(decision.action === "refuse");
  assert.deepEqual([decision.errno, decision.sqlState], [3024, "HY000"]);
  assert.match(
    decision.message,
    /open transaction.* nobody decided within 10s \(hold_in_transaction\).*still open: roll it back/,
  );
  assert.equal(made.events.at(-1)?.action, "timed_out");
  timers.advance(50_000);
  assert.equal(made.gate.held().length, 0);
});

Deno.test("hold_in_transaction: 0 refuses at once inside a transaction, and holds outside one", () => {
  using _timers = new FakeTimers();
  using made = gateOf({ definition: { ...HOLDING.definition, hold_in_transaction: 0 } });
  const inside = new ScriptedSession(made.gate, { status: IN_TRANSACTION }).ask("DROP TABLE t");
  assert.match(messageOf(inside), /needs an approval.*hold_in_transaction.*still open: roll it back/);
  assert.deepEqual(made.gate.held(), []);
  assert.equal(made.events.at(-1)?.action, "refuse");
  assert.equal(new ScriptedSession(made.gate).ask("DROP TABLE t").action, "hold");
});

Deno.test("a role's hold_in_transaction wins over the file's, and no hold outlives GATEKEEPER_HOLD_TIMEOUT", () => {
  using _timers = new FakeTimers();
  using made = gateOf({
    definition: {
      ...HOLDING.definition,
      hold_in_transaction: "3s",
      roles: [{ name: "batch", match: { users: ["batch"] }, hold_in_transaction: "5m" }],
    },
  });
  const ask = (user: string) =>
    waitOf(new ScriptedSession(made.gate, { user, status: IN_TRANSACTION }).ask("DROP TABLE t"));
  ask("app");
  ask("batch");
  assert.deepEqual(made.gate.held().map(({ until }) => until - made.clock.time), [3_000, 60_000]);
});

Deno.test("a transaction that begins while its statement is already held counts too", () => {
  using timers = new FakeTimers();
  using made = gateOf(HOLDING);
  const session = new ScriptedSession(made.gate);
  waitOf(session.ask("DROP TABLE t"));
  session.view.status = IN_TRANSACTION;
  timers.advance(10_000);
  assert.deepEqual(made.gate.held(), []);
});
