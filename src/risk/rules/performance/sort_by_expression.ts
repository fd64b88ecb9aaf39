import { someNode } from "../../../sql/model/children.ts";
import type { Expression, QueryBlock } from "../../../sql/statement.ts";
import { hasAggregate, hasColumn } from "../../expressions.ts";
import { sortingsOf } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** ORDER BY or GROUP BY an expression. The result of a GROUP BY is small, and RAND() is P006's. */
export const sortByExpression = anyStatementRule({
  code: "P018",
  name: "sort-by-expression",
  group: "performance",
  title: "ORDER BY or GROUP BY an expression",
  score: 15,
  why: "No index has the order of the expression, so the rows are sorted, on disk when they are many.",
  fix: "Sort by a column, or index the expression or a generated column.",
  fires: [
    "SELECT id FROM t WHERE a > 1 ORDER BY LOWER(name)",
    "SELECT DATE(created), COUNT(*) FROM t WHERE a > 1 GROUP BY DATE(created)",
    "SELECT id FROM t WHERE a > 1 ORDER BY 'name'",
  ],
  quiet: [
    "SELECT id FROM t WHERE a > 1 ORDER BY name DESC",
    "SELECT a, COUNT(*) FROM t WHERE a > 1 GROUP BY a ORDER BY COUNT(*) DESC",
    "SELECT id FROM t WHERE a > 1 ORDER BY 1",
    "SELECT a, COUNT(*) FROM t WHERE a > 1 GROUP BY a ORDER BY NULL",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/order-by-optimization.html"],
  reads: "shape",
  needs: "sortings",
  check(statement) {
    const sorted = sortingsOf(statement)
      .filter(({ block }) => block === undefined || !isGrouped(block))
      .flatMap(({ sortings }) => sortings.filter(({ expression }) => isComputed(expression)));
    const grouped = statement.blocks.flatMap((block) =>
      block.groupBy.filter(({ expression }) => isComputed(expression))
    );
    return [...sorted, ...grouped].map((sorting) =>
      hit(
        sorting,
        sorting.expression.type === "string"
          ? "Sorts by a constant, which is no order"
          : "No index has this order",
      )
    );
  },
});

function isComputed(expression: Expression): boolean {
  if (expression.type === "string") return true;
  if (expression.type === "column" || expression.type === "subquery") return false;
  return hasColumn(expression) && !hasAggregate(expression) &&
    !someNode(expression, (part) => part.type === "call" && (part.key === "rand" || part.windowed));
}

function isGrouped(block: QueryBlock): boolean {
  return block.groupBy.length > 0 || block.items.some((item) => item.hasAggregate);
}
