import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** CONVERT TO CHARACTER SET. */
export const convertCharset = statementRule({
  code: "L002",
  name: "convert-charset",
  group: "locking",
  title: "CONVERT TO CHARACTER SET",
  score: 78,
  why:
    "Every text column is converted by copying the table while writes wait, and text columns may change their type.",
  fix:
    "Run it as a deploy request or with gh-ost, on a quiet table, and check for keys that become too long.",
  fires: ["ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4"],
  quiet: ["ALTER TABLE users DEFAULT CHARACTER SET utf8mb4"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) =>
      item.action === "convert-charset"
        ? [hit(item, `Copies ${displayName(statement.table)} with writes blocked`)]
        : []
    );
  },
});
