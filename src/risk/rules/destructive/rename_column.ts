import { hit, statementRule } from "../../rule.ts";

/** Column renamed. */
export const renameColumn = statementRule({
  code: "D016",
  name: "rename-column",
  group: "destructive",
  title: "Column renamed",
  score: 60,
  why:
    "Every running version of the application that names the old column fails the moment the change commits.",
  fix: "Add the new column, write to both, copy the data, move the readers, then drop the old one.",
  fires: [
    "ALTER TABLE users RENAME COLUMN email TO mail",
    "ALTER TABLE users CHANGE email mail VARCHAR(255)",
  ],
  quiet: ["ALTER TABLE users CHANGE email email VARCHAR(255)", "ALTER TABLE users MODIFY email VARCHAR(255)"],
  references: ["https://planetscale.com/docs/learn/handling-table-and-column-renames"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) => {
      if (item.action === "rename-column") return [hit(item, message(item.from.text, item.to.text))];
      if (item.action !== "change-column" || item.from.key === item.column.name.key) return [];
      return [hit(item, message(item.from.text, item.column.name.text))];
    });
  },
});

function message(from: string, to: string): string {
  return `Renames the column ${from} to ${to} under the feet of its users`;
}
