import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** UPDATE without WHERE. A WHERE of a subquery or a CTE is not the statement's own. */
export const updateWithoutWhere = statementRule({
  code: "D002",
  name: "update-without-where",
  group: "destructive",
  title: "UPDATE without WHERE",
  score: 92,
  why: "Every row of the table is rewritten, with the locks, undo and binary log that go with it.",
  fix:
    "Add a WHERE that names the rows to change; for a backfill, go through the table in batches by primary key.",
  fires: [
    "UPDATE users SET active = 0",
    "UPDATE t SET a = (SELECT 1 FROM x WHERE x.id = 1)",
    "UPDATE t AS u SET u.a = 1 ORDER BY u.id",
  ],
  quiet: ["UPDATE users SET active = 0 WHERE id = 7", "UPDATE t JOIN x ON x.id = t.id SET t.a = x.a"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/update.html"],
  reads: "shape",
  kinds: ["update"],
  check(statement) {
    if (statement.where !== undefined || statement.tables.length > 1) return NO_HITS;
    const target = statement.tables[0]?.table;
    return [hit(
      { start: statement.verb.start, end: statement.tables[0]?.end ?? statement.verb.end },
      `Rewrites every row of ${target === undefined ? "the table" : displayName(target)}`,
    )];
  },
});
