import { definedIndexes, isViewStandIn } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Table without a unique key. PlanetScale's NO_UNIQUE_KEY. */
export const noUniqueKey = statementRule({
  code: "V001",
  name: "no-unique-key",
  group: "vitess",
  title: "Table without a unique key",
  score: 72,
  why:
    "PlanetScale rejects the deploy request (NO_UNIQUE_KEY), and Vitess cannot move or migrate a table without one.",
  fix: "Add a primary key, or a UNIQUE key of NOT NULL columns.",
  fires: ["CREATE TABLE log (at DATETIME, line TEXT)"],
  quiet: [
    "CREATE TABLE log (id BIGINT PRIMARY KEY)",
    "CREATE TABLE log (a INT NOT NULL UNIQUE)",
    "CREATE TABLE log LIKE other",
  ],
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors/no-unique-key"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["create-table"],
  check(statement, context) {
    if (isViewStandIn(statement, context.file?.dump === true)) return NO_HITS;
    if (statement.like !== undefined || statement.temporary || statement.columns.length === 0) return NO_HITS;
    const unique = definedIndexes(statement).some(({ kind }) => kind === "primary" || kind === "unique");
    return unique ? NO_HITS : [hit(statement.table, `${displayName(statement.table)} has no unique key`)];
  },
});
