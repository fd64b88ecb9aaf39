import { anyStatementRule, hit } from "../../rule.ts";

/** COUNT(DISTINCT) of several columns. */
export const countDistinctColumns = anyStatementRule({
  code: "Q016",
  name: "count-distinct-columns",
  group: "correctness",
  title: "COUNT(DISTINCT) of several columns",
  score: 15,
  why: "A row with a NULL in any of the columns is not counted.",
  fix: "Count over a derived table: SELECT COUNT(*) FROM (SELECT DISTINCT a, b FROM t) d.",
  fires: ["SELECT COUNT(DISTINCT a, b) FROM t WHERE c = 1"],
  quiet: ["SELECT COUNT(DISTINCT a) FROM t WHERE c = 1", "SELECT COUNT(*) FROM t WHERE c = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/aggregate-functions.html#function_count-distinct"],
  reads: "shape",
  needs: "calls",
  check(statement) {
    return statement.calls.filter((call) => call.key === "count" && call.distinct && call.args.length > 1)
      .map((call) => hit(call, "Rows with a NULL in one of the columns are not counted"));
  },
});
