import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Default character set changed, columns not. */
export const defaultCharsetOnly = statementRule({
  code: "C014",
  name: "default-charset-only",
  group: "schema",
  title: "Default character set changed, columns not",
  score: 25,
  why: "Only columns added later get it: those that exist keep theirs, and joins between the two convert.",
  fix: "CONVERT TO CHARACTER SET changes the columns too (and copies the table).",
  fires: ["ALTER TABLE t DEFAULT CHARACTER SET utf8mb4", "ALTER TABLE t CHARSET = utf8mb4"],
  quiet: [
    "ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4",
    "CREATE TABLE t (id BIGINT PRIMARY KEY) CHARSET = utf8mb4",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-table.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    if (statement.items.some((item) => item.action === "convert-charset")) return NO_HITS;
    return statement.items.flatMap((item) =>
      item.action === "option" && item.option.name === "CHARACTER SET"
        ? [hit(item, `Existing columns of ${displayName(statement.table)} keep their character set`)]
        : []
    );
  },
});
