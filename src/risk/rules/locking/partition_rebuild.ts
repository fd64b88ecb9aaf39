import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Partitions reorganised or rebuilt. */
export const partitionRebuild = statementRule({
  code: "L013",
  name: "partition-rebuild",
  group: "locking",
  title: "Partitions reorganised or rebuilt",
  score: 55,
  why: "The partitions concerned are written anew, and writes to them wait.",
  fix: "Split or merge partitions while they are empty or small, ahead of the data.",
  fires: [
    "ALTER TABLE events REORGANIZE PARTITION p0 INTO (PARTITION a VALUES LESS THAN (5))",
    "ALTER TABLE events COALESCE PARTITION 2",
  ],
  quiet: ["ALTER TABLE events ANALYZE PARTITION p0"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) => {
      switch (item.action) {
        case "reorganize-partition":
        case "coalesce-partition":
        case "rebuild-partition":
        case "optimize-partition":
        case "repair-partition":
          return [
            hit(item, `Rewrites partitions of ${displayName(statement.table)} with writes to them blocked`),
          ];
        default:
          return [];
      }
    });
  },
});
