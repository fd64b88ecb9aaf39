import { createdColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** NOT NULL column added without a default. */
export const addNotNullWithoutDefault = statementRule({
  code: "L016",
  name: "add-not-null-without-default",
  group: "locking",
  title: "NOT NULL column added without a default",
  score: 50,
  why:
    "Existing rows get an implicit value nobody chose, and INSERTs of the running version that do not name the column fail.",
  fix: "Add it with a DEFAULT, or as NULL first and fill it before it becomes NOT NULL.",
  fires: ["ALTER TABLE users ADD age INT NOT NULL"],
  quiet: ["ALTER TABLE users ADD age INT NOT NULL DEFAULT 0", "ALTER TABLE users ADD age INT"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return createdColumns(statement).flatMap((column) =>
      column.nullable === false && column.default === undefined && !column.autoIncrement &&
        column.generated === undefined
        ? [hit(column, `Existing rows get an implicit value in ${column.name.text}, and old writers fail`)]
        : []
    );
  },
});
