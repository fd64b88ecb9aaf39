import { anyStatementRule, hit } from "../../rule.ts";

/** Recursive CTE. */
export const recursiveCte = anyStatementRule({
  code: "V028",
  name: "recursive-cte",
  group: "vitess",
  title: "Recursive CTE",
  score: 30,
  why: "Vitess has it since version 21 as an experiment, for SELECT alone and up to 1,000 rounds.",
  fix: "Keep the depth small, or walk the tree in the application.",
  fires: [
    "WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 5) SELECT n FROM c WHERE n > 1",
  ],
  quiet: ["WITH c AS (SELECT 1 AS n) SELECT n FROM c WHERE n > 0"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "accepts",
  reads: "shape",
  needs: "ctes",
  check(statement) {
    return statement.queries.flatMap((query) =>
      query.recursive
        ? query.ctes.filter((cte) => cte.recursive).map((cte) =>
          hit(cte.name, "Recursive CTEs are experimental in Vitess")
        )
        : []
    );
  },
});
