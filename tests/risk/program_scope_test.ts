import assert from "node:assert/strict";
import { DEFAULT_RISK_OPTIONS } from "../../src/risk/options.ts";
import { TextJudge } from "../../src/risk/text_judge.ts";

const judge = new TextJudge({ ...DEFAULT_RISK_OPTIONS, rules: new Set(["D001", "D003", "D005"]) });

/** Codes and scores of a statement's findings. */
function found(sql: string): string[] {
  const { statements } = judge.judgeExactly(new TextEncoder().encode(sql));
  return statements.flatMap(({ findings }) => findings.map(({ rule, score }) => `${rule.code} ${score}`));
}

Deno.test("OLD and NEW are a trigger's rows, not the table's columns", () => {
  for (const event of ["INSERT", "UPDATE", "DELETE"]) {
    const trigger = (body: string) => `CREATE TRIGGER d AFTER ${event} ON film FOR EACH ROW ${body}`;
    const row = event === "INSERT" ? "NEW" : "OLD";
    for (
      const condition of [
        `film_id = ${row}.film_id`,
        `${row}.film_id = film_id`,
        `t.film_id = ${row}.film_id`,
      ]
    ) {
      assert.deepEqual(found(trigger(`DELETE FROM t WHERE ${condition}`)), [], condition);
      assert.deepEqual(
        found(trigger(`BEGIN SET @a = 1; DELETE FROM t WHERE ${condition}; END`)),
        [],
        condition,
      );
    }
    assert.match(found(trigger("DELETE FROM t WHERE film_id = film_id")).join(), /D003/);
    assert.match(found(trigger(`DELETE FROM t WHERE ${row}.a = ${row}.a`)).join(), /D003/);
  }
  // Where there is no trigger, a table may have these names.
  assert.match(found("DELETE new FROM t AS new WHERE id = new.id").join(), /D003/);
});

Deno.test("a name is a parameter or variable before it is a column, as MySQL resolves it", () => {
  const cases: [string, boolean][] = [
    ["CREATE PROCEDURE p(id INT) DELETE FROM t WHERE t.id = id", false],
    ["CREATE PROCEDURE p(IN a INT, INOUT `Id` DECIMAL(10, 2)) DELETE FROM t WHERE t.id = id", false],
    ["CREATE PROCEDURE p() BEGIN DECLARE x, id INT; DELETE FROM t WHERE t.id = id; END", false],
    ["CREATE FUNCTION f(id INT) RETURNS INT BEGIN DELETE FROM t WHERE t.id = id; RETURN 1; END", false],
    // Both are the parameter.
    ["CREATE PROCEDURE p(id INT) DELETE FROM t WHERE id = id", true],
    ["CREATE PROCEDURE p(id INT) DELETE FROM t WHERE t.id = t.id", true],
    // There is no such parameter: MySQL takes the column.
    ["CREATE PROCEDURE p(other INT) DELETE FROM t WHERE t.id = id", true],
    ["CREATE PROCEDURE p() BEGIN DECLARE other INT; DELETE FROM t WHERE t.id = id; END", true],
    ["CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t WHERE t.id = id", true],
  ];
  for (const [sql, fires] of cases) {
    assert.equal(found(sql).some((one) => one.startsWith("D003")), fires, sql);
  }
});

Deno.test("a table that a routine makes TEMPORARY is meant where the routine drops it", () => {
  const routine = (body: string) => found(`CREATE PROCEDURE p() BEGIN ${body} END`);
  const create = "CREATE TEMPORARY TABLE tmp (a INT);";
  for (
    const body of [
      `${create} DROP TABLE tmp;`,
      `DROP TABLE IF EXISTS tmp; ${create}`,
      `${create} DELETE FROM tmp;`,
    ]
  ) {
    for (const one of routine(body)) assert.ok(Number(one.split(" ")[1]) < 40, `${body}: ${one}`);
  }
  assert.match(routine(`${create} DROP TABLE other;`).join(), /D005 [89]\d/);
  assert.match(routine("CREATE TABLE tmp (a INT); DROP TABLE tmp;").join(), /D005 [89]\d/);
});
