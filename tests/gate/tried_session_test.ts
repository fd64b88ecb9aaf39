import assert from "node:assert/strict";
import fc from "fast-check";
import { createLogger } from "../../src/base/logger.ts";
import { createGate } from "../../src/gate/create_gate.ts";
import { score } from "../../src/gate/score.ts";
import { TriedSession, worstOf } from "../../src/gate/tried_session.ts";
import type { CommandOutcome, SessionView } from "../../src/proxy/decision.ts";
import { policyOf } from "../support/deciding.ts";

const VERSION = "8.4.0";
const POLICY = policyOf({
  roles: [
    {
      name: "shop",
      match: { schemas: ["shop"] },
      hold: ["destructive/*"],
      deny: ["ddl/*"],
      tables: { deny: ["secrets"] },
    },
    { name: "default", allow: ["select-star"], deny: ["dcl"] },
  ],
});
const OK: CommandOutcome = {
  result: "ok",
  errno: 0,
  durationMs: 1,
  bytes: 0,
  rows: 0,
  affectedRows: 0,
  status: 2,
  tracked: [],
};
const SUBJECT = { user: "app", schema: "", client: "10.0.0.1", serverVersion: VERSION };

/** A session of a gate, in which every text that is let pass succeeds. */
function gateSession() {
  const gate = createGate({
    mode: "enforce",
    policy: { policy: POLICY },
    scorePrepared: true,
    holdTimeoutMs: 60_000,
    auditOnFailure: "continue",
    auditStatements: "notable",
    auditLiterals: false,
    limits: { responseBytes: Infinity, windowBytes: Infinity, rows: Infinity },
    workers: 1,
    recorder: {
      record: () => true,
      state: () => ({ healthy: true, problem: null, lost: 0, pending: 0, evicted: 0 }),
    },
    logger: createLogger({ level: "error", format: "json", write: (line) => assert.fail(line) }),
  });
  const session: SessionView = {
    id: "S",
    user: SUBJECT.user,
    schema: SUBJECT.schema,
    client: { host: SUBJECT.client, port: 1 },
    attributes: new Map(),
    collation: 45,
    status: 2,
    multiStatements: true,
    ignoreSpace: false,
    serverVersion: VERSION,
  };
  const judge = gate.openJudge(session);
  return {
    close: () => gate.close(),
    send: (text: string) => {
      const decision = judge.decide({ command: "query", text: new TextEncoder().encode(text) });
      if (decision.action === "allow") decision.done?.(OK);
      return decision.action;
    },
  };
}

const statement = fc.constantFrom(
  "SELECT * FROM t",
  "SELECT a FROM secrets WHERE id = 1",
  "DELETE FROM t",
  'DELETE FROM "t"',
  "DELETE FROM t WHERE id = 1",
  "DROP TABLE t",
  "GRANT ALL ON *.* TO x",
  "USE shop",
  "USE other",
  "SET sql_mode = 'ANSI_QUOTES'",
  "SET sql_mode = ''",
  "SET sql_mode = @mode",
  "SET @s = 'DELETE FROM t'",
  "SET @s = 'SELECT 1'",
  "PREPARE p FROM @s",
  "EXECUTE IMMEDIATE 'TRUNCATE t'",
  "PREPARE p FROM 'DROP TABLE secrets'",
  "SELECT SLEEP(10)",
);

Deno.test("what is tried becomes what a session's texts become, one after the other", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      (texts) => {
        const tried = new TriedSession(POLICY, SUBJECT);
        const gate = gateSession();
        try {
          for (const statements of texts) {
            const text = statements.join("; ");
            const { statements: judged, refused } = tried.read(new TextEncoder().encode(text));
            const action = refused === undefined ? worstOf(judged)?.decision.action : "refuse";
            const wanted = gate.send(text);
            assert.equal(action === "warn" ? "allow" : action, wanted, text);
            if (wanted !== "allow") return; // What a refused text would have set, the session has not.
          }
        } finally {
          gate.close();
        }
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("a score tells the worst statement's action and reason, of texts that are run as well", () => {
  const answer = score({ sql: "SET @s = 'DELETE FROM t'; PREPARE p FROM @s", user: "app" }, POLICY, VERSION);
  assert.deepEqual([answer.action, answer.role], ["refuse", "default"]);
  assert.match(answer.reason, /^score \d+(\.\d)? is at or above block 90$/);
  assert.ok(answer.statements.some(({ kind, action }) => kind === "delete" && action === "refuse"));
  assert.deepEqual(score({ sql: " " }, POLICY, VERSION), {
    score: 0,
    level: "info",
    action: "allow",
    role: "default",
    reason: "",
    statements: [],
    omitted: 0,
  });
  assert.equal(score({ sql: "DELETE FROM t", schema: "shop" }, POLICY, VERSION).action, "hold");
});

Deno.test("an answer about a long text stays short, and has what scores highest", () => {
  const sql = Array.from(
    { length: 20_000 },
    (_, at) => at === 19_000 ? "DELETE FROM t" : "SELECT * FROM a, b, c",
  ).join(";\n");
  const answer = score({ sql }, POLICY, VERSION);
  assert.equal(answer.statements.length + answer.omitted, 20_000);
  assert.ok(answer.omitted > 19_000);
  assert.ok(answer.statements.some(({ score }) => score === answer.score));
  assert.equal(answer.statements.at(-1)?.normalized.startsWith("DELETE"), true);
  assert.ok(JSON.stringify(answer).length < 500_000);
  const wide = score(
    { sql: `SELECT ${Array.from({ length: 50_000 }, (_, at) => `c${at}`).join(", ")}` },
    POLICY,
    VERSION,
  );
  assert.ok(JSON.stringify(wide).length < 50_000);
});
