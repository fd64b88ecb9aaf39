import { columnChangeOf } from "../../column_change.ts";
import { displayName, tableKey } from "../../names.ts";
import { fileRule, NO_FILE_HITS } from "../../rule.ts";

/** VARCHAR grows past 255 bytes. Reads the column's old length from the file's own CREATE TABLE or --schema. */
export const varcharGrowsPast255Bytes = fileRule({
  code: "L022",
  name: "varchar-grows-past-255-bytes",
  group: "locking",
  title: "VARCHAR grows past 255 bytes",
  score: 60,
  why: "Past 255 bytes a value's length takes a second byte, so the table is copied with writes blocked.",
  fix: "Grow within the limit (63 characters of utf8mb4, 255 of latin1), or plan for a copy.",
  fires: [
    "CREATE TABLE u (id BIGINT PRIMARY KEY, n VARCHAR(60)) CHARACTER SET utf8mb4; ALTER TABLE u MODIFY n VARCHAR(70)",
  ],
  quiet: [
    "CREATE TABLE u (id BIGINT PRIMARY KEY, n VARCHAR(70)) CHARACTER SET utf8mb4; ALTER TABLE u MODIFY n VARCHAR(200)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  open: () => ({
    statement(statement, place, context) {
      if (statement.kind !== "alter-table") return NO_FILE_HITS;
      const facts = context.schema.table(tableKey(statement.table));
      return statement.items.flatMap((item) => {
        if (item.action !== "modify-column" && item.action !== "change-column") return [];
        if (columnChangeOf(item, facts, statement)?.kind !== "grow-across") return [];
        return [{
          place,
          span: item,
          message: `Copies ${displayName(statement.table)}: ${item.column.name.text} grows past 255 bytes`,
        }];
      });
    },
    end: () => NO_FILE_HITS,
  }),
});
