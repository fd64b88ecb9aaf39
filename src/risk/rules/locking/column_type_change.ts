import type { AlterItem } from "../../../sql/statement.ts";
import { columnChangeOf } from "../../column_change.ts";
import { displayName, tableKey } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Column type changed. */
export const columnTypeChange = statementRule({
  code: "L001",
  name: "column-type-change",
  group: "locking",
  title: "Column type changed",
  score: 75,
  why: "A new type, length or character set means that the table is copied row by row while writes wait.",
  fix:
    "Run it as a deploy request or with gh-ost, or add a new column, copy the data in batches and switch over.",
  fires: [
    "ALTER TABLE orders MODIFY total BIGINT",
    "ALTER TABLE orders CHANGE total total DECIMAL(12,2) NOT NULL",
    "ALTER TABLE orders ORDER BY total",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, d DATETIME(6)); ALTER TABLE t MODIFY d DATETIME",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n INT, g INT AS (n) STORED); ALTER TABLE t MODIFY g INT",
  ],
  quiet: [
    "ALTER TABLE orders ALTER COLUMN total SET DEFAULT 0",
    "ALTER TABLE orders ADD total BIGINT",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, v VARCHAR(20) CHARACTER SET utf8mb3); ALTER TABLE t MODIFY v VARCHAR(20) CHARACTER SET utf8mb4",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n INT); ALTER TABLE t CHANGE n m INT NULL DEFAULT 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    const facts = context.schema.table(tableKey(statement.table));
    return statement.items.flatMap((item) => {
      if (item.action === "order-by") {
        return [hit(item, `Copies ${displayName(statement.table)} with writes blocked to sort it`)];
      }
      if (item.action !== "modify-column" && item.action !== "change-column") return [];
      const { column } = item;
      const change = columnChangeOf(item, facts, statement);
      // Without its old definition, a generated column is left to the rule on those.
      if (change === undefined && column.generated !== undefined) return [];
      switch (change?.kind) {
        case "type":
        case "shrink":
          return change?.method !== "copy" ? [] : [
            hit(
              item,
              `Copies ${displayName(statement.table)} with writes blocked to change ${column.name.text}`,
            ),
          ];
        case undefined: {
          if (column.type.name === "enum" || column.type.name === "set") return [];
          const mayGrow = column.type.name === "varchar" || column.type.name === "varbinary";
          const score = mayGrow || mayKeepType(item) ? 60 : undefined;
          return [hit(
            item,
            mayGrow
              ? `Copies ${
                displayName(statement.table)
              } with writes blocked unless ${column.name.text} only grows a little`
              : `Copies ${
                displayName(statement.table)
              } with writes blocked if the type of ${column.name.text} changes`,
            score,
          )];
        }
        default:
          return [];
      }
    });
  },
});

/** Whether the item has another purpose than a type: a new name, NULL, a default, a comment or another place. */
function mayKeepType(item: ColumnChangeItem): boolean {
  const { column } = item;
  return item.action === "change-column" && item.from.key !== column.name.key || column.nullable === true ||
    column.default !== undefined || column.comment !== undefined || item.position !== undefined;
}

type ColumnChangeItem = Extract<AlterItem, { readonly action: "modify-column" | "change-column" }>;
