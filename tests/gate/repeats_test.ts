import assert from "node:assert/strict";
import * as fc from "fast-check";
import { gateOf, messageOf, ScriptedSession } from "./_gate.ts";

const LOOPS = ["DROP TABLE t", "DELETE FROM t"];

Deno.test("a client in a loop leaves a record, and records of how often: none of its statements goes uncounted", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ sql: fc.constantFrom(...LOOPS), wait: fc.nat(3000) }), {
      minLength: 1,
      maxLength: 300,
    }),
    (asked) => {
      using made = gateOf({ definition: { deny: ["drop-table", "delete-without-where"] } });
      const session = new ScriptedSession(made.gate);
      const sent = new Map<string, number>();
      for (const { sql, wait } of asked) {
        made.clock.time += wait;
        assert.equal(session.run(sql), "refuse");
        sent.set(sql, (sent.get(sql) ?? 0) + 1);
      }
      made.gate.observer.ended(session.view, END);
      const statements = made.events.filter(({ type }) => type === "statement");
      const elapsed = asked.reduce((sum, { wait }) => sum + wait, 0);
      assert.ok(
        statements.length <= LOOPS.length * (2 + Math.floor(elapsed / 10_000)),
        `${statements.length}`,
      );
      const counted = new Map<string, number>();
      for (const { sql = "", about, detail } of statements) {
        const stands = Number(detail?.repeated ?? 0) + (about === undefined ? 1 : 0);
        counted.set(sql, (counted.get(sql) ?? 0) + stands);
      }
      const total = (counts: Map<string, number>) => [...counts.values()].sort();
      assert.deepEqual(total(counted), total(sent));
    },
  ));
});

const END = {
  cause: "client_quit",
  bytesFromClient: 0,
  bytesFromBackend: 0,
  statements: 0,
  refused: 0,
  durationMs: 0,
} as const;

Deno.test("a client is told an id that is on record, also for a repeat", () => {
  using made = gateOf({ definition: { deny: ["drop-table"] } });
  const session = new ScriptedSession(made.gate);
  for (let count = 0; count < 50; count++) {
    const [, id = ""] = /\[decision (\w+)\]/.exec(messageOf(session.ask("DROP TABLE t"))) ?? [];
    assert.ok(made.events.some((event) => event.id === id), id);
  }
  assert.equal(made.events.length, 1);
});

Deno.test("sessions, shapes and roles are counted each by itself, and with all statements recorded nothing is merged", () => {
  using made = gateOf({ definition: { deny: ["drop-table"] } });
  new ScriptedSession(made.gate).run("DROP TABLE t");
  new ScriptedSession(made.gate, { id: "S2" }).run("DROP TABLE t");
  new ScriptedSession(made.gate).run("DROP TABLE u");
  assert.equal(made.events.length, 3);
  using all = gateOf({ definition: { deny: ["drop-table"] }, auditStatements: "all" });
  const session = new ScriptedSession(all.gate);
  for (let count = 0; count < 5; count++) session.run("DROP TABLE t");
  assert.equal(all.events.length, 5);
});

Deno.test("what is remembered of a session is bounded, and what makes room is summed up", () => {
  using made = gateOf({ definition: { deny: ["drop-table"] } });
  const session = new ScriptedSession(made.gate);
  for (let shape = 0; shape < 150; shape++) {
    for (let count = 0; count < 3; count++) session.run(`DROP TABLE t${shape}`);
  }
  made.gate.observer.ended(session.view, END);
  const stands = made.events.filter(({ type }) => type === "statement")
    .reduce(
      (sum, { about, detail }) => sum + Number(detail?.repeated ?? 0) + (about === undefined ? 1 : 0),
      0,
    );
  assert.equal(stands, 450);
});
