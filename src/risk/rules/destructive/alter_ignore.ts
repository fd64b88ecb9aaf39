import { assertNever } from "../../../base/assert_never.ts";
import type { AlterItem } from "../../../sql/statement.ts";
import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** MariaDB's ALTER IGNORE TABLE with something that rows may not fit: those that do not are deleted. */
export const alterIgnore = statementRule({
  code: "D029",
  name: "alter-ignore",
  group: "destructive",
  title: "ALTER IGNORE TABLE deletes rows that do not fit",
  score: 92,
  why:
    "With IGNORE a new unique key or partitioning deletes every row that violates it, and a new type cuts values, without an error.",
  fix: "Leave IGNORE out: the ALTER then fails and names the first row that does not fit.",
  fires: [
    "ALTER IGNORE TABLE users ADD UNIQUE KEY email (email)",
    "ALTER IGNORE TABLE users PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10))",
  ],
  quiet: ["ALTER TABLE users ADD UNIQUE KEY email (email)", "ALTER IGNORE TABLE users ADD COLUMN a INT"],
  references: ["https://mariadb.com/kb/en/alter-table/"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    if (!statement.ignore) return NO_HITS;
    const [item] = statement.items.filter(rejectsRows);
    return item === undefined
      ? NO_HITS
      : [hit(item, `Deletes rows of ${displayName(statement.table)} that do not fit, without an error`)];
  },
});

/** Whether an item may meet rows that violate it. */
function rejectsRows(item: AlterItem): boolean {
  switch (item.action) {
    case "add-index":
      return item.index.kind === "primary" || item.index.kind === "unique";
    case "add-column":
      return item.column.key === "unique" || item.column.key === "primary";
    case "drop-column":
    case "rename-column":
    case "alter-column":
    case "drop-index":
    case "rename-index":
    case "alter-index":
    case "drop-primary-key":
    case "add-foreign-key":
    case "drop-foreign-key":
    case "drop-check":
    case "alter-check":
    case "drop-constraint":
    case "rename-table":
    case "convert-charset":
    case "option":
    case "order-by":
    case "force":
    case "keys":
    case "validation":
    case "tablespace":
    case "remove-partitioning":
    case "secondary":
    case "other":
      return false;
    case "modify-column":
    case "change-column":
    case "add-check":
    case "partition-by":
    case "add-partition":
    case "drop-partition":
    case "truncate-partition":
    case "coalesce-partition":
    case "reorganize-partition":
    case "exchange-partition":
    case "analyze-partition":
    case "check-partition":
    case "optimize-partition":
    case "rebuild-partition":
    case "repair-partition":
      return true;
    default:
      return assertNever(item);
  }
}
