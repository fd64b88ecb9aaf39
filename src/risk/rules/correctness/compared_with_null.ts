import { anyStatementRule, hit } from "../../rule.ts";

/** Comparison with NULL. `<=>` is the comparison that knows NULL. */
export const comparedWithNull = anyStatementRule({
  code: "Q001",
  name: "compared-with-null",
  group: "correctness",
  title: "Comparison with NULL",
  score: 45,
  why: "A comparison with NULL is NULL, never true, whatever the column holds.",
  fix: "Write IS NULL, IS NOT NULL or <=>.",
  fires: [
    "SELECT id FROM t WHERE a = NULL",
    "UPDATE t SET a = 1 WHERE b <> NULL",
    "SELECT id FROM t WHERE NULL != a",
  ],
  quiet: [
    "SELECT id FROM t WHERE a IS NULL",
    "UPDATE t SET a = NULL WHERE b = 1",
    "SELECT id FROM t WHERE a <=> NULL",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/working-with-null.html"],
  reads: "shape",
  needs: "predicates",
  check(statement) {
    return statement.predicates.filter((predicate) =>
      predicate.type === "comparison" && predicate.operator !== "<=>" && predicate.quantifier === undefined &&
      (predicate.left.type === "null" || predicate.right.type === "null")
    ).map((predicate) => hit(predicate, "A comparison with NULL is never true"));
  },
});
