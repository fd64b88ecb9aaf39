import type { QueryBlock, QueryExpression } from "../../../sql/statement.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** V033. */
export const unsupportedSyntax = statementRule({
  code: "V033",
  name: "unsupported-syntax",
  group: "vitess",
  title: "Query form that Vitess does not parse",
  score: 55,
  why:
    "vtgate has no INTERSECT, EXCEPT or TABLE statement, and does not store results in variables or files.",
  fix: "Write it with EXISTS or NOT EXISTS, or as a plain SELECT.",
  fires: [
    "SELECT a FROM t WHERE a > 1 INTERSECT SELECT a FROM u WHERE a > 1",
    "TABLE t",
    "SELECT a INTO @x FROM t WHERE id = 7",
  ],
  quiet: ["SELECT a FROM t WHERE a > 1 UNION SELECT a FROM u WHERE a > 1"],
  references: ["https://vitess.io/docs/reference/compatibility/mysql-compatibility/"],
  targets: ["vitess", "planetscale"],
  reads: "shape",
  kinds: ["select", "insert", "replace", "create-view", "create-table"],
  check(statement) {
    if (statement.blocks.every(isPlainSelect) && statement.queries.every(isOneBlock)) return NO_HITS;
    const operators = statement.queries.flatMap((query) =>
      query.operators.filter(({ operator }) => operator !== "union").map((operator) =>
        hit(operator, `${operator.operator.toUpperCase()} is not supported`)
      )
    );
    const forms = statement.blocks.flatMap((block) => [
      ...(block.form === "table" ? [hit(block, "The TABLE statement is not supported")] : []),
      ...(block.into === undefined ? [] : [hit(block.into, "SELECT ... INTO is not supported")]),
    ]);
    return [...operators, ...forms];
  },
});

function isPlainSelect({ form, into }: QueryBlock): boolean {
  return form !== "table" && into === undefined;
}

function isOneBlock({ operators }: QueryExpression): boolean {
  return operators.length === 0;
}
