import { displayName, tableKey } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Column made NOT NULL. */
export const columnBecomesNotNull = statementRule({
  code: "L017",
  name: "column-becomes-not-null",
  group: "locking",
  title: "Column made NOT NULL",
  score: 55,
  why:
    "The table is rebuilt, the change fails on the first NULL under strict mode, and writers that still send NULL fail after it.",
  fix: "Fill the NULLs first, in batches, and make the application stop writing them.",
  fires: [
    "ALTER TABLE users MODIFY age INT NOT NULL",
    "ALTER TABLE users CHANGE age age INT NOT NULL DEFAULT 0",
  ],
  quiet: ["ALTER TABLE users MODIFY age INT NULL", "ALTER TABLE users ADD age INT NOT NULL DEFAULT 0"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    const facts = context.schema.table(tableKey(statement.table));
    return statement.items.flatMap((item) => {
      if (item.action !== "modify-column" && item.action !== "change-column") return [];
      const old = facts?.columns.get((item.action === "change-column" ? item.from : item.column.name).key);
      if (item.column.nullable !== false || old?.nullable === false) return [];
      const sure = old === undefined ? " unless it was so before" : "";
      return [
        hit(
          item,
          `Rebuilds ${displayName(statement.table)} and fails on NULLs in ${item.column.name.text}${sure}`,
        ),
      ];
    });
  },
});
