import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** OPTIMIZE or REPAIR TABLE. */
export const optimizeTable = statementRule({
  code: "L023",
  name: "optimize-table",
  group: "locking",
  title: "OPTIMIZE or REPAIR TABLE",
  score: 50,
  why: "OPTIMIZE rebuilds an InnoDB table; REPAIR locks the table, and InnoDB has no use for it.",
  fix: "Let InnoDB be; rebuild a table that has shrunk a lot through a deploy request or gh-ost.",
  fires: ["OPTIMIZE TABLE events", "REPAIR TABLE events"],
  quiet: ["ANALYZE TABLE events"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/optimize-table.html"],
  reads: "shape",
  kinds: ["optimize-table", "repair-table"],
  check(statement) {
    const does = statement.kind === "optimize-table" ? "Rebuilds" : "Locks";
    return statement.tables.map((table) => hit(table, `${does} ${displayName(table)}`));
  },
});
