import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** INSERT without column list in a sharded keyspace. */
export const insertWithoutColumnsSharded = statementRule({
  code: "V026",
  name: "insert-without-columns-sharded",
  group: "vitess",
  title: "INSERT without column list in a sharded keyspace",
  score: 40,
  why: "vtgate has to know which value is the sharding key, and answers VT09004 where no columns are named.",
  fix: "Name the columns.",
  fires: ["INSERT INTO t VALUES (1, 2)"],
  quiet: ["INSERT INTO t (id, n) VALUES (1, 2)", "INSERT INTO t SET id = 1"],
  given: { sharded: true },
  references: ["https://vitess.io/docs/reference/errors/query-serving/"],
  targets: ["vitess", "planetscale"],
  vtgate: "either",
  reads: "shape",
  kinds: ["insert", "replace"],
  check(statement, context) {
    if (!context.options.sharded || statement.columns !== undefined || statement.assignments.length > 0) {
      return NO_HITS;
    }
    return [hit(statement.target, `The columns of ${displayName(statement.target)} are not named`)];
  },
});
