import { anyStatementRule, hit } from "../../rule.ts";

/** UNION where UNION ALL may do. DISTINCT is written on purpose, and a recursive CTE needs it against cycles. */
export const unionDistinct = anyStatementRule({
  code: "P016",
  name: "union-distinct",
  group: "performance",
  title: "UNION where UNION ALL may do",
  score: 12,
  why: "UNION puts all rows into a temporary table to drop duplicates.",
  fix: "Write UNION ALL where no duplicates can arise or none matter, and UNION DISTINCT where they do.",
  fires: ["SELECT id FROM a WHERE x = 1 UNION SELECT id FROM b WHERE x = 1"],
  quiet: [
    "SELECT id FROM a WHERE x = 1 UNION ALL SELECT id FROM b WHERE x = 1",
    "SELECT id FROM a WHERE x = 1 UNION DISTINCT SELECT id FROM b WHERE x = 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/union.html"],
  reads: "shape",
  needs: "unions",
  check(statement) {
    return statement.queries.filter((query) => query.role !== "cte").flatMap((query) =>
      query.operators.filter((one) => one.operator === "union" && !one.all && !one.distinct).slice(0, 1)
    ).map((operator) => hit(operator, "Drops duplicates through a temporary table"));
  },
});
