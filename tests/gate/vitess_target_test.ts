/** What a Vitess session works on is a fact that roles match, and no way to another role. */
import assert from "node:assert/strict";
import { UserSlots } from "../../src/proxy/user_slots.ts";
import type { PolicyDefinition } from "../../src/contract/policy_file.ts";
import { gateOf, messageOf, ScriptedSession } from "./_gate.ts";

const VITESS = "8.4.6-Vitess";
const DELETE = "DELETE FROM t WHERE id = 1";

function session(
  definition: Partial<PolicyDefinition>,
  view: ConstructorParameters<typeof ScriptedSession>[1] = {},
) {
  const made = gateOf({ definition });
  return new ScriptedSession(made.gate, { serverVersion: VITESS, ...view });
}

Deno.test("a target behind a login's name leads to no other role, and past no limit of the user", () => {
  const roles = [
    { name: "admin", match: { users: ["*admin*"] } },
    { name: "app", match: { users: ["app"] }, deny: ["dml/*"] },
  ];
  const names = [
    "app",
    "app|shop@replica",
    "app|shop:-80@rdonly|zone1-100|olap",
    "app|",
    "app||||",
    "app|admin_shop",
  ];
  for (const user of names) {
    assert.match(messageOf(session({ roles }, { user }).ask(DELETE)), /denied for role app/, user);
  }
  assert.equal(
    session({ roles }, { user: "app|x", serverVersion: "9.7.0" }).run(DELETE),
    "allow",
    "MySQL's own name",
  );
  const slots = new UserSlots(1);
  slots.add("app", 1);
  assert.equal(slots.hasRoom("app|shop@replica"), false);
});

Deno.test("roles match targets in one form, from the login, from USE and prepared", () => {
  const roles = [
    { name: "replicas", match: { targets: ["*@replica*"] }, deny: ["*"] },
    { name: "shards", match: { targets: ["*:*"] }, deny: ["*"] },
  ];
  for (
    const [view, role] of [
      [{ schema: "shop@replica" }, "replicas"],
      [{ schema: "@REPLICA" }, "replicas"],
      [{ schema: "", user: "app|shop@replica|zone1-100" }, "replicas"],
      [{ schema: "shop:-80" }, "shards"],
      [{ schema: "shop/80-@primary" }, "shards"],
    ] as const
  ) assert.match(messageOf(session({ roles }, view).ask("SELECT 1")), new RegExp(`denied for role ${role}`));
  const moving = session({ roles });
  assert.equal(moving.run("SELECT 1"), "allow");
  assert.match(messageOf(moving.ask("USE `shop@replica`")), /denied for role replicas/);
  assert.match(messageOf(moving.ask("SELECT 1; USE `shop:-80`")), /denied for role shards/);
  assert.equal(moving.run("SELECT 1"), "allow", "it was refused, so nothing has changed");
  assert.equal(
    session({ roles }, { schema: "shop@replica", serverVersion: "9.7.0" }).run("SELECT 1"),
    "allow",
  );
});

Deno.test("roles match the workload, however a session has come by it", () => {
  const roles = [{ name: "analysts", match: { workloads: ["olap"] }, deny: ["*"] }];
  const refused = (one: ScriptedSession, text: string) =>
    assert.match(messageOf(one.ask(text)), /\* is denied for role analysts/, text);
  refused(session({ roles }, { user: "app|||olap" }), "SELECT 1");
  for (
    const text of [
      "SET workload = 'olap'",
      "SET SESSION workload = OLAP",
      "SET @@workload = olap, autocommit = 1",
      "SET workload = @x",
      "SET workload = 'oltp'; SET workload = 'olap'",
    ]
  ) refused(session({ roles }), text);
  const plain = session({ roles });
  assert.equal(plain.run("SET workload = 'oltp'"), "allow");
  assert.equal(plain.run("SELECT 1"), "allow");
  const open = session({ roles: [{ ...roles[0]!, deny: ["dml/*"] }] });
  assert.equal(open.run("SET workload = 'olap'"), "allow");
  refused2(open.ask(DELETE));
  assert.equal(open.run("SET workload = 'oltp'"), "allow");
  assert.equal(open.run(DELETE), "allow");
});

function refused2(decision: Parameters<typeof messageOf>[0]): void {
  assert.match(messageOf(decision), /dml\/\* is denied for role analysts/);
}
