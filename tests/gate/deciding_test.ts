import type { Digest } from "../../src/contract/digest.ts";
import assert from "node:assert/strict";
import { gateOf, messageOf, outcomeOf, policyOf, runOf, ScriptedSession } from "./_gate.ts";

Deno.test("a refusal names rule, risk, cure and decision, in a message that every client shows whole", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  const decision = session.ask("DELETE FROM t");
  assert.equal(decision.action === "refuse" && decision.errno, 1227);
  assert.equal(decision.action === "refuse" && decision.sqlState, "42000");
  const message = messageOf(decision);
  assert.match(
    message,
    /^querycop: blocked, risk 95\/100: D001 delete-without-where: .*WHERE.* \[decision [0-9A-Z]{26}\]$/,
  );
  assert.equal(made.events.length, 1);
  assert.equal(made.events[0]?.action, "refuse");
  assert.ok(
    message.includes(made.events[0]?.id ?? "none"),
    "the audit has the decision under the id the client got",
  );
  assert.equal(session.run("DELETE FROM t WHERE id = 1"), "allow");
});

Deno.test("no message is longer than 512 bytes, and none holds a literal or a line break", () => {
  using made = gateOf();
  made.gate.setOverrides({
    blocks: [{
      id: "b",
      digest: digestOf("SELECT 'sesame' FROM t"),
      reason: `line one\nline two ${"ü".repeat(600)}`,
      by: "ops",
      created_at: 0,
    }],
    break_glass: [],
    approved: [],
    learned: {},
  });
  const session = new ScriptedSession(made.gate);
  const message = messageOf(session.ask("SELECT 'sesame' FROM t"));
  assert.ok(new TextEncoder().encode(message).length <= 512);
  assert.match(
    message,
    /^querycop: blocked: this statement was blocked by ops: line one line two .*\[decision \w+\]$/,
  );
  assert.ok(!message.includes("sesame"));
});

Deno.test("a text is refused whole for its worst statement", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  for (
    const text of [
      "SELECT 1; DELETE FROM t",
      "DELETE FROM t; SELECT 1",
      "SELECT 1;;; /* x */ DELETE FROM t -- x",
    ]
  ) {
    assert.equal(session.run(text), "refuse", text);
  }
  assert.equal(made.events.at(0)?.detail?.["statements"], 2);
});

Deno.test("texts without a statement pass", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  for (const text of ["", " \n", "-- nothing", "/* x */", ";"]) {
    assert.equal(session.run(text), "allow", text);
  }
  assert.equal(made.events.length, 0);
});

Deno.test("what is refused as text is refused as a prepare, and never runs", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  assert.equal(session.ask("DELETE FROM t", "prepare").action, "refuse");
  assert.equal(session.ask("DELETE FROM t WHERE id = ?", "prepare").action, "allow");
});

Deno.test("each run of a prepared statement is asked about again: blocks reach those prepared before", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  const prepare = session.ask("SELECT a FROM t WHERE id = ?", "prepare");
  assert.ok(prepare.action === "allow" && prepare.decideRun !== undefined);
  assert.equal(runOf(prepare).action, "allow");
  made.gate.setOverrides({
    blocks: [{
      id: "b",
      digest: digestOf("SELECT a FROM t WHERE id = ?"),
      reason: "slow",
      by: "ops",
      created_at: 0,
    }],
    break_glass: [],
    approved: [],
    learned: {},
  });
  assert.match(messageOf(runOf(prepare)), /blocked by ops: slow/);
});

Deno.test("a prepared statement is held when it runs, not when it is prepared", () => {
  using made = gateOf({ definition: { hold: ["drop-table"] } });
  const session = new ScriptedSession(made.gate);
  const prepare = session.ask("DROP TABLE t", "prepare");
  assert.ok(prepare.action === "allow");
  assert.equal(runOf(prepare).action, "hold");
});

Deno.test("with scoring of prepared statements off they pass, and what they set is followed all the same", () => {
  using made = gateOf({ scorePrepared: false });
  const session = new ScriptedSession(made.gate);
  assert.equal(session.ask("DELETE FROM t", "prepare").action, "allow");
  const prepare = session.ask("SET sql_mode = 'ANSI_QUOTES'", "prepare");
  assert.ok(prepare.action === "allow");
  const run = runOf(prepare);
  assert.ok(run.action === "allow" && run.barrier === true);
  run.done?.(outcomeOf());
  // As a name it reads a column, which restricts nothing; as a string it would be a condition that is never true.
  assert.equal(session.run('DELETE FROM t WHERE "id"'), "refuse");
});

