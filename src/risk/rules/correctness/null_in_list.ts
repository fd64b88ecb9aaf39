import { anyStatementRule, hit } from "../../rule.ts";

/** NULL in an IN list. On the wire it is how frameworks ask for nothing: IN (NULL) stands for an empty list. */
export const nullInList = anyStatementRule({
  code: "Q002",
  name: "null-in-list",
  group: "correctness",
  title: "NULL in an IN list",
  score: 45,
  why: "NOT IN with a NULL in the list is true for no row at all; IN never matches the NULL.",
  fix: "Take NULL out of the list and test it with IS NULL.",
  fires: [
    "SELECT id FROM t WHERE a NOT IN (1, NULL)",
    "SELECT id FROM t WHERE a IN (NULL)",
    "SELECT id FROM t WHERE a IN (1, NULL)",
  ],
  quiet: [
    "SELECT id FROM t WHERE a IN (1, 2)",
    "SELECT id FROM t WHERE a IN (1, 'NULL')",
    "SELECT id FROM t WHERE a IS NULL",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/comparison-operators.html#operator_not-in"],
  mode: "file",
  reads: "text",
  needs: "predicates",
  mayFire: (statement) =>
    statement.predicates.some((predicate) => predicate.type === "in" && predicate.query === undefined),
  check(statement) {
    return statement.predicates.flatMap((predicate) => {
      if (predicate.type !== "in" || !predicate.hasNull) return [];
      if (predicate.negated) return [hit(predicate, "NOT IN with a NULL is true for no row")];
      return predicate.count === 1
        ? [hit(predicate, "IN (NULL) is true for no row")]
        : [hit(predicate, "IN never matches the NULL in its list", 20)];
    });
  },
});
