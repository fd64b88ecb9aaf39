import { tableKey } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** UPDATE changes a primary key. */
export const updateOfPrimaryKey = statementRule({
  code: "D020",
  name: "update-of-primary-key",
  group: "destructive",
  title: "UPDATE changes a primary key",
  score: 45,
  why:
    "Rows move to another place, every secondary index entry is rewritten, foreign keys break or cascade, and a sharding key cannot be changed at all.",
  fix: "Insert the row under its new key and delete the old one, or leave keys alone.",
  fires: ["UPDATE users SET id = id + 1 WHERE id > 7"],
  quiet: ["UPDATE users SET name = 'x' WHERE id = 7", "UPDATE orders SET user_id = 8 WHERE user_id = 7"],
  references: ["https://vitess.io/docs/reference/compatibility/mysql-compatibility/"],
  reads: "shape",
  kinds: ["update"],
  check(statement, context) {
    const table = statement.writes.length === 1 ? statement.writes[0]?.table : undefined;
    const facts = table === undefined ? undefined : context.schema.table(tableKey(table));
    const key = facts?.keys.find((candidate) => candidate.kind === "primary")?.columns ?? ["id"];
    return statement.assignments.flatMap((assignment) =>
      key.includes(assignment.target.name.key)
        ? [hit(assignment, `Changes the primary key column ${assignment.target.name.text}`)]
        : []
    );
  },
});
