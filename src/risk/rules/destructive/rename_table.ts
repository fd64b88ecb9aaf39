import { displayName, tableKey } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Table renamed. */
export const renameTable = statementRule({
  code: "D015",
  name: "rename-table",
  group: "destructive",
  title: "Table renamed",
  score: 60,
  why: "Every running version of the application that uses the old name fails the moment the rename commits.",
  fix: "Create the new table, write to both, move the rows and the readers, then drop the old one.",
  fires: ["RENAME TABLE orders TO purchases", "ALTER TABLE orders RENAME TO purchases"],
  quiet: ["ALTER TABLE orders RENAME INDEX a TO b", "ALTER TABLE orders ADD note TEXT"],
  references: ["https://planetscale.com/docs/learn/handling-table-and-column-renames"],
  reads: "shape",
  kinds: ["rename-table", "alter-table"],
  check(statement, context) {
    if (statement.kind === "alter-table") {
      return statement.items.flatMap((item) =>
        item.action === "rename-table"
          ? [hit(item, message(displayName(statement.table), displayName(item.to)))]
          : []
      );
    }
    return statement.renames.flatMap(({ from, to }) =>
      context.file?.created(tableKey(from)) === true
        ? []
        : [hit({ start: from.start, end: to.end }, message(displayName(from), displayName(to)))]
    );
  },
});

function message(from: string, to: string): string {
  return `Renames ${from} to ${to} under the feet of its users`;
}
