import { contains } from "../../spans.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Correlated subquery in the select list. One that does not depend on the row is run once. */
export const correlatedSubquery = anyStatementRule({
  code: "P015",
  name: "correlated-subquery",
  group: "performance",
  title: "Correlated subquery in the select list",
  score: 25,
  why: "The subquery is run once for every row of the result.",
  fix: "Join a derived table that computes the value for all rows at once, or use a LATERAL join.",
  fires: ["SELECT u.id, (SELECT COUNT(*) FROM orders o WHERE o.user_id = u.id) FROM users u WHERE u.id > 5"],
  quiet: [
    "SELECT u.id, (SELECT MAX(id) FROM orders) FROM users u WHERE u.id > 5",
    "SELECT u.id FROM users u WHERE u.id = (SELECT MAX(o.user_id) FROM orders o)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/correlated-subqueries.html"],
  reads: "shape",
  check(statement) {
    return statement.blocks.filter((block) =>
      block.role === "scalar" && block.correlated && block.parent !== undefined &&
      block.parent.from.length > 0 && contains(block.parent.selectSpan, block)
    ).map((block) => hit(block, "Runs once for every row"));
  },
});
