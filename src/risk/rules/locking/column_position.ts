import { methodOf } from "../../alter_matrix.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Column placed with FIRST or AFTER. */
export const columnPosition = statementRule({
  code: "L018",
  name: "column-position",
  group: "locking",
  title: "Column placed with FIRST or AFTER",
  score: 40,
  why: "Moving a column rebuilds the table, and adding one elsewhere than last is instant only from 8.0.29.",
  fix: "Leave the position out: the order of columns matters to SELECT * alone.",
  fires: ["ALTER TABLE users MODIFY age INT AFTER name", "ALTER TABLE users CHANGE age age INT FIRST"],
  quiet: ["ALTER TABLE users ADD age INT", "ALTER TABLE users ADD age INT AFTER name"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    return statement.items.flatMap((item) => {
      switch (item.action) {
        case "modify-column":
        case "change-column":
          return item.position === undefined
            ? []
            : [hit(item.position, `Rebuilds ${displayName(statement.table)} if the column moves`)];
        case "add-column":
          return item.position === undefined ||
              methodOf("add-column-in-place", context.options.serverVersion) === "instant"
            ? []
            : [hit(item.position, `Rebuilds ${displayName(statement.table)} on servers before 8.0.29`)];
        default:
          return [];
      }
    });
  },
});
