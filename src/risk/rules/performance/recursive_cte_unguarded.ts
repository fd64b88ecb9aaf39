import { anyStatementRule, hit } from "../../rule.ts";

/** Recursive CTE without an end of its own. A join to a stored table ends when the data does, unless it has a cycle. */
export const recursiveCteUnguarded = anyStatementRule({
  code: "P028",
  name: "recursive-cte-unguarded",
  group: "performance",
  title: "Recursive CTE without an end of its own",
  score: 35,
  why:
    "With UNION ALL nothing ends the recursion but the data or cte_max_recursion_depth; a cycle in the data runs into it.",
  fix: "Carry a depth column and test it in the recursive part, or use UNION DISTINCT.",
  fires: [
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 5",
    "WITH RECURSIVE c AS (SELECT id FROM t WHERE id = 1 UNION ALL SELECT t.id FROM t JOIN c ON t.parent = c.id) SELECT id FROM c LIMIT 9",
  ],
  quiet: [
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT i FROM n LIMIT 5",
    "WITH RECURSIVE c AS (SELECT id FROM t WHERE id = 1 UNION SELECT t.id FROM t JOIN c ON t.parent = c.id) SELECT id FROM c LIMIT 9",
    "WITH c AS (SELECT id FROM t WHERE id = 1) SELECT id FROM c LIMIT 9",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/with.html#common-table-expressions-recursive"],
  reads: "shape",
  needs: "ctes",
  check(statement) {
    const ctes = [...statement.ctes, ...statement.queries.flatMap((query) => query.ctes)];
    return [...new Set(ctes)].filter((cte) => cte.recursive).flatMap((cte) => {
      const { query } = cte;
      if (query.limit !== undefined || query.operators.some((one) => one.operator === "union" && !one.all)) {
        return [];
      }
      const steps = query.blocks.slice(1).filter((block) =>
        block.where === undefined && block.limit === undefined
      );
      const [step] = steps;
      if (step === undefined) return [];
      const joined = step.from.some((reference) =>
        reference.kind === "table" && !reference.cte && reference.on !== undefined
      );
      return [
        hit(
          cte.name,
          `Nothing but the data ends the recursion of ${cte.name.text}`,
          joined ? 20 : undefined,
        ),
      ];
    });
  },
});
