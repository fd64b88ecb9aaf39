import { callsTo, hasColumn } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

const FUNCTIONS: ReadonlySet<string> = new Set(["regexp_like", "regexp_instr", "regexp_substr"]);

/** Regular expression in a condition. */
export const regularExpression = anyStatementRule({
  code: "P025",
  name: "regular-expression",
  group: "performance",
  title: "Regular expression in a condition",
  score: 30,
  why:
    "Every row is matched, no index helps, and some patterns take time that grows exponentially with the value.",
  fix:
    "Use LIKE with a fixed beginning, a FULLTEXT index, or a column that holds what the pattern looks for.",
  fires: [
    "SELECT id FROM t WHERE name REGEXP '^a'",
    "SELECT id FROM t WHERE name RLIKE ?",
    "SELECT id FROM t WHERE REGEXP_LIKE(name, '^a')",
  ],
  quiet: [
    "SELECT id FROM t WHERE name LIKE 'a%'",
    "SELECT REGEXP_REPLACE(name, 'a', 'b') FROM t WHERE id = 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/regexp.html"],
  reads: "shape",
  needs: ["predicates", "calls"],
  check(statement) {
    const operators = statement.predicates.filter((predicate) =>
      predicate.type === "matching" && predicate.operator === "regexp" && hasColumn(predicate.left)
    );
    const calls = callsTo(statement, FUNCTIONS);
    return [...operators, ...calls].filter(({ clause }) => clause === "where" || clause === "on")
      .map((span) => hit(span, "Matches a regular expression against every row"));
  },
});
