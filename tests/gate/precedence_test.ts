import type { Digest } from "../../src/contract/digest.ts";
import type { Overrides } from "../../src/contract/override.ts";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { PolicyDefinition } from "../../src/contract/policy_file.ts";
import { gateOf, NOTHING, policyOf, ScriptedSession } from "./_gate.ts";

const SQL = "DROP TABLE t";

/** Everything that may have a say in one statement. */
interface Situation {
  readonly unaudited: boolean;
  readonly blocked: boolean;
  readonly approved: boolean;
  /** What the policy does with it: `deny` by name, `refuse` and `hold` by score or selector. */
  readonly policy: "allow" | "hold" | "refuse" | "deny" | "unlearned";
  readonly pastLimit: boolean;
  readonly break_glass: boolean;
  readonly monitor: boolean;
}

const POLICIES: Readonly<Record<Situation["policy"], Partial<PolicyDefinition>>> = {
  allow: { allow: ["drop-table"] },
  hold: { hold: ["drop-table"] },
  refuse: { thresholds: { block: 50 } },
  deny: { deny: ["ddl/drop-table"] },
  unlearned: { roles: [{ name: "default", only: "learned" }] },
};

/** The order of precedence, as it is written down. */
function expected(of: Situation): string {
  if (of.unaudited) return "refuse";
  const lifted = (action: string) => of.monitor ? `would_${action}` : action;
  if (of.blocked) return lifted("refuse");
  let action = of.policy === "deny" || of.policy === "unlearned" ? "refuse" : of.policy;
  if (of.approved && of.policy !== "deny") action = "allow";
  if (action !== "allow") return of.break_glass ? `would_${action}` : lifted(action);
  if (of.pastLimit) return of.break_glass || of.monitor ? "would_refuse" : "refuse";
  return "allow";
}

Deno.test("decisions keep their order of precedence, in every combination", () => {
  const digest = digestOf(SQL);
  fc.assert(
    fc.property(
      fc.record<Situation>({
        unaudited: fc.boolean(),
        blocked: fc.boolean(),
        approved: fc.boolean(),
        policy: fc.constantFrom("allow", "hold", "refuse", "deny", "unlearned"),
        pastLimit: fc.boolean(),
        break_glass: fc.boolean(),
        monitor: fc.boolean(),
      }),
      (situation) => {
        const definition = { ...POLICIES[situation.policy], limits: { statements_per_second: 1 } };
        using made = gateOf({
          definition,
          mode: situation.monitor ? "monitor" : "enforce",
          auditOnFailure: "refuse",
        });
        const session = new ScriptedSession(made.gate);
        const common = { id: "X", reason: "why", by: "who", created_at: 0, until: made.clock.time + 1000 };
        const overrides: Overrides = {
          ...NOTHING,
          blocks: situation.blocked ? [{ ...common, digest }] : [],
          approved: situation.approved ? [{ ...common, digest, role: "default", tables: ["shop.t"] }] : [],
          break_glass: situation.break_glass ? [{ ...common, role: "default" }] : [],
          learned: { default: [digestOf("SELECT 1")] },
        };
        made.gate.setOverrides(overrides);
        if (situation.pastLimit) session.run("SELECT 1");
        made.audit.healthy = !situation.unaudited;
        made.events.length = 0;
        // The recorder's state is looked at once a second.
        if (situation.unaudited) made.clock.time += 1000;
        const { action } = session.ask(SQL);
        const want = expected(situation);
        assert.equal(action, want === "refuse" || want === "hold" ? want : "allow");
        if (situation.unaudited) return;
        const recorded = made.events.map((event) => event.action);
        const silent = want === "allow" && (!situation.approved || situation.policy === "allow");
        if (silent) assert.deepEqual(recorded, []);
        else assert.ok(recorded.some((action) => action === want), `${want} among ${recorded}`);
      },
    ),
    { numRuns: 400 },
  );
});

Deno.test("overrides end when their time has come, without anybody saying so", () => {
  using made = gateOf();
  const session = new ScriptedSession(made.gate);
  const until = made.clock.time + 1000;
  const common = { id: "X", reason: "why", by: "who", created_at: 0, until };
  made.gate.setOverrides({ ...NOTHING, break_glass: [{ ...common, role: "default" }] });
  assert.equal(session.run("DELETE FROM t"), "allow");
  assert.equal(made.events.at(-1)?.detail?.["break_glass"], "X");
  made.clock.time = until;
  assert.equal(session.run("DELETE FROM t"), "refuse");
  made.gate.setOverrides({
    ...NOTHING,
    blocks: [{ ...common, until: until + 1000, digest: digestOf("SELECT 1") }],
  });
  assert.equal(session.run("SELECT 1"), "refuse");
  made.clock.time = until + 1000;
  assert.equal(session.run("SELECT 1"), "allow");
});

