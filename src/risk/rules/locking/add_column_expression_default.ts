import { createdColumns } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Column added with an expression as default. */
export const addColumnExpressionDefault = statementRule({
  code: "L009",
  name: "add-column-expression-default",
  group: "locking",
  title: "Column added with an expression as default",
  score: 65,
  why: "The expression is evaluated for every row while the table is copied with writes blocked.",
  fix:
    "Add the column with NULL or a literal as default, fill it in batches, then set the expression as default.",
  fires: ["ALTER TABLE users ADD token BINARY(16) DEFAULT (UUID_TO_BIN(UUID()))"],
  quiet: [
    "ALTER TABLE users ADD created DATETIME DEFAULT CURRENT_TIMESTAMP",
    "ALTER TABLE users ADD n INT DEFAULT 0",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return createdColumns(statement).flatMap((column) =>
      column.default?.kind === "expression"
        ? [
          hit(
            column,
            `Copies ${displayName(statement.table)} with writes blocked to compute ${column.name.text}`,
          ),
        ]
        : []
    );
  },
});
