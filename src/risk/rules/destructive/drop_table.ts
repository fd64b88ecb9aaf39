import { displayName } from "../../names.ts";
import { statementRule } from "../../rule.ts";

/** DROP TABLE. A DROP that the same file follows with a CREATE of the same table is lowered by the file judge. */
export const dropTable = statementRule({
  code: "D005",
  name: "drop-table",
  group: "destructive",
  title: "DROP TABLE",
  score: 85,
  why: "The table's rows, indexes and grants are gone at once, and no transaction brings them back.",
  fix:
    "Stop using the table first, rename it out of the way for a while, and drop it when nothing has missed it.",
  fires: [
    "DROP TABLE users",
    "DROP TABLE IF EXISTS shop.users, orders CASCADE",
    "DROP TEMPORARY TABLE batch",
  ],
  quiet: ["DROP VIEW active_users", "CREATE TABLE users (id BIGINT PRIMARY KEY)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/drop-table.html"],
  reads: "shape",
  kinds: ["drop-table"],
  check(statement) {
    return statement.tables.map((table) => ({
      start: table.start,
      end: table.end,
      message: statement.temporary
        ? `Drops the temporary table ${displayName(table)}`
        : `Drops ${displayName(table)} and all its rows`,
      ...(statement.temporary ? { score: 10 } : {}),
    }));
  },
});
