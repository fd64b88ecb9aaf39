import type { CommonTable, QueryBlock, QueryExpression, Statement } from "../../../sql/statement.ts";
import type { RiskOptions } from "../../options.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Query form that Vitess does not parse. */
export const unsupportedSyntax = statementRule({
  code: "V033",
  name: "unsupported-syntax",
  group: "vitess",
  title: "Query form that Vitess does not parse",
  score: 55,
  why:
    "vtgate has no INTERSECT, EXCEPT, TABLE or VALUES statement. SELECT INTO a variable ends the connection; into a file it passes in unsharded keyspaces, where the file is out of reach.",
  fix: "Write it with EXISTS or NOT EXISTS, or as a plain SELECT.",
  fires: [
    "SELECT a FROM t WHERE a > 1 INTERSECT SELECT a FROM u WHERE a > 1",
    "TABLE t",
    "SELECT a INTO @x FROM t WHERE id = 7",
  ],
  quiet: ["SELECT a FROM t WHERE a > 1 UNION SELECT a FROM u WHERE a > 1"],
  references: ["https://vitess.io/docs/reference/compatibility/mysql-compatibility/"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["select", "insert", "replace", "create-view", "alter-view"],
  check(statement, context) {
    if (statement.blocks.every(isPlainSelect) && statement.queries.every(isSimple)) return NO_HITS;
    const operators = statement.queries.flatMap((query) =>
      query.operators.filter(({ operator }) => operator !== "union").map((operator) =>
        hit(operator, `${operator.operator.toUpperCase()} is not supported`)
      )
    );
    const forms = statement.blocks.flatMap((block) => [
      ...(block.form === "table" ? [hit(block, "The TABLE statement is not supported")] : []),
      ...(block.form === "values" && statement.kind === "select"
        ? [hit(block, "The VALUES statement is not supported")]
        : []),
      ...(block.into === undefined ||
          block.into.kind !== "variables" && writesFiles(context.options, statement.reads.length > 0)
        ? []
        : [hit(block.into, "SELECT ... INTO is not supported")]),
    ]);
    const named = statement.queries.flatMap((query) =>
      query.recursive
        ? []
        : query.ctes.filter((cte) => readsItself(cte, statement)).map((cte) =>
          hit(cte.name, `The CTE ${cte.name.text} reads a table of its own name, which is not supported`)
        )
    );
    return [...operators, ...forms, ...named];
  },
});

/** vtgate passes INTO OUTFILE and DUMPFILE on where one shard answers; PlanetScale has no files. */
function writesFiles({ target, sharded }: RiskOptions, reads: boolean): boolean {
  return target === "vitess" && (!sharded || !reads);
}

function isPlainSelect({ form, into }: QueryBlock): boolean {
  return form === "select" && into === undefined;
}

function isSimple({ operators, ctes }: QueryExpression): boolean {
  return operators.length === 0 && ctes.length === 0;
}

/** Whether a CTE that is not recursive reads a table that is called as it is. */
function readsItself({ name, query }: CommonTable, { blocks }: Statement): boolean {
  return blocks.some((block) =>
    block.start >= query.start && block.end <= query.end &&
    block.from.some(({ table }) =>
      table !== undefined && table.schema === undefined && table.name.key === name.key
    )
  );
}
