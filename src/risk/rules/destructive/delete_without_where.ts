import { displayName } from "../../names.ts";
import { NO_HITS, statementRule } from "../../rule.ts";

/** DELETE without WHERE. A WHERE of a subquery or a CTE is not the statement's own. */
export const deleteWithoutWhere = statementRule({
  code: "D001",
  name: "delete-without-where",
  group: "destructive",
  title: "DELETE without WHERE",
  score: 95,
  why: "Every row of the table is deleted, one undo record and one binary log event each.",
  fix:
    "Add a WHERE that names the rows to delete. To empty a table on purpose, say so with TRUNCATE in a reviewed " +
    "migration.",
  fires: [
    "DELETE FROM users",
    "DELETE FROM users ORDER BY id",
    "WITH old AS (SELECT id FROM users WHERE id < 5) DELETE FROM users",
  ],
  quiet: ["DELETE FROM users WHERE id = 7", "DELETE u FROM users u JOIN gone g ON g.id = u.id"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/delete.html"],
  reads: "shape",
  kinds: ["delete"],
  check(statement) {
    if (statement.where !== undefined || statement.tables.length > 1) return NO_HITS;
    const [target] = statement.targets;
    return [{
      start: statement.verb.start,
      end: target?.end ?? statement.verb.end,
      message: `Deletes every row of ${target === undefined ? "the table" : displayName(target)}`,
    }];
  },
});
