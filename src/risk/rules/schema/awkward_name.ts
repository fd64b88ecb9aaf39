import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** Name in mixed case, not ASCII, or too long. */
export const awkwardName = statementRule({
  code: "C016",
  name: "awkward-name",
  group: "schema",
  title: "Name in mixed case, not ASCII, or too long",
  score: 12,
  why:
    "Table names ignore case on some systems and not on others; odd characters need quotes everywhere; 64 characters is the limit.",
  fix: "Use lower case letters, digits and underscores.",
  fires: [
    "CREATE TABLE UserOrders (id BIGINT PRIMARY KEY)",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, `größe` INT)",
    "ALTER TABLE t ADD `first name` TEXT",
  ],
  quiet: ["CREATE TABLE user_orders (id BIGINT PRIMARY KEY, userName TEXT)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html"],
  notUnder: ["upper-case"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    const table = statement.kind === "create-table" ? statement.table.name : undefined;
    const mixed = table !== undefined && /[A-Z]/.test(table.text) && /[a-z]/.test(table.text)
      ? [hit(table, `${table.text} is another table than ${table.key} on some systems`)]
      : [];
    const odd = [
      ...(table === undefined ? [] : [table]),
      ...definedColumns(statement).map((column) => column.name),
    ]
      .flatMap((name) => {
        if (name.text.length > 64) return [hit(name, "This name is longer than 64 characters")];
        return /^[\w$]*$/.test(name.text) ? [] : [hit(name, `${name.text} needs quotes everywhere`)];
      });
    return [...mixed, ...odd];
  },
});
