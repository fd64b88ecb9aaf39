import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** CREATE TABLE ... SELECT. */
export const createTableSelect = statementRule({
  code: "L030",
  name: "create-table-select",
  group: "locking",
  title: "CREATE TABLE ... SELECT",
  score: 45,
  why: "The source stays locked while it is read, and the new table has no keys but those written out.",
  fix: "CREATE TABLE with its keys first (or LIKE the source), then copy in batches.",
  fires: ["CREATE TABLE copy AS SELECT id FROM users WHERE id < 100", "CREATE TABLE copy SELECT 1 AS a"],
  quiet: ["CREATE TABLE copy LIKE users"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-table-select.html"],
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    if (statement.query === undefined || statement.temporary) return NO_HITS;
    return [hit(statement.query, `Fills ${displayName(statement.table)} in the statement that creates it`)];
  },
});