Deno.test("commands without SQL are judged as the statements they come to", () => {
  using made = gateOf({
    definition: { deny: ["server/kill", "ddl/create-database"], tables: { deny: ["secrets"] } },
  });
  const session = new ScriptedSession(made.gate);
  assert.equal(session.ask("shop2", "init_db").action, "allow");
  assert.equal(session.ask("shop", "drop_db").action, "refuse");
  assert.equal(session.ask("a`b; x", "create_db").action, "refuse");
  assert.equal(session.ask("12", "process_kill").action, "refuse");
  assert.equal(session.ask("", "shutdown").action, "refuse");
  assert.equal(session.ask("128", "refresh").action, "refuse", "RESET BINARY LOGS");
  assert.equal(session.ask("16", "refresh").action, "allow", "FLUSH STATUS");
  assert.equal(session.ask("secrets", "field_list").action, "refuse");
  assert.equal(session.ask("orders", "field_list").action, "allow");
  assert.match(messageOf(session.ask("", "binlog_dump")), /S026 binary-log-read/);
  assert.ok(made.events.some(({ command, action }) => command === "binlog_dump" && action === "refuse"));
  assert.equal(session.ask("other", "change_user").action, "allow");
  assert.equal(session.ask("0", "set_option").action, "allow");
});

Deno.test("monitor mode refuses and holds nothing, and records what it would have done", () => {
  using made = gateOf({ mode: "monitor", definition: { hold: ["drop-table"] } });
  const session = new ScriptedSession(made.gate);
  assert.equal(session.run("DELETE FROM t"), "allow");
  assert.equal(session.run("DROP TABLE t"), "allow");
  assert.deepEqual(made.events.map(({ action }) => action), ["would_refuse", "would_hold"]);
  assert.equal(made.gate.counts().decisions["would_refuse"], 1);
});

Deno.test("a role is chosen by the current schema, and again when that changes within one text", () => {
  const roles = [{ name: "ledger", match: { schemas: ["ledger"] }, deny: ["dml/update"] }];
  using made = gateOf({ definition: { roles } });
  const session = new ScriptedSession(made.gate);
  assert.equal(session.run("UPDATE t SET a = 1 WHERE id = 1"), "allow");
  assert.equal(session.run("USE ledger; UPDATE t SET a = 1 WHERE id = 1"), "refuse");
  assert.equal(session.run("USE ledger"), "allow");
  assert.equal(session.run("UPDATE t SET a = 1 WHERE id = 1"), "refuse");
  session.view.schema = "elsewhere";
  assert.equal(session.run("UPDATE t SET a = 1 WHERE id = 1"), "allow");
});

Deno.test("a text that used schemas and failed leaves the session in any of them, until it is told again", () => {
  const roles = [{ name: "app", match: { users: ["app"] }, tables: { deny: ["ledger.*"] } }];
  using made = gateOf({ definition: { roles } });
  const failed = { result: "error", errno: 1054 } as const;
  const statement = "SELECT a FROM t WHERE id = 1";
  const inLedger = () => {
    const session = new ScriptedSession(made.gate);
    assert.equal(session.run("USE ledger; USE shop; SELECT 1", failed), "allow");
    assert.equal(session.run(statement), "refuse");
    return session;
  };
  assert.equal(inLedger().ask(statement, "prepare").action, "refuse");
  for (const sql of ["USE shop", "USE ledger; USE shop", "SELECT 1; USE other"]) {
    const session = inLedger();
    assert.equal(session.run("SELECT 1"), "allow");
    assert.equal(session.run(sql), "allow");
    assert.equal(session.run(statement), "allow", sql);
  }
  const told = inLedger();
  told.view.schema = "elsewhere";
  assert.equal(told.run(statement), "allow");
  const many = new ScriptedSession(made.gate);
  many.run(Array.from({ length: 30 }, (_, index) => `USE s${index}`).join("; ") + "; USE ledger", failed);
  assert.equal(many.run(statement), "refuse");
  // A single statement that fails has done nothing.
  const single = new ScriptedSession(made.gate);
  assert.equal(single.run("USE ledger", failed), "allow");
  assert.equal(single.run(statement), "allow");
});

Deno.test("a role's limits on responses replace the configuration's one by one", () => {
  using made = gateOf({ definition: { limits: { rows: 10 } } });
  const decision = new ScriptedSession(made.gate).ask("SELECT a FROM t WHERE id = 1");
  assert.deepEqual(decision.action === "allow" && decision.limits, {
    responseBytes: 1000,
    windowBytes: 5000,
    rows: 10,
  });
});

Deno.test("a statement that cannot be judged is refused, and the log has why", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  session.run("SELECT 1");
  Object.defineProperty(session.view, "status", {
    get() {
      throw new Error("broken");
    },
  });
  assert.match(messageOf(session.ask("SELECT 1")), /could not be judged/);
  assert.deepEqual(made.logged, ["statement could not be judged"]);
});

