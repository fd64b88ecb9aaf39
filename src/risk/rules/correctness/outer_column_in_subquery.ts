import type { InList, Predicate, QueryBlock, Statement, TableReference } from "../../../sql/statement.ts";
import { tableKey } from "../../names.ts";
import type { RuleContext } from "../../options.ts";
import { tablesInScope } from "../../columns.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** With the tables known it is certain that every row is reached. */
const CERTAIN_SCORE = 70;

/** Column of the outer query within IN. */
export const outerColumnInSubquery = anyStatementRule({
  code: "Q015",
  name: "outer-column-in-subquery",
  group: "correctness",
  title: "Column of the outer query within IN",
  score: 20,
  why:
    "A name that the subquery's tables do not have means the outer row's own column: the condition is true for every row.",
  fix: "Qualify the column with its table: IN (SELECT o.user_id FROM orders o).",
  fires: ["SELECT id FROM users WHERE id IN (1, parent_id)"],
  quiet: [
    "SELECT id FROM users WHERE id IN (1, 2)",
    "DELETE FROM users WHERE id IN (SELECT user_id FROM orders)",
    "SELECT id FROM users u WHERE 5 IN (u.a, u.b)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/correlated-subqueries.html"],
  reads: "shape",
  needs: "predicates",
  check(statement, context) {
    if (!statement.predicates.some(isInList)) return NO_HITS;
    return statement.predicates.flatMap((predicate) => {
      if (predicate.type !== "in") return [];
      const [block, ...others] = predicate.query?.blocks ?? [];
      if (block !== undefined) {
        return others.length === 0 && selectsOuterColumn(statement, predicate, block, context)
          ? [
            hit(
              block.selectSpan,
              "The column is the outer query's own: this is true for every row",
              CERTAIN_SCORE,
            ),
          ]
          : [];
      }
      // `5 IN (a, b)` asks which column has the value; `a IN (1, b)` is where a value was meant.
      if (predicate.left.type !== "column") return [];
      const column = predicate.items.find((item) => item.type === "column");
      const literal = predicate.items.some((item) => item.type === "number" || item.type === "string");
      return column === undefined || !literal
        ? []
        : [hit(column, "A column stands among the values of the list")];
    });
  },
});

function isInList(predicate: Predicate): boolean {
  return predicate.type === "in";
}

/** Whether the one column selected is in none of the subquery's tables, all known, but in an outer one. */
function selectsOuterColumn(
  statement: Statement,
  predicate: InList,
  block: QueryBlock,
  context: RuleContext,
): boolean {
  const column = block.items[0]?.expression;
  if (block.items.length !== 1 || column?.type !== "column" || column.table !== undefined) return false;
  const { left } = predicate;
  if (left.type !== "column" || block.from.length === 0) return false;
  const inner = block.from.map((reference) => hasColumn(reference, column.name.key, context));
  if (inner.some((has) => has !== false)) return false;
  return tablesInScope(statement, left).some((reference) =>
    hasColumn(reference, column.name.key, context) === true
  );
}

function hasColumn(reference: TableReference, name: string, context: RuleContext): boolean | undefined {
  if (reference.kind !== "table" || reference.cte || reference.table === undefined) return undefined;
  return context.schema.table(tableKey(reference.table))?.columns.has(name);
}
