import { displayName } from "../../names.ts";
import { isUserTable } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** COUNT over a whole table. */
export const countWithoutWhere = anyStatementRule({
  code: "P020",
  name: "count-without-where",
  group: "performance",
  title: "COUNT over a whole table",
  score: 20,
  why: "InnoDB keeps no count of rows: a whole index is read each time.",
  fix: "Keep a counter, cache the number, or use the estimate of information_schema.TABLES where it will do.",
  fires: ["SELECT COUNT(*) FROM orders", "SELECT COUNT(1) AS n FROM orders"],
  quiet: [
    "SELECT COUNT(*) FROM orders WHERE user_id = 7",
    "SELECT a, COUNT(*) FROM orders GROUP BY a",
    "SELECT COUNT(*)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/aggregate-functions.html#function_count"],
  reads: "shape",
  needs: "calls",
  check(statement) {
    return statement.blocks.flatMap((block) => {
      const [table, ...others] = block.from;
      if (table === undefined || others.length > 0 || !isUserTable(table) || block.where !== undefined) {
        return [];
      }
      if (block.groupBy.length > 0 || block.limit !== undefined) return [];
      const count = block.items.find(({ expression }) =>
        expression.type === "call" && expression.key === "count" && !expression.windowed
      );
      if (count === undefined || table.table === undefined) return [];
      return [hit(count, `Counts every row of ${displayName(table.table)}`)];
    });
  },
});