Deno.test("break-glass and approvals are one role's alone", () => {
  using made = gateOf({ definition: { roles: [{ name: "batch", match: { users: ["batch"] } }] } });
  const common = { id: "X", reason: "why", by: "who", created_at: 0, until: made.clock.time + 1000 };
  const batch = new ScriptedSession(made.gate, { user: "batch" });
  const other = new ScriptedSession(made.gate);
  made.gate.setOverrides({ ...NOTHING, break_glass: [{ ...common, role: "batch" }] });
  assert.deepEqual([batch.run("DELETE FROM t"), other.run("DELETE FROM t")], ["allow", "refuse"]);
  made.gate.setOverrides({
    ...NOTHING,
    approved: [{ ...common, role: "batch", tables: ["shop.t"], digest: digestOf("DELETE FROM t") }],
  });
  assert.deepEqual([batch.run("DELETE FROM t"), other.run("DELETE FROM t")], ["allow", "refuse"]);
  assert.equal(batch.run("DELETE FROM u"), "refuse", "another digest");
});

Deno.test("a digest is blocked wherever it stands: among others, prepared, or as a text that is run", () => {
  using made = gateOf();
  const common = { id: "X", reason: "why", by: "who", created_at: 0 };
  made.gate.setOverrides({
    ...NOTHING,
    blocks: [{ ...common, digest: digestOf("SELECT a FROM t WHERE id = 1") }],
  });
  const session = new ScriptedSession(made.gate);
  for (
    const sql of [
      "select  a from t where id = 99",
      "SELECT 1; SELECT a FROM t WHERE id = 1",
      "PREPARE s FROM 'SELECT a FROM t WHERE id = ?'",
      "SET @q = 'SELECT a FROM t WHERE id = 5'; PREPARE s FROM @q",
    ]
  ) assert.equal(session.run(sql), "refuse", sql);
  assert.equal(session.ask("SELECT a FROM t WHERE id = ?", "prepare").action, "refuse");
});

Deno.test("a role of learned statements takes the rest for refused, until it is learned", () => {
  using made = gateOf({
    definition: { roles: [{ name: "app", only: "learned", match: { users: ["app"] } }] },
  });
  const session = new ScriptedSession(made.gate);
  assert.equal(session.run("SELECT 1"), "refuse");
  made.gate.setOverrides({ ...NOTHING, learned: { app: [digestOf("SELECT 1")] } });
  assert.equal(session.run("SELECT 1"), "allow");
  assert.equal(session.run("SELECT 2 FROM t WHERE id = 1"), "refuse");
});

Deno.test("a role runs no more statements a second than it may, over any times, and workers share that", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60 }),
      fc.constantFrom(1, 2, 5),
      fc.constantFrom(1, 2),
      (pauses, perSecond, workers) => {
        using made = gateOf({ definition: { limits: { statements_per_second: perSecond } }, workers });
        const session = new ScriptedSession(made.gate);
        const started = made.clock.time;
        let passed = 0;
        for (const pause of pauses) {
          made.clock.time += pause;
          if (session.run("SELECT 1") === "allow") passed++;
        }
        const share = perSecond / workers;
        const most = Math.max(1, share) + (made.clock.time - started) / 1000 * share;
        assert.ok(passed <= most + 1e-9, `${passed} of at most ${most}`);
        assert.equal(made.gate.counts().limited["statements_per_second"], pauses.length - passed);
        const seconds = (made.clock.time - started) / 1000 + 1;
        assert.ok(made.events.length <= seconds, "a flood is not one in the audit");
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("a shadow policy changes nothing, and where it differs is counted and listed", () => {
  using made = gateOf();
  const shadow = gateShadow();
  made.gate.setPolicy(shadow);
  const session = new ScriptedSession(made.gate);
  assert.equal(session.run("DELETE FROM t WHERE id = 1"), "allow");
  assert.equal(session.run("DELETE FROM t WHERE id = 2"), "allow");
  assert.equal(session.run("SELECT 1"), "allow");
  assert.equal(session.run("DELETE FROM t"), "refuse");
  assert.deepEqual(made.gate.counts().shadowDiffers, { "allow>refuse": 2 });
  const [difference, ...others] = made.gate.shadowDifferences();
  assert.deepEqual(others, []);
  assert.equal(difference?.sql, "DELETE FROM `t` WHERE `id` = ?");
  assert.equal(difference?.to, "refuse");
});

function gateShadow() {
  return { policy: policyOf(), shadow: policyOf({ deny: ["dml/delete"] }) };
}

function digestOf(sql: string): Digest {
  using made = gateOf();
  return made.gate.score({ sql }).statements[0]?.digest as Digest;
}
