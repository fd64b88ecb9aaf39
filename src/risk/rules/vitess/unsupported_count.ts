import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** COUNT of several columns, or SQL_CALC_FOUND_ROWS in a UNION. */
export const unsupportedCount = statementRule({
  code: "V029",
  name: "unsupported-count",
  group: "vitess",
  title: "COUNT of several columns, or SQL_CALC_FOUND_ROWS in a UNION",
  score: 40,
  why: "vtgate answers with an error where the query does not go to one shard.",
  fix: "Count one column; run a second query for the number of rows.",
  fires: [
    "SELECT COUNT(DISTINCT a, b) FROM t WHERE id > 0",
    "SELECT SQL_CALC_FOUND_ROWS a FROM t WHERE a = 1 UNION SELECT b FROM u WHERE b = 2",
  ],
  quiet: ["SELECT COUNT(DISTINCT a) FROM t WHERE id > 0"],
  given: { sharded: true },
  references: ["https://vitess.io/docs/reference/compatibility/mysql-compatibility/"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  needs: ["calls", "unions"],
  kinds: ["select"],
  check(statement, context) {
    if (!context.options.sharded) return NO_HITS;
    const counts = statement.calls.filter((call) => call.key === "count" && call.args.length > 1).map((
      call,
    ) => hit(call, "COUNT of several columns is not supported"));
    const found = statement.queries.flatMap((query) =>
      query.blocks.length > 1
        ? query.blocks.filter((block) => block.sqlCalcFoundRows).map((block) =>
          hit(block.selectSpan, "SQL_CALC_FOUND_ROWS is not supported in a UNION")
        )
        : []
    );
    return [...counts, ...found];
  },
});
