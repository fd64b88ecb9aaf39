import { definedColumns } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Stored generated column added or changed. */
export const addStoredColumn = statementRule({
  code: "L007",
  name: "add-stored-column",
  group: "locking",
  title: "Stored generated column added or changed",
  score: 70,
  why: "Its value is computed for every row while the table is copied with writes blocked.",
  fix: "Make the column VIRTUAL and index it where it has to be searched.",
  fires: [
    "ALTER TABLE orders ADD total INT AS (price * amount) STORED",
    "ALTER TABLE orders MODIFY total INT GENERATED ALWAYS AS (price) STORED",
  ],
  quiet: [
    "ALTER TABLE orders ADD total INT AS (price * amount) VIRTUAL",
    "ALTER TABLE orders ADD total INT AS (price * amount)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return definedColumns(statement).flatMap((column) =>
      column.generated?.stored === true
        ? [
          hit(
            column,
            `Copies ${displayName(statement.table)} with writes blocked to fill ${column.name.text}`,
          ),
        ]
        : []
    );
  },
});
