import { tableKey } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** MODIFY or CHANGE that makes a stored column a generated one: the expression replaces what it held. */
export const columnMadeGenerated = statementRule({
  code: "D030",
  name: "column-made-generated",
  group: "destructive",
  title: "Column turned into a generated one",
  score: 92,
  why:
    "The server computes the column anew in every row and throws away what was stored in it, without an error.",
  fix: "Add the generated column under a new name, compare it with the old one, and drop the old one later.",
  fires: [
    "ALTER TABLE users MODIFY name VARCHAR(50) AS ('') STORED",
    "ALTER TABLE users CHANGE name full_name VARCHAR(50) GENERATED ALWAYS AS (CONCAT(first, last)) STORED",
  ],
  quiet: [
    "ALTER TABLE users ADD COLUMN initial CHAR(1) AS (LEFT(name, 1)) STORED",
    "ALTER TABLE users MODIFY name VARCHAR(50) NOT NULL",
    "CREATE TABLE t (id INT PRIMARY KEY, g INT AS (id) STORED); ALTER TABLE t MODIFY g INT AS (id + 1) STORED",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-table-generated-columns.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    const facts = context.schema.table(tableKey(statement.table));
    return statement.items.flatMap((item) => {
      if (item.action !== "modify-column" && item.action !== "change-column") return [];
      if (item.column.generated === undefined) return [];
      const from = item.action === "change-column" ? item.from : item.column.name;
      return facts?.columns.get(from.key)?.generated !== undefined
        ? []
        : [hit(item, `Replaces what ${from.text} holds by its expression, in every row`)];
    });
  },
});
