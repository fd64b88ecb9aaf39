import { someNode } from "../../../sql/model/children.ts";
import type { Expression } from "../../../sql/statement.ts";
import { hasColumn, isPlainPredicate, isRowIndependent, sidesOf } from "../../expressions.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

const FUNCTIONS = /^json_(extract|unquote|value|contains|contains_path|search|length|overlaps)$/;

/** JSON path in a condition. */
export const jsonPathInWhere = anyStatementRule({
  code: "P029",
  name: "json-path-in-where",
  group: "performance",
  title: "JSON path in a condition",
  score: 20,
  why: "The document of every row is parsed and searched.",
  fix: "Put the value into a generated column with an index, or index the expression.",
  fires: ["SELECT id FROM t WHERE doc->>'$.a' = 'x'", "SELECT id FROM t WHERE JSON_EXTRACT(doc, '$.a') = 1"],
  quiet: ["SELECT doc->>'$.a' FROM t WHERE id = 1", "SELECT id FROM t WHERE a = JSON_EXTRACT(?, '$.a')"],
  references: [
    "https://dev.mysql.com/doc/refman/8.4/en/create-table-secondary-indexes.html#json-column-indirect-index",
  ],
  reads: "shape",
  needs: "predicates",
  check(statement) {
    if (statement.predicates.every(isPlainPredicate)) return NO_HITS;
    return statement.predicates.filter(({ clause }) => clause === "where" || clause === "on").flatMap(
      (predicate) => {
        const side = sidesOf(predicate).find(([tested, others]) =>
          someNode(tested, isPath) && others.every(isRowIndependent)
        );
        return side === undefined ? [] : [hit(side[0], "The JSON document of every row is searched")];
      },
    );
  },
});

function isPath(expression: Expression): boolean {
  if (expression.type === "binary") {
    return (expression.operator === "->" || expression.operator === "->>") && hasColumn(expression.left);
  }
  return expression.type === "call" && FUNCTIONS.test(expression.key) && hasColumn(expression);
}
