import { definedIndexes } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Table without a primary key. */
export const noPrimaryKey = statementRule({
  code: "C001",
  name: "no-primary-key",
  group: "schema",
  title: "Table without a primary key",
  score: 45,
  why:
    "InnoDB hides one of its own, replicas find rows by scanning, and no online schema change tool can work on the table.",
  fix: "Give it a primary key, for example id BIGINT UNSIGNED AUTO_INCREMENT.",
  fires: ["CREATE TABLE log (at DATETIME, line TEXT)"],
  quiet: [
    "CREATE TABLE log (id BIGINT PRIMARY KEY, line TEXT)",
    "CREATE TABLE log LIKE other",
    "CREATE TABLE s (id SERIAL PRIMARY KEY)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/primary-key-optimization.html"],
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    if (statement.like !== undefined || statement.temporary || statement.columns.length === 0) return NO_HITS;
    if (definedIndexes(statement).some((index) => index.kind === "primary")) return NO_HITS;
    return [hit(statement.table, `${displayName(statement.table)} has no primary key`)];
  },
});
