import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** TRUNCATE TABLE. */
export const truncateTable = statementRule({
  code: "D007",
  name: "truncate-table",
  group: "destructive",
  title: "TRUNCATE TABLE",
  score: 88,
  why:
    "TRUNCATE drops and recreates the table: it commits the open transaction, cannot be rolled back and resets AUTO_INCREMENT.",
  fix: "Delete in batches where rows may have to come back; truncate only what can be rebuilt.",
  fires: ["TRUNCATE TABLE orders", "TRUNCATE orders"],
  quiet: [
    "TRUNCATE performance_schema.events_waits_history",
    "SELECT TRUNCATE(1.25, 1)",
    "DELETE FROM orders WHERE id = 7",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/truncate-table.html"],
  reads: "shape",
  kinds: ["truncate-table"],
  check(statement) {
    // Its tables are counters of the server's own, which begin anew.
    if (statement.table.schema?.key === "performance_schema") return NO_HITS;
    return [hit(statement.table, `Empties ${displayName(statement.table)} without a way back`)];
  },
});
