import assert from "node:assert/strict";
import { builtInPolicy } from "../../../src/risk/policy/compile.ts";
import { ANYONE, decide, policyOf, viewOf } from "../../support/deciding.ts";

const DELETE = "DELETE FROM t";

Deno.test("the built-in policy refuses what is critical, warns of what is high, and lets the rest pass", () => {
  const role = builtInPolicy(false).roleFor(ANYONE);
  const refused = role.decide(viewOf(DELETE), "appdb", undefined);
  assert.equal(refused.action, "refuse");
  assert.equal(refused.reason, `score ${refused.score} is at or above block 90`);
  assert.equal(refused.decidedBy?.rule.name, "delete-without-where");
  assert.equal(role.decide(viewOf("DELETE FROM t WHERE id = 1"), "", undefined).action, "allow");
  assert.equal(role.decide(viewOf("SELECT 1"), "", undefined).reason, "");
});

Deno.test("a rule that is allowed does not count, by code, name, group or letter", () => {
  for (
    const word of [
      "D001",
      "delete-without-where",
      "destructive",
      "Destructive/*",
      "D",
      "destructive/delete-*",
    ]
  ) {
    const decision = decide(DELETE, { allow: [word] });
    assert.equal(decision.action, "allow", word);
    assert.ok(decision.findings.every(({ rule }) => rule.code !== "D001"));
  }
});

Deno.test("a digest that is allowed passes holds and thresholds, and not what is denied", () => {
  const { digest } = viewOf(DELETE);
  assert.equal(decide(DELETE, { allow: [digest] }).action, "allow");
  assert.equal(decide(DELETE, { allow: [digest.toUpperCase()], hold: ["D001", "dml"] }).action, "allow");
  assert.equal(decide(DELETE, { allow: [digest], deny: ["dml/delete"] }).action, "refuse");
});

Deno.test("denied kinds, rules and digests say which word denied them", () => {
  const role = { name: "reporting", match: { users: ["app"] } };
  const of = (text: string, deny: string[]) => decide(text, { roles: [{ ...role, deny }] });
  assert.equal(of("CREATE TABLE t (id INT)", ["ddl/*"]).reason, "ddl/* is denied for role reporting");
  assert.equal(of("CREATE TABLE t (id INT)", ["ddl/drop-*"]).action, "allow");
  const byRule = of("SELECT * FROM t", ["select-star"]);
  assert.equal(byRule.action, "refuse");
  assert.equal(byRule.decidedBy?.rule.name, "select-star");
  const { digest } = viewOf("SELECT 1");
  assert.equal(of("SELECT 2", [digest]).reason, `${digest} is denied for role reporting`);
});

Deno.test("a statement that is prepared from a text counts as what it is", () => {
  assert.equal(decide("PREPARE s FROM 'CREATE TABLE t (id INT)'", { deny: ["ddl/*"] }).action, "refuse");
});

Deno.test("held rules wait for an approver in place of block, and soften no other rule", () => {
  assert.equal(decide(DELETE, { hold: ["destructive/*"] }).action, "hold");
  assert.equal(decide(DELETE, { hold: ["destructive/*"] }).reason, "destructive/* is held for role default");
  assert.equal(decide("INSERT INTO t (a) VALUES (1)", { hold: ["dml/insert"] }).action, "hold");
  const both = "INSERT INTO mysql.user SELECT * FROM t";
  assert.equal(decide(both, {}).action, "refuse");
  assert.equal(decide(both, { hold: ["select-star"] }).action, "refuse");
});

