import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS } from "../../../src/risk/options.ts";
import { TextJudge } from "../../../src/risk/text_judge.ts";
import { analyse } from "../../../src/sql/analyser/analyse.ts";
import { DEFAULT_SQL_OPTIONS } from "../../../src/sql/options.ts";
import { StatementReader } from "../../../src/sql/splitter/statement_reader.ts";
import type { Statement } from "../../../src/sql/statement.ts";
import { generateBody } from "../../support/body_generator.ts";
import { Random } from "../../support/random.ts";

const encoder = new TextEncoder();

function statementsOf(text: string): Statement[] {
  const bytes = encoder.encode(text);
  const reader = new StatementReader();
  const statements: Statement[] = [];
  for (let at = 0; reader.next(bytes, at, bytes.length, true); at = reader.resumeAt) {
    statements.push(analyse(bytes, reader.tokens, DEFAULT_SQL_OPTIONS));
  }
  return statements;
}

function writesOf(statement: Statement): string[] {
  return [
    ...statement.writes.map(({ table }) => table.name.text),
    ...statement.nested.flatMap(({ statement: inner }) => writesOf(inner)),
  ];
}

function judged(text: string) {
  const verdict = new TextJudge({ ...DEFAULT_RISK_OPTIONS, mode: "wire", target: "mysql" });
  return verdict.judge(encoder.encode(text));
}

Deno.test("a body ends where its grammar says, and each statement in it is looked at", () => {
  for (let seed = 0; seed < 2000; seed++) {
    const tables: string[] = [];
    const body = generateBody(new Random(seed), 1 + seed % 4, tables);
    const [program, next, ...others] = statementsOf(`CREATE PROCEDURE p() ${body}; SELECT 1`);
    assert.equal(others.length, 0, body);
    assert.equal(next?.kind, "select", body);
    assert.deepEqual(program === undefined ? [] : writesOf(program).sort(), tables.sort(), body);
    assert.ok(program?.nested.every(({ statement }) => statement.kind !== "unknown"), body);
  }
});

Deno.test("a body with more statements than anyone writes is looked at to its last", () => {
  const text = `CREATE PROCEDURE p() BEGIN ${"SET x = 1; ".repeat(5000)} DELETE FROM victim; END`;
  assert.ok(judged(text).score >= 90);
});

Deno.test("what a body evaluates beside its statements is judged: conditions, defaults, results, settings", () => {
  for (
    const text of [
      "CREATE FUNCTION f() RETURNS TEXT RETURN LOAD_FILE('/etc/passwd')",
      "CREATE PROCEDURE p() BEGIN DECLARE x TEXT DEFAULT LOAD_FILE('/etc/passwd'); END",
      "CREATE PROCEDURE p() IF LOAD_FILE('/etc/passwd') = 'x' THEN SELECT 1; END IF",
      "CREATE PROCEDURE p() BEGIN REPEAT SELECT 1; UNTIL LOAD_FILE('/etc/passwd') END REPEAT; END",
      "CREATE PROCEDURE p() BEGIN CASE LOAD_FILE('/etc/passwd') WHEN 1 THEN SELECT 1; END CASE; END",
      "CREATE PROCEDURE p() BEGIN DECLARE c CURSOR FOR SELECT LOAD_FILE('/etc/passwd'); END",
    ]
  ) {
    const codes = judged(text).statements.flatMap(({ findings }) => findings.map(({ rule }) => rule.code));
    assert.ok(codes.includes("S005"), text);
  }
  assert.ok(judged("CREATE PROCEDURE p() BEGIN SET PERSIST init_connect = 'DELETE FROM t'; END").score >= 90);
});

Deno.test("a body that is not understood whole is refused whole, and says from where", () => {
  for (
    const text of [
      "CREATE PROCEDURE p() IS BEGIN DELETE FROM victim; END",
      "CREATE PROCEDURE p() BEGIN <<l>> DELETE FROM victim; END",
      "CREATE PROCEDURE p() BEGIN FROBNICATE x; END",
      "CREATE PROCEDURE p() BEGIN IF x SELECT 1; END IF; END",
      "CREATE PROCEDURE p() BEGIN SELECT 1; END LOOP; END",
    ]
  ) {
    const verdict = judged(text);
    assert.ok(verdict.score >= 90, text);
    const messages = verdict.statements.flatMap(({ findings }) => findings)
      .filter(({ rule }) => rule.code === "M001").map(({ message }) => message);
    assert.match(messages.join("\n"), /not understood|does not recognize/, text);
  }
});

Deno.test("text within more texts than are followed is refused as unread", () => {
  let text = "DELETE FROM victim WHERE id = 1";
  for (let level = 0; level < 5; level++) text = `PREPARE s FROM '${text.replaceAll("'", "''")}'`;
  assert.ok(judged(text).score >= 90);
});
