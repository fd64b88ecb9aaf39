import { hit, NO_HITS, statementRule } from "../../rule.ts";

export const temporaryTableSharded = statementRule({
  code: "V036",
  name: "temporary-table-sharded",
  group: "vitess",
  title: "Temporary table in a sharded keyspace",
  score: 45,
  why: "vtgate answers 'Temporary table not supported in sharded database'.",
  fix: "Use a derived table or a CTE, or make the table in an unsharded keyspace.",
  fires: ["CREATE TEMPORARY TABLE t (id BIGINT PRIMARY KEY)", "DROP TEMPORARY TABLE t"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY)"],
  given: { sharded: true },
  references: ["https://vitess.io/docs/reference/query-serving/reserved-conn/"],
  targets: ["vitess", "planetscale"],
  vtgate: "refuses",
  reads: "shape",
  kinds: ["create-table", "drop-table"],
  check(statement, context) {
    return context.options.sharded && statement.temporary
      ? [hit(statement.verb, "A sharded keyspace has no temporary tables")]
      : NO_HITS;
  },
});
