import { anyStatementRule, hit } from "../../rule.ts";

/** LIKE without a wildcard. */
export const likeWithoutWildcard = anyStatementRule({
  code: "Q013",
  name: "like-without-wildcard",
  group: "correctness",
  title: "LIKE without a wildcard",
  score: 8,
  why: "It is a comparison, but with trailing spaces and collations treated differently.",
  fix: "Use =, or add the wildcard that was meant.",
  fires: ["SELECT id FROM t WHERE name LIKE 'ann'"],
  quiet: [
    "SELECT id FROM t WHERE name LIKE 'ann%'",
    "SELECT id FROM t WHERE name LIKE 'a_n'",
    "SELECT id FROM t WHERE name LIKE ?",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/string-comparison-functions.html#operator_like"],
  mode: "file",
  reads: "text",
  needs: "predicates",
  check(statement) {
    return statement.predicates.filter((predicate) =>
      predicate.type === "matching" && predicate.operator === "like" && predicate.pattern.type === "string" &&
      !/[%_]/.test(predicate.pattern.value)
    ).map((predicate) => hit(predicate, "The pattern has no wildcard"));
  },
});
