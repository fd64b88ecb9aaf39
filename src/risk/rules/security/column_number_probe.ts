import type { QueryBlock, Sorting } from "../../../sql/statement.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** A position beyond which nobody counts columns by hand. */
const MANY = 20;

/** ORDER BY or GROUP BY a column number that does not exist. */
export const columnNumberProbe = anyStatementRule({
  code: "S024",
  name: "column-number-probe",
  group: "security",
  title: "ORDER BY or GROUP BY a column number that does not exist",
  score: 20,
  why: "Counting ORDER BY 1, 2, 3 up to the error is how injected SQL learns the number of columns.",
  fix: "Sort by names.",
  fires: ["SELECT id, name FROM t WHERE a = 1 ORDER BY 99", "SELECT * FROM t WHERE a = 1 ORDER BY 50"],
  quiet: [
    "SELECT id, name FROM t WHERE a = 1 ORDER BY 2",
    "SELECT * FROM t WHERE a = 1 ORDER BY 3",
    "SELECT id FROM t WHERE a = 1 ORDER BY name",
  ],
  references: ["https://owasp.org/www-community/attacks/SQL_Injection"],
  reads: "text",
  needs: "sortings",
  mayFire: (statement) =>
    statement.blocks.some((block) => sortings(block).some((one) => one.expression.type === "number")),
  check(statement) {
    return statement.blocks.flatMap((block) => {
      const star = block.items.some((item) => item.expression.type === "star");
      const columns = star ? MANY : block.items.length;
      return sortings(block).filter(({ expression }) =>
        expression.type === "number" && expression.value > columns
      )
        .map((sorting) => hit(sorting, "There is hardly a column of this number"));
    });
  },
});

function sortings(block: QueryBlock): readonly Sorting[] {
  return block.form === "select" ? [...block.orderBy, ...block.groupBy] : [];
}
