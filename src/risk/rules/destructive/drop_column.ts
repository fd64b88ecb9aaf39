import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** ALTER TABLE drops a column. */
export const dropColumn = statementRule({
  code: "D008",
  name: "drop-column",
  group: "destructive",
  title: "ALTER TABLE drops a column",
  score: 80,
  why:
    "The column's data is gone, and every running version of the application that names it starts to fail.",
  fix: "First release a version that no longer names the column, then drop it in a later migration.",
  fires: ["ALTER TABLE users DROP COLUMN email", "ALTER TABLE users ADD a INT, DROP email"],
  quiet: ["ALTER TABLE users DROP INDEX email", "ALTER TABLE users ALTER COLUMN email DROP DEFAULT"],
  references: ["https://planetscale.com/docs/learn/handling-table-and-column-renames"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) =>
      item.action === "drop-column"
        ? [hit(item, `Drops the column ${item.name.text} of ${displayName(statement.table)} and its data`)]
        : []
    );
  },
});
