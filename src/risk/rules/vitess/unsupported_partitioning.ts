import { hit, statementRule } from "../../rule.ts";

/** Partitioning that PlanetScale does not take. PlanetScale's UNSUPPORTED_PARTITIONING_FEATURE. */
export const unsupportedPartitioning = statementRule({
  code: "V007",
  name: "unsupported-partitioning",
  group: "vitess",
  title: "Partitioning that PlanetScale does not take",
  score: 65,
  why:
    "Only RANGE, HASH and KEY partitions without subpartitions are supported; the deploy request is rejected.",
  fix: "Use RANGE, HASH or KEY, or shard the table instead.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY) PARTITION BY LIST (id) (PARTITION p VALUES IN (1))"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY) PARTITION BY HASH (id) PARTITIONS 4"],
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    const all = statement.kind === "create-table"
      ? [statement.partitioning]
      : statement.items.map((item) => (item.action === "partition-by" ? item.partitioning : undefined));
    return all.flatMap((partitioning) => {
      if (partitioning === undefined) return [];
      if (partitioning.type === "list") return [hit(partitioning, "LIST partitioning is not supported")];
      return partitioning.subpartition ? [hit(partitioning, "Subpartitions are not supported")] : [];
    });
  },
});
