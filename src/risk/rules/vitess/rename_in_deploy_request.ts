import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Rename that a deploy request takes for drop and add. */
export const renameInDeployRequest = statementRule({
  code: "V017",
  name: "rename-in-deploy-request",
  group: "vitess",
  title: "Rename that a deploy request takes for drop and add",
  score: 65,
  why:
    "A deploy request compares schemas: a renamed table or column is one dropped, with its data, and one added.",
  fix: "Add the new name, copy the data, move readers and writers, then drop the old name.",
  fires: [
    "ALTER TABLE users RENAME COLUMN email TO mail",
    "RENAME TABLE a TO b",
    "ALTER TABLE users CHANGE email mail VARCHAR(255)",
  ],
  quiet: ["ALTER TABLE users RENAME INDEX a TO b", "ALTER TABLE users CHANGE email email VARCHAR(255)"],
  references: ["https://planetscale.com/docs/learn/handling-table-and-column-renames"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["rename-table", "alter-table"],
  check(statement) {
    if (statement.kind === "rename-table") {
      return statement.renames.map(({ from, to }) =>
        hit(
          { start: from.start, end: to.end },
          `A deploy request would drop ${displayName(from)} and add ${displayName(to)}`,
        )
      );
    }
    return statement.items.flatMap((item) => {
      const renames = item.action === "rename-column" || item.action === "rename-table" ||
        item.action === "change-column" && item.from.key !== item.column.name.key;
      return renames
        ? [hit(item, "A deploy request would drop the old name with its data and add the new one")]
        : [];
    });
  },
});
