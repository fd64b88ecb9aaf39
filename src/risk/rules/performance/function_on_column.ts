import { someNode } from "../../../sql/model/children.ts";
import type { Expression } from "../../../sql/statement.ts";
import { hasAggregate, hasColumn, isPlainPredicate, isRowIndependent, sidesOf } from "../../expressions.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** Function or arithmetic on a column in a condition. JSON paths are P029's. */
export const functionOnColumn = anyStatementRule({
  code: "P004",
  name: "function-on-column",
  group: "performance",
  title: "Function or arithmetic on a column in a condition",
  score: 30,
  why: "The index holds the column's values, not the function's, so every row is computed and compared.",
  fix:
    "Move the computation to the other side (created >= '2024-01-01' AND created < '2024-01-02'), or index the expression.",
  fires: [
    "SELECT id FROM orders WHERE DATE(created) = '2024-01-01'",
    "SELECT id FROM users WHERE LOWER(email) = ?",
    "UPDATE t SET a = 1 WHERE b + 1 > 5",
    "SELECT id FROM t WHERE CAST(a AS CHAR) = 'x'",
  ],
  quiet: [
    "SELECT id FROM orders WHERE created >= DATE('2024-01-01')",
    "SELECT LOWER(email) FROM users WHERE id = 7",
    "SELECT id FROM users WHERE email = LOWER(?)",
    "SELECT a FROM t WHERE b > 1 GROUP BY a HAVING COUNT(*) > 3",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-index.html#create-index-functional-key-parts"],
  reads: "shape",
  needs: "predicates",
  check(statement) {
    if (statement.predicates.every(isPlainPredicate)) return NO_HITS;
    return statement.predicates.filter(({ clause }) => clause === "where" || clause === "on").flatMap(
      (predicate) => {
        const side = sidesOf(predicate).find(([tested, others]) =>
          isComputed(tested) && others.every(isRowIndependent)
        );
        return side === undefined ? [] : [hit(side[0], "The column is computed with before it is compared")];
      },
    );
  },
});

function isComputed(expression: Expression): boolean {
  switch (expression.type) {
    case "call":
      return hasColumn(expression) && !hasAggregate(expression) && !expression.key.startsWith("json_") &&
        !someNode(expression, isJsonPath);
    case "binary":
      return !isJsonPath(expression) && hasColumn(expression);
    case "cast":
      return hasColumn(expression.value) && !someNode(expression, isJsonPath);
    case "unary":
      return expression.operator !== "not" && hasColumn(expression);
    default:
      return false;
  }
}

function isJsonPath(expression: Expression): boolean {
  return expression.type === "binary" && (expression.operator === "->" || expression.operator === "->>");
}
