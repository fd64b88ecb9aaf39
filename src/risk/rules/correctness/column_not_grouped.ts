import type { QueryBlock } from "../../../sql/statement.ts";
import { tableKey } from "../../names.ts";
import type { RuleContext } from "../../options.ts";
import { aliasOf } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Column neither grouped nor aggregated. All columns of a table depend on its key, so grouping by a key groups them all. */
export const columnNotGrouped = anyStatementRule({
  code: "Q008",
  name: "column-not-grouped",
  group: "correctness",
  title: "Column neither grouped nor aggregated",
  score: 25,
  why:
    "The value comes from any row of the group; under ONLY_FULL_GROUP_BY, which is the default, the statement fails.",
  fix: "Group by the column, aggregate it, or say ANY_VALUE(column).",
  fires: ["SELECT city, name, COUNT(*) FROM users GROUP BY city", "SELECT name, COUNT(*) FROM users"],
  quiet: [
    "SELECT city, COUNT(*) FROM users GROUP BY city",
    "SELECT u.id, u.name, COUNT(*) FROM users u JOIN orders o ON o.user_id = u.id GROUP BY u.id",
    "SELECT city AS c, COUNT(*) FROM users GROUP BY c",
    "SELECT city, ANY_VALUE(name) FROM users GROUP BY city",
    "SELECT city, name FROM users GROUP BY 1, 2",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/group-by-handling.html"],
  reads: "shape",
  needs: "aggregates",
  check(statement, context) {
    return statement.blocks.flatMap((block) => {
      const aggregated = block.items.some((item) => item.hasAggregate);
      if (block.from.length === 0 || (block.groupBy.length === 0 && !aggregated)) return [];
      if (groupsByKey(block, context)) return [];
      const grouped = new Set<string>();
      for (const { expression } of block.groupBy) {
        if (expression.type === "column") grouped.add(expression.name.key);
        if (expression.type === "number") {
          const item = block.items[expression.value - 1];
          if (item?.expression.type === "column") grouped.add(item.expression.name.key);
        }
      }
      const loose = block.items.find(({ expression, alias }) =>
        expression.type === "column" && !grouped.has(expression.name.key) && !grouped.has(alias?.key ?? "")
      );
      return loose === undefined ? [] : [hit(loose, "The value comes from any row of the group")];
    });
  },
});

/** Whether a grouped column is, or by its name seems to be, a key of a table. */
function groupsByKey(block: QueryBlock, context: RuleContext): boolean {
  return block.groupBy.some(({ expression }) => {
    if (expression.type !== "column") return false;
    const name = expression.name.key;
    if (/^(id|uuid|pk|guid)$|_(id|uuid|pk)$/.test(name)) return true;
    return block.from.some((reference) => {
      if (reference.table === undefined) return false;
      if (expression.table !== undefined && expression.table.key !== aliasOf(reference)) return false;
      return context.schema.table(tableKey(reference.table))?.keys.some((key) =>
        (key.kind === "primary" || key.kind === "unique") && key.columns.length === 1 &&
        key.columns[0] === name
      ) ?? false;
    });
  });
}
