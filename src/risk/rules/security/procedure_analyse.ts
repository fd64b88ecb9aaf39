import { anyStatementRule, hit } from "../../rule.ts";

/** PROCEDURE ANALYSE(). */
export const procedureAnalyse = anyStatementRule({
  code: "S019",
  name: "procedure-analyse",
  group: "security",
  title: "PROCEDURE ANALYSE()",
  score: 50,
  why: "It was removed in MySQL 8.0; what sends it today is a probe of the LIMIT clause.",
  fix: "Leave it out.",
  fires: ["SELECT id FROM t WHERE id = 1 LIMIT 1 PROCEDURE ANALYSE(1, 1)"],
  quiet: ["SELECT id FROM t WHERE id = 1 LIMIT 1", "CALL analyse(1)"],
  references: ["https://dev.mysql.com/doc/relnotes/mysql/8.0/en/news-8-0-1.html"],
  reads: "shape",
  check(statement) {
    return statement.blocks.flatMap(({ procedure }) =>
      procedure === undefined ? [] : [hit(procedure, "Removed in MySQL 8.0")]
    );
  },
});
