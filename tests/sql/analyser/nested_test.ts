import assert from "node:assert/strict";
import { statementOf, writesOf } from "./_statements.ts";

Deno.test("a constant text that is prepared or executed is analysed too", () => {
  for (
    const sql of [
      "PREPARE s FROM 'DROP TABLE users'",
      "EXECUTE IMMEDIATE 'DROP TABLE users'",
      "EXECUTE IMMEDIATE CONCAT('DR', 'OP TABLE users')",
      "CALL sys.execute_prepared_stmt('DROP TABLE users')",
      "CALL sys.execute_prepared_stmt(CONCAT('DR','OP TABLE users'))",
      "PREPARE s FROM 'PREPARE t FROM ''DROP TABLE users'''",
      "SET STATEMENT max_statement_time = 1 FOR DROP TABLE users",
    ]
  ) {
    let statement = statementOf(sql);
    for (let inner = statement.nested[0]; inner !== undefined; inner = statement.nested[0]) {
      assert.ok(inner.start >= statement.start && inner.end <= statement.end, sql);
      statement = inner.statement;
    }
    assert.deepEqual(writesOf(statement), ["drop users"], sql);
  }
});

Deno.test("what is not constant, or no text to run, nests nothing", () => {
  for (
    const sql of [
      "PREPARE s FROM @x",
      "CALL p('DROP TABLE users')",
      "SET @x = 'DROP TABLE users'",
      "SELECT 'DROP TABLE t'",
    ]
  ) {
    assert.deepEqual(statementOf(sql).nested, [], sql);
  }
});
