import { anyStatementRule, hit } from "../../rule.ts";

const MANY = 50;

/** More than 50 conditions in one clause. */
export const manyConditions = anyStatementRule({
  code: "P032",
  name: "many-conditions",
  group: "performance",
  title: "More than 50 conditions in one clause",
  score: 20,
  why: "The optimizer tries ranges for each of them; past its memory limit it scans instead.",
  fix: "Use IN with a short list, or join a temporary table that holds the values.",
  fires: [`SELECT id FROM t WHERE ${Array.from({ length: 60 }, (_, index) => `a = ${index}`).join(" OR ")}`],
  quiet: ["SELECT id FROM t WHERE a = 1 OR a = 2 OR b = 3"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/range-optimization.html"],
  reads: "shape",
  needs: "logicals",
  check(statement) {
    let first;
    let operators = 0;
    for (const logical of statement.logicals) {
      if (logical.clause !== "where" && logical.clause !== "on") continue;
      first ??= logical;
      operators += logical.operands.length - 1;
    }
    return first === undefined || operators <= MANY
      ? []
      : [hit(first.operands[0] ?? first, `${operators + 1} conditions are combined`)];
  },
});
