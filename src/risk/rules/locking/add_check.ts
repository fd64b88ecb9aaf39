import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** CHECK added to an existing table. */
export const addCheck = statementRule({
  code: "L006",
  name: "add-check",
  group: "locking",
  title: "CHECK added to an existing table",
  score: 65,
  why: "Checks are evaluated above the storage engine, so every row is copied and checked while writes wait.",
  fix:
    "Add it NOT ENFORCED first, repair the rows that break it, and enforce it when the table may be copied.",
  fires: ["ALTER TABLE orders ADD CHECK (total >= 0)", "ALTER TABLE orders ALTER CHECK positive ENFORCED"],
  quiet: [
    "ALTER TABLE orders ADD CHECK (total >= 0) NOT ENFORCED",
    "CREATE TABLE o (id BIGINT PRIMARY KEY, CHECK (id > 0))",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) => {
      const enforces = item.action === "add-check" && item.check.enforced ||
        item.action === "alter-check" && item.enforced ||
        item.action === "add-column" && item.column.checks.some((check) => check.enforced);
      return enforces
        ? [hit(item, `Copies ${displayName(statement.table)} with writes blocked to check every row`)]
        : [];
    });
  },
});
