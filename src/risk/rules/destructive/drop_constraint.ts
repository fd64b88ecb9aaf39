import { hit, statementRule } from "../../rule.ts";

/** Foreign key or check dropped. */
export const dropConstraint = statementRule({
  code: "D013",
  name: "drop-constraint",
  group: "destructive",
  title: "Foreign key or check dropped",
  score: 35,
  why: "From then on the server lets rows in that the constraint kept out.",
  fix: "Make sure the application checks what the constraint did, and keep its definition for the way back.",
  fires: [
    "ALTER TABLE orders DROP FOREIGN KEY fk_user",
    "ALTER TABLE orders DROP CHECK positive",
    "ALTER TABLE orders DROP CONSTRAINT c",
  ],
  quiet: ["ALTER TABLE orders DROP INDEX fk_user"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-table.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) => {
      switch (item.action) {
        case "drop-foreign-key":
        case "drop-check":
        case "drop-constraint":
          return [hit(item, `Drops the constraint ${item.name.text}`)];
        case "alter-check":
          return item.enforced ? [] : [hit(item, `Stops enforcing the check ${item.name.text}`)];
        default:
          return [];
      }
    });
  },
});
