import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** INSERT without a column list. Dumps recreate the table they insert into, in the same file. */
export const insertWithoutColumns = statementRule({
  code: "Q005",
  name: "insert-without-columns",
  group: "correctness",
  title: "INSERT without a column list",
  score: 25,
  why:
    "The values go by the table's column order: a column added or moved puts them into others, or makes the statement fail.",
  fix: "Name the columns.",
  fires: [
    "INSERT INTO t VALUES (1, 2)",
    "INSERT INTO t SELECT a, b FROM u WHERE id = 1",
    "REPLACE INTO t VALUES (1)",
  ],
  quiet: ["INSERT INTO t (a, b) VALUES (1, 2)", "INSERT INTO t SET a = 1", "INSERT INTO t () VALUES ()"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/insert.html"],
  reads: "shape",
  kinds: ["insert", "replace"],
  check(statement, context) {
    if (statement.columns !== undefined || statement.source === "set" || context.file?.dump === true) {
      return [];
    }
    return [
      hit(statement.target, `The values rely on the column order of ${displayName(statement.target)}`),
    ];
  },
});
