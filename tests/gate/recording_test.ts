import type { LiveEvent } from "../../src/contract/live_event.ts";
import { LATENCY_BOUNDS_MS } from "../../src/contract/words.ts";
import assert from "node:assert/strict";
import { OWN_TIME_BOUNDS_US } from "../../src/contract/counts.ts";
import { gateOf, messageOf, outcomeOf, runOf, ScriptedSession } from "./_gate.ts";
import { FakeTimers } from "./_timers.ts";

Deno.test("the audit has what is notable: warned of, refused, and no plain allow", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  for (const sql of ["SELECT 1", "DROP TABLE t", "DELETE FROM t", "BEGIN"]) session.run(sql);
  assert.deepEqual(made.events.map(({ action, sql }) => [action, sql]), [
    ["warn", "DROP TABLE `t`"],
    ["refuse", "DELETE FROM `t`"],
  ]);
  const [warn] = made.events;
  assert.deepEqual(
    [warn?.user, warn?.schema, warn?.client, warn?.role, warn?.session, warn?.command, warn?.level],
    ["app", "shop", "10.0.0.9", "default", "S1", "query", "high"],
  );
  assert.match(warn?.digest ?? "", /^[0-9a-f]{64}$/);
});

Deno.test("with GATEKEEPER_AUDIT_STATEMENTS=all every statement is recorded once, prepared ones as they run", () => {
  using made = gateOf({ auditStatements: "all" });
  const session = new ScriptedSession(made.gate);
  session.run("SELECT 1");
  const prepare = session.ask("SELECT a FROM t WHERE id = ?", "prepare");
  assert.ok(prepare.action === "allow");
  runOf(prepare);
  runOf(prepare);
  assert.deepEqual(made.events.map(({ action, command }) => `${action} ${command}`), [
    "allow query",
    "allow execute",
    "allow execute",
  ]);
});

Deno.test("literals are recorded only where they are asked for, and bounded", () => {
  for (const auditLiterals of [false, true]) {
    using made = gateOf({ auditLiterals });
    const session = new ScriptedSession(made.gate);
    session.run("DELETE FROM t WHERE 'sesame' = 'sesame'");
    assert.equal(JSON.stringify(made.events).includes("sesame"), auditLiterals);
    session.run(`DELETE FROM t WHERE 'x' = '${"x".repeat(1_000_000)}' OR 1`);
    assert.ok((made.events[1]?.sql?.length ?? 0) <= 4096);
  }
});

Deno.test("an audit that cannot be written is logged once a minute, and refuses where that is wanted", () => {
  for (const auditOnFailure of ["continue", "refuse"] as const) {
    using made = gateOf({ auditOnFailure });
    const session = new ScriptedSession(made.gate);
    made.audit.healthy = false;
    for (let count = 0; count < 5; count++) session.run("DROP TABLE t");
    const expected = auditOnFailure === "refuse" ? "refuse" : "allow";
    assert.equal(session.run("SELECT 1"), expected);
    assert.deepEqual(made.logged, ["audit cannot be written"]);
    if (auditOnFailure === "refuse") {
      assert.equal(
        messageOf(session.ask("SELECT 1")),
        "querycop: blocked: the audit cannot be written (disk full)",
      );
      made.audit.healthy = true;
      made.clock.time += 1000;
      assert.equal(session.run("SELECT 1"), "allow", "and no longer than it lasts");
    }
  }
});

Deno.test("the very statement that cannot be recorded does not pass where nothing may go unseen, nor is it held", () => {
  for (const auditOnFailure of ["continue", "refuse"] as const) {
    const expected = auditOnFailure === "refuse" ? "refuse" : undefined;
    for (const [sql, otherwise] of [["SELECT 1", "allow"], ["TRUNCATE TABLE t", "hold"]] as const) {
      using made = gateOf({
        auditOnFailure,
        auditStatements: "all",
        definition: { thresholds: { warn: 70, hold: 85, block: 90 } },
      });
      const session = new ScriptedSession(made.gate);
      session.run("SELECT 1"); // The state was looked at just now.
      made.audit.healthy = false;
      assert.equal(session.ask(sql).action, expected ?? otherwise);
      assert.equal(made.gate.held().length, expected === undefined && otherwise === "hold" ? 1 : 0);
    }
  }
});

Deno.test("logins and ends of sessions are recorded", () => {
  using made = gateOf();
  const { view } = new ScriptedSession(made.gate);
  const opening = { authPlugin: "p", clientTls: undefined, backendTls: undefined, changedFrom: undefined };
  made.gate.observer.opened(view, opening);
  made.gate.observer.loginFailed({
    id: "S2",
    user: "eve",
    client: view.client,
    cause: "login_refused",
    errno: 1045,
    message: "Access denied",
  });
  made.gate.observer.ended(view, {
    cause: "client_quit",
    bytesFromClient: 1,
    bytesFromBackend: 2,
    statements: 3,
    refused: 0,
    durationMs: 4.4,
  });
  assert.deepEqual(made.events.map(({ type, action, user }) => [type, action, user]), [
    ["login", "accepted", "app"],
    ["login", "refused", "eve"],
    ["session_end", "client_quit", "app"],
  ]);
});

