import { conjunctsOf, isEqualityToConstant } from "../../expressions.ts";
import { givesOneRow, isUserTable } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** LIMIT without ORDER BY. LIMIT 1 on an equality asks whether there is such a row, or for the one there is. */
export const selectLimitWithoutOrder = anyStatementRule({
  code: "P024",
  name: "select-limit-without-order",
  group: "performance",
  title: "LIMIT without ORDER BY",
  score: 15,
  why: "Which rows are returned depends on the plan: pages overlap and miss rows.",
  fix: "Add an ORDER BY that ends in a unique column.",
  fires: ["SELECT id FROM t WHERE a > 1 LIMIT 10", "SELECT id FROM t LIMIT 10 OFFSET 20"],
  quiet: [
    "SELECT id FROM t WHERE a > 1 ORDER BY id LIMIT 10",
    "SELECT id FROM t WHERE id = 7 LIMIT 1",
    "SELECT COUNT(*) FROM t WHERE a > 1 LIMIT 1",
    "SELECT 1 LIMIT 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/limit-optimization.html"],
  reads: "shape",
  needs: "limits",
  check(statement) {
    return statement.blocks.flatMap((block) => {
      const { limit } = block;
      if (limit === undefined || block.orderBy.length > 0 || block.role === "exists") return [];
      if (limit.count.value === 0 || !block.from.some(isUserTable)) return [];
      if (block.groupBy.length === 0 && block.items.some((item) => item.hasAggregate)) return [];
      if (givesOneRow(block) && conjunctsOf(block.where).some(isEqualityToConstant)) return [];
      return [hit(limit, "Which rows come is up to the plan")];
    });
  },
});
