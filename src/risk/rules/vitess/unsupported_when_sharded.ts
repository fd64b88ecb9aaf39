import { definedColumns } from "../../definitions.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** AUTO_INCREMENT or view in a sharded keyspace. PlanetScale's UNSUPPORTED_SHARDED_FEATURE. */
export const unsupportedWhenSharded = statementRule({
  code: "V008",
  name: "unsupported-when-sharded",
  group: "vitess",
  title: "AUTO_INCREMENT or view in a sharded keyspace",
  score: 60,
  why: "Each shard would count for itself; PlanetScale rejects both in sharded keyspaces.",
  fix: "Use a Vitess sequence for numbers, and put the view's query into the application.",
  fires: [
    "CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY)",
    "CREATE VIEW v AS SELECT id FROM t WHERE id > 0",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY)"],
  given: { sharded: true },
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["create-table", "alter-table", "create-view"],
  check(statement, context) {
    if (!context.options.sharded) return NO_HITS;
    if (statement.kind === "create-view") {
      return [hit(statement.view, "Views are not supported in a sharded keyspace")];
    }
    return definedColumns(statement).flatMap((column) =>
      column.autoIncrement || column.type.serial
        ? [hit(column, `${column.name.text} needs a Vitess sequence in a sharded keyspace`)]
        : []
    );
  },
});
