import { sortingsOf } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** ORDER BY in mixed directions. */
export const mixedSortDirections = anyStatementRule({
  code: "P030",
  name: "mixed-sort-directions",
  group: "performance",
  title: "ORDER BY in mixed directions",
  score: 10,
  why: "An index whose parts all ascend cannot give this order; the rows are sorted.",
  fix:
    "Sort all columns the same way, or create an index with the same directions (MySQL 8.0 has DESC parts).",
  fires: [
    "SELECT id FROM t WHERE a > 1 ORDER BY a ASC, b DESC",
    "SELECT id FROM t WHERE a > 1 ORDER BY a, b DESC",
  ],
  quiet: [
    "SELECT id FROM t WHERE a > 1 ORDER BY a DESC, b DESC",
    "SELECT id FROM t WHERE a > 1 ORDER BY a, b",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/descending-indexes.html"],
  reads: "shape",
  needs: "sortings",
  check(statement) {
    return sortingsOf(statement).flatMap(({ sortings }) => {
      const columns = sortings.filter(({ expression }) => expression.type === "column");
      const descending = columns.filter(({ direction }) => direction === "desc");
      const [first] = descending;
      if (first === undefined || descending.length === columns.length) return [];
      return [hit(first, "The sort directions differ")];
    });
  },
});