Deno.test("whoever watches is told of what is notable, until they look away", () => {
  using made = gateOf();
  const told: LiveEvent[] = [];
  const stop = made.gate.subscribe((event) => void told.push(event));
  const session = new ScriptedSession(made.gate);
  session.run("SELECT 1");
  session.run("DELETE FROM t");
  stop();
  session.run("DELETE FROM t");
  assert.equal(told.length, 1);
  assert.equal(told[0]?.type === "decision" && told[0].event.action, "refuse");
});

Deno.test("counts add up: each statement is one decision, one risk and one time", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  for (const sql of ["SELECT 1", "SELECT 1", "DELETE FROM t", "DROP TABLE t", "SELECT 1; SELECT 2"]) {
    session.run(sql);
  }
  const counts = made.gate.counts();
  assert.deepEqual(counts.decisions, {
    allow: 3,
    warn: 1,
    hold: 0,
    refuse: 1,
    would_hold: 0,
    would_refuse: 0,
  });
  const total = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  assert.equal(total(counts.risk), 5);
  assert.equal(counts.risk.length, 12);
  assert.equal(counts.risk[10], 1, "95");
  assert.equal(total(counts.ownUs.counts), 5);
  assert.equal(counts.ownUs.counts.length, OWN_TIME_BOUNDS_US.length + 1);
  assert.equal(total(counts.backendMs.counts), 4, "a refused statement has no response");
  assert.equal(counts.backendMs.counts.length, LATENCY_BOUNDS_MS.length + 1);
  assert.equal(counts.backendMs.sum, 12);
  assert.equal(counts.groups["destructive"], 2);
  assert.ok(counts.cache.hits >= 1 && counts.cache.misses >= 3);
});

Deno.test("digests are added up by role and handed over after five seconds, and on close", () => {
  using timers = new FakeTimers();
  const made = gateOf();
  const session = new ScriptedSession(made.gate);
  session.run("SELECT a FROM t WHERE id = 1", { rows: 1, bytes: 10, durationMs: 3 });
  session.run("SELECT a FROM t WHERE id = 2", { rows: 4, bytes: 20, durationMs: 600, result: "error" });
  session.run("DELETE FROM t");
  assert.equal(made.digests.length, 0);
  timers.advance(5000);
  const [select, deletion, ...others] = made.digests;
  assert.deepEqual(others, []);
  assert.ok(select !== undefined && deletion !== undefined);
  assert.equal(select.sql, "SELECT `a` FROM `t` WHERE `id` = ?");
  assert.deepEqual(
    [select.count, select.errors, select.rows, select.bytes, select.total_ms, select.max_ms, select.refused],
    [2, 1, 5, 30, 603, 600, 0],
  );
  assert.equal(select.latency.reduce((a, b) => a + b, 0), 2);
  assert.equal(select.latency.length, LATENCY_BOUNDS_MS.length + 1);
  assert.deepEqual([deletion.count, deletion.refused, deletion.score, deletion.rules], [1, 1, 95, ["D001"]]);
  session.run("SELECT a FROM t WHERE id = 3");
  made.gate.close();
  assert.deepEqual(
    made.digests.slice(2).map(({ count, rows }) => [count, rows]),
    [[1, 1]],
    "since the last time",
  );
  assert.equal(timers.pending, 0);
});

Deno.test("many shapes at once are handed over in small parts", () => {
  using timers = new FakeTimers();
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  for (let index = 0; index < 250; index++) session.run(`SELECT c${index} FROM t WHERE id = 1`);
  timers.advance(5000);
  assert.equal(made.digests.length, 100);
  timers.advance(1000);
  assert.equal(made.digests.length, 250);
  assert.equal(new Set(made.digests.map(({ digest }) => digest)).size, 250);
});

Deno.test("a prepared statement's runs are counted, not its prepare", () => {
  using timers = new FakeTimers();
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  const prepare = session.ask("SELECT a FROM t WHERE id = ?", "prepare");
  assert.ok(prepare.action === "allow");
  for (let count = 0; count < 3; count++) {
    const run = runOf(prepare);
    assert.ok(run.action === "allow");
    run.done?.(outcomeOf());
  }
  timers.advance(5000);
  assert.deepEqual(made.digests.map(({ count }) => count), [3]);
  assert.equal(made.gate.counts().decisions["allow"], 3);
});
