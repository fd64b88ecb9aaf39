import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Foreign key added to an existing table. */
export const addForeignKey = statementRule({
  code: "L005",
  name: "add-foreign-key",
  group: "locking",
  title: "Foreign key added to an existing table",
  score: 65,
  why:
    "The server checks every row while it copies the table with writes blocked, and locks the parent's metadata too.",
  fix:
    "Add it while the table is small, or with foreign_key_checks=0 after the rows were checked by a query.",
  fires: ["ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id)"],
  quiet: [
    "CREATE TABLE orders (id BIGINT PRIMARY KEY, user_id BIGINT, FOREIGN KEY (user_id) REFERENCES users (id))",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    // From 9.0 on, REFERENCES at a column makes a foreign key.
    const inline = context.options.serverVersion >= 90000;
    return statement.items.flatMap((item) =>
      item.action === "add-foreign-key" ||
        inline && (item.action === "add-column" || item.action === "modify-column" ||
            item.action === "change-column") &&
          item.column.references !== undefined
        ? [
          hit(
            item,
            `Copies ${displayName(statement.table)} with writes blocked unless foreign_key_checks is 0`,
          ),
        ]
        : []
    );
  },
});
