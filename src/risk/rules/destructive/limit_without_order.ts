import type { Expression } from "../../../sql/statement.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** UPDATE or DELETE with LIMIT and no ORDER BY. */
export const limitWithoutOrder = statementRule({
  code: "D025",
  name: "limit-without-order",
  group: "destructive",
  title: "UPDATE or DELETE with LIMIT and no ORDER BY",
  score: 35,
  why:
    "Which rows are changed is up to the server, and with statement-based replication the replica may choose others.",
  fix: "Add ORDER BY on the primary key.",
  fires: ["DELETE FROM events LIMIT 100", "UPDATE jobs SET state = 'x' WHERE state = 'y' LIMIT 1"],
  quiet: ["DELETE FROM events ORDER BY id LIMIT 100", "DELETE FROM events WHERE id = 7 LIMIT 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/replication-features-limit.html"],
  reads: "shape",
  kinds: ["update", "delete"],
  check(statement) {
    const { limit } = statement;
    if (limit === undefined || statement.orderBy.length > 0 || isOneRow(statement.where)) return NO_HITS;
    return [hit(limit, "LIMIT without ORDER BY leaves the choice of rows to the server")];
  },
});

/** `id = constant`, alone or with more ANDed: LIMIT is only a belt beside the braces. */
function isOneRow(where: Expression | undefined): boolean {
  if (where === undefined) return false;
  if (where.type === "logical" && where.operator === "and") return where.operands.some(isOneRow);
  return where.type === "comparison" && where.operator === "=" && where.left.type === "column" &&
    /(^|_)(id|uuid|guid)$/.test(where.left.name.key) && where.right.type !== "column";
}
