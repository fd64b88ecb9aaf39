import { someNode } from "../../../sql/model/children.ts";
import type { InList } from "../../../sql/statement.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** NOT IN with a subquery. A subquery that leaves NULL out itself is safe. */
export const notInSubquery = anyStatementRule({
  code: "P009",
  name: "not-in-subquery",
  group: "performance",
  title: "NOT IN with a subquery",
  score: 35,
  why:
    "One NULL in the subquery's result makes the condition NULL for every row, and the query returns nothing.",
  fix: "Use NOT EXISTS with a correlated condition, or add IS NOT NULL inside the subquery.",
  fires: ["SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM orders)"],
  quiet: [
    "SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM orders WHERE user_id IS NOT NULL)",
    "SELECT id FROM users u WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.user_id = u.id)",
    "SELECT id FROM users WHERE id IN (SELECT user_id FROM orders)",
    "SELECT id FROM users WHERE id NOT IN (1, 2)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/subquery-optimization-with-exists.html"],
  reads: "shape",
  needs: "predicates",
  check(statement) {
    return statement.predicates.filter((predicate) =>
      predicate.type === "in" && predicate.negated && predicate.query !== undefined &&
      !excludesNull(predicate)
    ).map((predicate) => hit(predicate, "A NULL from the subquery makes this condition true for no row"));
  },
});

function excludesNull({ query }: InList): boolean {
  return query !== undefined && query.blocks.every((block) =>
    block.where !== undefined &&
    someNode(block.where, (part) => part.type === "is" && part.test === "null" && part.negated)
  );
}
