import { columnChangeOf } from "../../column_change.ts";
import { definedColumns } from "../../definitions.ts";
import { displayName, tableKey } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** ENUM or SET changed other than by appending. */
export const enumChange = statementRule({
  code: "L021",
  name: "enum-change",
  group: "locking",
  title: "ENUM or SET changed other than by appending",
  score: 60,
  why:
    "Values are stored by number: inserting, removing or reordering them copies the table with writes blocked.",
  fix: "Append new values at the end; leave old ones in place, unused.",
  fires: ["ALTER TABLE users MODIFY state ENUM('new', 'old')"],
  quiet: ["ALTER TABLE users ADD state ENUM('new', 'old')"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "text",
  kinds: ["alter-table"],
  mayFire: (statement) => definedColumns(statement).some((column) => column.type.members.length > 0),
  check(statement, context) {
    const facts = context.schema.table(tableKey(statement.table));
    return statement.items.flatMap((item) => {
      if (item.action !== "modify-column" && item.action !== "change-column") return [];
      const { column } = item;
      if (column.type.name !== "enum" && column.type.name !== "set") return [];
      switch (columnChangeOf(item, facts, statement)?.kind) {
        case "reorder":
          return [
            hit(item, `Copies ${displayName(statement.table)}: values of ${column.name.text} change places`),
          ];
        case undefined:
          return [
            hit(
              item,
              `Copies ${
                displayName(statement.table)
              } unless values were only appended to ${column.name.text}`,
            ),
          ];
        default:
          return [];
      }
    });
  },
});
