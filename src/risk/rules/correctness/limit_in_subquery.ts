import { anyStatementRule, hit } from "../../rule.ts";

/** LIMIT in an IN, ALL, ANY or SOME subquery. MariaDB refuses it too; a derived table around it is how it is done. */
export const limitInSubquery = anyStatementRule({
  code: "Q012",
  name: "limit-in-subquery",
  group: "correctness",
  title: "LIMIT in an IN, ALL, ANY or SOME subquery",
  score: 40,
  why: "MySQL does not support it and fails with error 1235.",
  fix: "Join a derived table that has the LIMIT.",
  fires: [
    "SELECT id FROM t WHERE id IN (SELECT t_id FROM u ORDER BY t_id LIMIT 5)",
    "DELETE FROM t WHERE id NOT IN (SELECT t_id FROM u ORDER BY t_id LIMIT 5)",
  ],
  quiet: [
    "SELECT id FROM t WHERE id IN (SELECT t_id FROM (SELECT t_id FROM u ORDER BY t_id LIMIT 5) v)",
    "SELECT id FROM t WHERE id = (SELECT t_id FROM u ORDER BY t_id LIMIT 1)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/subquery-restrictions.html"],
  reads: "shape",
  needs: "limits",
  check(statement) {
    const blocks = statement.blocks.filter((block) => block.role === "in" || block.role === "quantified");
    return blocks.flatMap(({ limit }) =>
      limit === undefined ? [] : [hit(limit, "MySQL takes no LIMIT here")]
    );
  },
});
