import { anyStatementRule, hit } from "../../rule.ts";

/** SQL_CALC_FOUND_ROWS. */
export const sqlCalcFoundRows = anyStatementRule({
  code: "P013",
  name: "sql-calc-found-rows",
  group: "performance",
  title: "SQL_CALC_FOUND_ROWS",
  score: 25,
  why:
    "The LIMIT no longer ends the query early: all rows are found to be counted. It is deprecated as well.",
  fix: "Run SELECT COUNT(*) as a query of its own, or show no total.",
  fires: ["SELECT SQL_CALC_FOUND_ROWS id FROM t WHERE a = 1 ORDER BY id LIMIT 10"],
  quiet: ["SELECT id FROM t WHERE a = 1 ORDER BY id LIMIT 10", "SELECT 'SQL_CALC_FOUND_ROWS'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/information-functions.html#function_found-rows"],
  reads: "shape",
  check(statement) {
    return statement.blocks.filter((block) => block.sqlCalcFoundRows)
      .map((block) => hit(block.selectSpan, "Finds every row although only some are returned"));
  },
});
