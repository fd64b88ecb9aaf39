import type { AlterItem } from "../../../sql/statement.ts";
import { type AlterOperation, methodOf, plannedItems } from "../../alter_matrix.ts";
import { displayName, tableKey } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Table rebuilt in place. */
export const tableRebuild = statementRule({
  code: "L024",
  name: "table-rebuild",
  group: "locking",
  title: "Table rebuilt in place",
  score: 45,
  why:
    "Writes go on, but the whole table is written anew: disk space, IO and replica lag in proportion to its size.",
  fix: "Run it as a deploy request or with gh-ost where the table is not small.",
  fires: [
    "ALTER TABLE events ROW_FORMAT=COMPRESSED",
    "ALTER TABLE events FORCE",
    "ALTER TABLE events ADD PRIMARY KEY (id)",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n INT NOT NULL); ALTER TABLE t MODIFY n INT",
  ],
  quiet: ["ALTER TABLE events COMMENT = 'x'", "ALTER TABLE events DROP COLUMN a"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    const table = context.schema.table(tableKey(statement.table));
    return plannedItems(statement, table).flatMap((item) => {
      if (!COVERED.has(item.operation) || isMadeNotNull(item.item)) return [];
      if (methodOf(item.operation, context.options.serverVersion) !== "rebuild") return [];
      return [hit(item, `Rebuilds ${displayName(statement.table)}`)];
    });
  },
});

/** A column that is made NOT NULL has a rule of its own. */
function isMadeNotNull(item: AlterItem): boolean {
  return (item.action === "modify-column" || item.action === "change-column") &&
    item.column.nullable === false;
}

/** Operations of which no other rule speaks. */
const COVERED: ReadonlySet<AlterOperation> = new Set([
  "row-format",
  "nullability",
  "add-primary-key",
  "add-column",
  "add-column-in-place",
  "add-keyed-column",
  "drop-column",
]);
