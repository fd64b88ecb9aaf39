import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Table partitioned or partitioning removed. */
export const partitioningChange = statementRule({
  code: "L012",
  name: "partitioning-change",
  group: "locking",
  title: "Table partitioned or partitioning removed",
  score: 75,
  why: "The table is copied row by row while writes wait.",
  fix: "Create the partitioned table beside it, copy in batches, and swap the tables.",
  fires: ["ALTER TABLE events PARTITION BY HASH (id) PARTITIONS 8", "ALTER TABLE events REMOVE PARTITIONING"],
  quiet: ["ALTER TABLE events ADD PARTITION (PARTITION p9 VALUES LESS THAN (9))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) =>
      item.action === "partition-by" || item.action === "remove-partitioning"
        ? [hit(item, `Copies ${displayName(statement.table)} with writes blocked`)]
        : []
    );
  },
});