Deno.test("tables that are denied or read-only, in the session's schema and in any other", () => {
  const tables = { deny: ["appdb.secrets"], read_only: ["ledger*"] };
  const of = (text: string, schema = "appdb") => decide(text, { tables }, { ...ANYONE, schema });
  assert.equal(
    of("SELECT a FROM secrets WHERE id = 1").reason,
    "table appdb.secrets is denied for role default",
  );
  assert.equal(of("SELECT a FROM secrets WHERE id = 1", "other").action, "allow");
  assert.equal(of("SELECT a FROM secrets WHERE id = 1", "").action, "refuse", "an unknown schema may be any");
  assert.equal(of("SELECT a FROM AppDB.Secrets WHERE id = 1", "other").action, "refuse");
  assert.equal(of("SELECT a FROM x.ledger_1 WHERE id = 1").action, "allow");
  assert.equal(
    of("UPDATE x.ledger_1 SET a = 1 WHERE id = 1").reason,
    "table x.ledger_1 is read-only for role default",
  );
  for (
    const text of [
      "INSERT INTO t (a) SELECT a FROM secrets WHERE id = 1",
      "RENAME TABLE secrets TO s",
      "RENAME TABLE t TO ledger",
      "ALTER TABLE t RENAME TO ledger",
      "CREATE TABLE t LIKE secrets",
      "HANDLER secrets OPEN",
      "TABLE secrets",
      "DROP DATABASE appdb",
      "GRANT SELECT ON appdb.* TO 'x'@'y'",
      "GRANT SELECT ON secrets TO 'x'@'y'",
      "EXECUTE IMMEDIATE 'SELECT a FROM secrets WHERE id = 1'",
      "PREPARE s FROM @text",
      "CREATE PROCEDURE p() SELECT a FROM secrets",
      "CREATE TABLE m (a INT) ENGINE = MERGE UNION = (secrets)",
      "STREAM * FROM secrets",
      "EXPLAIN DELETE FROM secrets",
      "IMPORT TABLE FROM 'secrets.sdi'",
      "GRANT SELECT ON *.* TO 'x'@'y'",
      "GRANT reader TO 'x'@'y'",
      "WITH secrets AS (SELECT * FROM secrets) SELECT * FROM secrets",
      "INSERT INTO t (a) VALUES ((SELECT a FROM secrets LIMIT 1))",
      "DELETE FROM t USING t, secrets WHERE t.id = secrets.id",
    ]
  ) assert.equal(of(text).action, "refuse", text);
  assert.equal(decide("PREPARE s FROM @text", {}).reason.includes("table"), false, "no rules, no doubt");
  assert.equal(of("WITH secrets AS (SELECT 1 AS a) SELECT a FROM secrets").action, "allow");
  assert.equal(of("LOCK TABLES ledger READ").action, decide("LOCK TABLES ledger READ", {}).action);
  assert.equal(of("LOCK TABLES ledger WRITE").action, "refuse");
});

Deno.test("a keyspace that is named with a shard or a type of tablet is the same schema", () => {
  const definition = {
    tables: { deny: ["appdb.secrets"] },
    roles: [{ name: "app", match: { schemas: ["appdb"] }, deny: ["ddl"] }],
  };
  for (const schema of ["appdb", "appdb@replica", "appdb/-80", "appdb:-80@rdonly", "APPDB@primary"]) {
    const subject = { ...ANYONE, schema };
    assert.equal(decide("SELECT a FROM secrets WHERE id = 1", definition, subject).action, "refuse", schema);
    assert.equal(policyOf(definition).roleFor(subject).name, "app", schema);
  }
  assert.equal(policyOf(definition).roleFor({ ...ANYONE, schema: "appdb2@replica" }).name, "default");
});

Deno.test("a role of learned statements refuses the rest, and denies first", () => {
  const policy = policyOf({ roles: [{ name: "default", only: "learned", deny: ["ddl/*"] }] });
  const role = policy.roleFor(ANYONE);
  const view = viewOf("SELECT a FROM t WHERE id = 1");
  assert.equal(role.decide(view, "", new Set([view.digest])).action, "allow");
  const other = role.decide(view, "", new Set());
  assert.equal(other.action, "refuse");
  assert.equal(other.reason, "not in the learned statements of role default");
  assert.equal(role.decide(view, "", undefined).action, "refuse");
  const ddl = viewOf("CREATE TABLE t (id INT)");
  assert.equal(role.decide(ddl, "", new Set([ddl.digest])).reason, "ddl/* is denied for role default");
  const risky = viewOf(DELETE);
  assert.equal(role.decide(risky, "", new Set([risky.digest])).action, "refuse", "thresholds still hold");
});

Deno.test("the settings of the rules follow the server's own word on what it is", () => {
  const policy = policyOf({ risk: { target: "auto", sharded: true, ignore: ["select-star"] } });
  assert.equal(policy.riskOptions("8.0.40-Vitess").target, "vitess");
  assert.equal(builtInPolicy(true).riskOptions("8.0.40-Vitess").target, "planetscale");
  assert.equal(policy.riskOptions("9.7.0").target, "mysql");
  assert.equal(policy.riskOptions("5.5.5-10.11.6-MariaDB").serverVersion, 101106);
  assert.equal(policy.riskOptions("9.7.0"), policy.riskOptions("9.7.0-commercial"));
  assert.ok(policy.riskOptions("9.7.0").sharded);
  assert.ok(policy.riskOptions("9.7.0").ignored.has("P001"));
});

Deno.test("limits are bytes and rows, 0 is none, and a role's stand before those of all", () => {
  const policy = policyOf({
    limits: { response_mb: 10, rows: 5, window_mb: 0 },
    roles: [{ name: "a", match: { users: ["app"] }, limits: { response_mb: 1, statements_per_second: 7 } }],
  });
  assert.deepEqual({ ...policy.roleFor(ANYONE).limits }, {
    responseBytes: 1024 * 1024,
    windowBytes: Infinity,
    rows: 5,
    statementsPerSecond: 7,
  });
  assert.deepEqual({ ...policy.roleFor({ ...ANYONE, user: "x" }).limits }, {
    responseBytes: 10 * 1024 * 1024,
    windowBytes: Infinity,
    rows: 5,
  });
});
