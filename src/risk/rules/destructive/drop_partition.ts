import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Partition dropped, truncated or exchanged. */
export const dropPartition = statementRule({
  code: "D010",
  name: "drop-partition",
  group: "destructive",
  title: "Partition dropped, truncated or exchanged",
  score: 82,
  why: "The rows of the partition go with it, without undo.",
  fix: "Keep a copy of the partition (EXCHANGE it into an archive table that is backed up) before it goes.",
  fires: ["ALTER TABLE events DROP PARTITION p2019", "ALTER TABLE events TRUNCATE PARTITION ALL"],
  quiet: ["ALTER TABLE events ADD PARTITION (PARTITION p2026 VALUES LESS THAN (2027))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/partitioning-management-range-list.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) => {
      switch (item.action) {
        case "drop-partition":
          return [hit(item, `Drops partitions of ${displayName(statement.table)} with their rows`)];
        case "truncate-partition":
          return [hit(item, `Empties partitions of ${displayName(statement.table)}`)];
        case "exchange-partition":
          return [
            hit(
              item,
              `Swaps the rows of a partition of ${displayName(statement.table)} with another table's`,
            ),
          ];
        default:
          return [];
      }
    });
  },
});
