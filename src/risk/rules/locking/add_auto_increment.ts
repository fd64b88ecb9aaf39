import { createdColumns } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** AUTO_INCREMENT column added to an existing table. */
export const addAutoIncrement = statementRule({
  code: "L008",
  name: "add-auto-increment",
  group: "locking",
  title: "AUTO_INCREMENT column added to an existing table",
  score: 72,
  why:
    "Every row gets a number while the table is rebuilt with writes blocked, and replicas may number the rows differently.",
  fix: "Create a new table with the column, copy the rows in order, and swap the tables.",
  fires: ["ALTER TABLE events ADD id BIGINT AUTO_INCREMENT PRIMARY KEY"],
  quiet: ["ALTER TABLE events ADD ref BIGINT", "CREATE TABLE events (id BIGINT AUTO_INCREMENT PRIMARY KEY)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return createdColumns(statement).flatMap((column) =>
      column.autoIncrement || column.type.serial
        ? [hit(column, `Rebuilds ${displayName(statement.table)} with writes blocked to number its rows`)]
        : []
    );
  },
});
