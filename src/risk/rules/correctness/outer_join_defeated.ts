import type { ColumnReference, Expression } from "../../../sql/statement.ts";
import { conjunctsOf } from "../../expressions.ts";
import { aliasOf } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Outer join undone by WHERE. Only conditions on the bare column, which are never true for NULL. */
export const outerJoinDefeated = anyStatementRule({
  code: "Q009",
  name: "outer-join-defeated",
  group: "correctness",
  title: "Outer join undone by WHERE",
  score: 25,
  why: "Rows without a partner have NULL there, which the condition drops again: the join is an inner join.",
  fix: "Move the condition into ON, or write JOIN.",
  fires: [
    "SELECT u.id FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE o.status = 'paid'",
    "SELECT u.id FROM orders o RIGHT JOIN users u ON o.user_id = u.id WHERE o.total > 5",
  ],
  quiet: [
    "SELECT u.id FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE o.id IS NULL",
    "SELECT u.id FROM users u LEFT JOIN orders o ON o.user_id = u.id AND o.status = 'paid' WHERE u.id = 5",
    "SELECT u.id FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE o.status = 'paid' OR u.vip = 1",
    "SELECT u.id FROM users u LEFT JOIN orders o ON o.user_id = u.id WHERE COALESCE(o.total, 0) > 5",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/outer-join-simplification.html"],
  reads: "shape",
  needs: "outerJoins",
  check(statement) {
    return statement.blocks.flatMap((block) => {
      const nullable = new Set(block.from.filter((reference) => reference.nullable).map(aliasOf));
      if (nullable.size === 0) return [];
      return conjunctsOf(block.where).filter((condition) => {
        const column = rejectsNull(condition);
        return column?.table !== undefined && nullable.has(column.table.key);
      }).slice(0, 1).map((condition) => hit(condition, "This drops the rows that the outer join keeps"));
    });
  },
});

/** The column whose NULL a condition turns away. */
function rejectsNull(condition: Expression): ColumnReference | undefined {
  switch (condition.type) {
    case "comparison":
      if (condition.operator === "<=>") return undefined;
      return [condition.left, condition.right].find((side) => side.type === "column");
    case "in":
    case "matching":
      return condition.left.type === "column" ? condition.left : undefined;
    case "between":
      return condition.value.type === "column" ? condition.value : undefined;
    default:
      return undefined;
  }
}
