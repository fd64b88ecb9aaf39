import type { Predicate } from "../../../sql/statement.ts";
import { conjunctsOf, isSargable, whereOf } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Only negative conditions. Beside a condition that an index serves, a negative one only filters. */
export const negativePredicate = anyStatementRule({
  code: "P011",
  name: "negative-predicate",
  group: "performance",
  title: "Only negative conditions",
  score: 12,
  why:
    "Most rows pass a condition such as <> or NOT LIKE, so an index is of little use and the table is scanned.",
  fix: "Say which rows are wanted, or add a condition that an index serves.",
  fires: [
    "SELECT id FROM t WHERE status <> 'done'",
    "SELECT id FROM t WHERE status NOT IN ('a', 'b') AND name NOT LIKE 'x%'",
  ],
  quiet: [
    "SELECT id FROM t WHERE status <> 'done' AND user_id = 7",
    "SELECT id FROM t WHERE status = 'done'",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/range-optimization.html"],
  reads: "shape",
  needs: "predicates",
  check(statement) {
    return statement.predicates.filter((predicate) => {
      if (predicate.clause !== "where" || !isNegative(predicate)) return false;
      const conditions = conjunctsOf(whereOf(statement, predicate.block));
      return conditions.includes(predicate) && !conditions.some(isSargable);
    }).map((predicate) => hit(predicate, "Nearly every row passes this condition"));
  },
});

function isNegative(predicate: Predicate): boolean {
  switch (predicate.type) {
    case "comparison":
      return predicate.operator === "<>" && predicate.left.type === "column" &&
        predicate.right.type !== "null";
    case "matching":
      return predicate.operator === "like" && predicate.negated;
    case "in":
      return predicate.negated && predicate.query === undefined;
    case "between":
      return predicate.negated;
    case "is":
      return false;
  }
}
