import { definedForeignKeys } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Foreign key that deletes or clears rows by itself. */
export const cascadingForeignKey = statementRule({
  code: "D024",
  name: "cascading-foreign-key",
  group: "destructive",
  title: "Foreign key that deletes or clears rows by itself",
  score: 40,
  why:
    "One DELETE of a parent may remove any number of children in the same transaction, unseen by triggers and by the binary log's reader.",
  fix: "Use RESTRICT and delete the children first, in batches.",
  fires: [
    "CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT, FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE)",
    "ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) ON DELETE SET NULL",
  ],
  quiet: ["ALTER TABLE o ADD CONSTRAINT fk FOREIGN KEY (u) REFERENCES users (id) ON DELETE RESTRICT"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedForeignKeys(statement).flatMap(({ start, end, references }) => {
      const { onDelete, table } = references;
      if (onDelete !== "cascade" && onDelete !== "set-null") return [];
      const does = onDelete === "cascade" ? "also deletes its rows here" : "clears its rows here";
      return [hit({ start, end }, `Deleting a row of ${displayName(table)} ${does}`)];
    });
  },
});
