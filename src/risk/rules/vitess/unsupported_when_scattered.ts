import type { StatementOf } from "../../../sql/statement.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** V025. */
export const unsupportedWhenScattered = statementRule({
  code: "V025",
  name: "unsupported-when-scattered",
  group: "vitess",
  title: "Statement that vtgate does not run across shards",
  score: 45,
  why: "vtgate answers VT12001 where it cannot route the statement to one shard.",
  fix: "Name the sharding key in the WHERE, or split the statement.",
  fires: [
    "REPLACE INTO t (id) VALUES (1)",
    "UPDATE a JOIN b ON b.id = a.id SET a.x = 1",
    "SELECT a.id FROM a NATURAL JOIN b",
    "SELECT a, COUNT(*) FROM t GROUP BY a WITH ROLLUP",
  ],
  quiet: ["UPDATE a SET x = 1 WHERE id = 7"],
  given: { sharded: true },
  references: ["https://vitess.io/docs/reference/compatibility/mysql-compatibility/"],
  targets: ["vitess", "planetscale"],
  reads: "shape",
  kinds: ["select", "insert", "replace", "update", "delete"],
  check(statement, context) {
    if (!context.options.sharded) return NO_HITS;
    const hits = statement.blocks.flatMap((block) => [
      ...block.from.filter((reference) => reference.join.startsWith("natural")).map((reference) =>
        hit(reference, "NATURAL JOIN is not supported")
      ),
      ...block.from.filter((reference) => reference.lateral).map((reference) =>
        hit(reference, "LATERAL is not supported")
      ),
      ...(block.rollup
        ? [hit(block.groupBy.at(-1) ?? block, "WITH ROLLUP is not supported across shards")]
        : []),
    ]);
    const windows = statement.calls.filter((call) => call.windowed).map((call) =>
      hit(call, "Window functions are not supported across shards")
    );
    return [...hits, ...windows, ...ofWrites(statement)];
  },
});

function ofWrites(statement: StatementOf<"select" | "insert" | "replace" | "update" | "delete">) {
  switch (statement.kind) {
    case "replace":
      return [hit(statement.verb, "REPLACE is not supported in a sharded keyspace")];
    case "update":
    case "delete":
      if (statement.tables.length > 1) {
        return [hit(statement.verb, "Joined changes are not supported across shards")];
      }
      return statement.limit === undefined
        ? []
        : [hit(statement.limit, "LIMIT is not supported for changes across shards")];
    default:
      return [];
  }
}