Deno.test("score says of a text what the wire would do with it", () => {
  using made = gateOf({
    definition: { roles: [{ name: "reader", match: { users: ["r*"] }, deny: ["dml/*"] }] },
  });
  const deletion = made.gate.score({ sql: "DELETE FROM t" });
  assert.equal(deletion.action, "refuse");
  assert.equal(deletion.score, 95);
  assert.equal(deletion.statements[0]?.findings[0]?.code, "D001");
  assert.match(deletion.statements[0]?.digest ?? "", /^[0-9a-f]{64}$/);
  assert.equal(made.gate.score({ sql: "SET @q = 'DELETE FROM t'; PREPARE s FROM @q" }).action, "refuse");
  assert.equal(made.gate.score({ sql: "SELECT 1" }).action, "allow");
  const reader = made.gate.score({ sql: "INSERT INTO t VALUES (1)", user: "rita" });
  assert.deepEqual([reader.role, reader.action], ["reader", "refuse"]);
  assert.equal(
    made.gate.score({ sql: 'DELETE FROM t WHERE "id"', sql_mode: "ANSI_QUOTES" }).action,
    "refuse",
  );
});

/** MySQL's digest of a statement, as the gate itself tells it. */
function digestOf(sql: string): Digest {
  using made = gateOf();
  return made.gate.score({ sql }).statements[0]?.digest as Digest;
}

Deno.test("a statement with more tokens than are looked at is refused, for what stands behind them runs too", () => {
  using made = gateOf();
  const many = `DELETE FROM t WHERE id IN (${"1,".repeat(2 ** 22)}1) OR 1`;
  assert.match(messageOf(new ScriptedSession(made.gate).ask(many)), /M001 statement-not-recognised/);
});

Deno.test("a change that nests more deeply than is followed is refused", () => {
  using made = gateOf();
  const deep = `DELETE FROM t WHERE ${"id = 1 OR (".repeat(400)}1 = 1${")".repeat(400)}`;
  assert.match(messageOf(new ScriptedSession(made.gate).ask(deep)), /M001 statement-not-recognised/);
});

Deno.test("EXECUTE is decided on as what it runs: blocks and policies reach what PREPARE named before", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  assert.equal(session.run("PREPARE s FROM 'UPDATE t SET a = 1 WHERE id = ?'"), "allow");
  assert.equal(session.run("PREPARE other FROM 'UPDATE t SET b = 1 WHERE id = ?'"), "allow");
  assert.equal(session.run("EXECUTE s USING @a"), "allow");
  made.gate.setPolicy({ policy: policyOf({ deny: ["dml/update"] }) });
  for (const name of ["s", "S", "`s`", "other"]) {
    assert.equal(session.run(`EXECUTE ${name} USING @a`), "refuse", name);
  }
  assert.equal(session.run("EXECUTE unknown"), "allow");
  assert.equal(session.run("SELECT 1; EXECUTE s"), "refuse");
});

Deno.test("a PREPARE that fails, and names that collations may take for one another, leave every statement they may run", () => {
  using made = gateOf();
  const denied = { policy: policyOf({ deny: ["dml/update"] }) };
  const failed = new ScriptedSession(made.gate);
  failed.run("PREPARE s FROM 'UPDATE t SET a = 1 WHERE id = ?'");
  failed.run("PREPARE s FROM 'SELECT a FROM t WHERE id = ?'", { result: "error", errno: 1064 });
  const named = new ScriptedSession(made.gate);
  named.run("PREPARE `é` FROM 'UPDATE t SET a = 1 WHERE id = ?'");
  const anew = new ScriptedSession(made.gate);
  anew.run("PREPARE s FROM 'UPDATE t SET a = 1 WHERE id = ?'");
  anew.run("PREPARE s FROM 'SELECT a FROM t WHERE id = ?'");
  const reset = new ScriptedSession(made.gate);
  reset.run("PREPARE s FROM 'UPDATE t SET a = 1 WHERE id = ?'");
  const resetting = reset.ask("", "reset_connection");
  assert.ok(resetting.action === "allow");
  resetting.done?.(outcomeOf());
  made.gate.setPolicy(denied);
  assert.equal(failed.run("EXECUTE s"), "refuse");
  assert.equal(named.run("EXECUTE e"), "refuse");
  assert.equal(anew.run("EXECUTE s"), "allow");
  assert.equal(reset.run("EXECUTE s"), "allow");
  assert.equal(failed.run("PREPARE s FROM 'SELECT 1'; EXECUTE s"), "allow");
});
