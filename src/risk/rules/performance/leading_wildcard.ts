import type { Expression } from "../../../sql/statement.ts";
import { hasColumn } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** LIKE with a leading wildcard. */
export const leadingWildcard = anyStatementRule({
  code: "P003",
  name: "leading-wildcard",
  group: "performance",
  title: "LIKE with a leading wildcard",
  score: 35,
  why:
    "An index is sorted by how values begin, so a pattern with an unknown beginning is compared with every row.",
  fix:
    "Search with a FULLTEXT index (MATCH ... AGAINST), a search engine, or a column that holds the value reversed.",
  fires: [
    "SELECT id FROM users WHERE email LIKE '%@example.com'",
    "DELETE FROM users WHERE name LIKE '_x%'",
    "SELECT id FROM users WHERE name LIKE CONCAT('%', ?, '%')",
  ],
  quiet: [
    "SELECT id FROM users WHERE email LIKE 'ann%'",
    "SELECT id FROM users WHERE email = '%x'",
    "SELECT id FROM users WHERE email LIKE ?",
    "SHOW TABLES LIKE '%users'",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/index-btree-hash.html"],
  reads: "text",
  needs: "predicates",
  // A pattern right after LIKE is part of the shape, one within CONCAT is not.
  mayFire: (statement) =>
    statement.predicates.some((predicate) =>
      predicate.type === "matching" &&
      (predicate.pattern.type === "call" || startsWithWildcard(predicate.pattern))
    ),
  check(statement) {
    return statement.predicates.filter((predicate) =>
      predicate.type === "matching" && predicate.operator === "like" && hasColumn(predicate.left) &&
      (predicate.clause === "where" || predicate.clause === "on") && startsWithWildcard(predicate.pattern)
    ).map((predicate) => hit(predicate, "The pattern begins with a wildcard, so no index helps"));
  },
});

function startsWithWildcard(pattern: Expression): boolean {
  if (pattern.type === "string") return /^[%_]/.test(pattern.value);
  const [first] = pattern.type === "call" && pattern.key === "concat" ? pattern.args : [];
  return first !== undefined && startsWithWildcard(first);
}
