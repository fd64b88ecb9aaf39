import { methodOf, methodOfAll, plannedItems } from "../../alter_matrix.ts";
import { tableKey } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Instant change mixed with one that rebuilds the table. */
export const instantMixedWithRebuild = statementRule({
  code: "L020",
  name: "instant-mixed-with-rebuild",
  group: "locking",
  title: "Instant change mixed with one that rebuilds the table",
  score: 35,
  why:
    "The whole statement takes the slowest way: what would be instant alone waits for the rebuild and fails with it.",
  fix: "Put the instant changes into a statement of their own with ALGORITHM=INSTANT.",
  fires: [
    "ALTER TABLE users ALTER COLUMN a SET DEFAULT 1, MODIFY age BIGINT",
    "ALTER TABLE users ADD a INT, ENGINE=InnoDB",
    "ALTER TABLE users ADD a INT, ADD KEY (b)",
    "ALTER TABLE users DROP COLUMN a, COMMENT = 'x'",
  ],
  quiet: [
    "ALTER TABLE users ADD a INT, ADD b INT",
    "ALTER TABLE users DROP PRIMARY KEY, ADD PRIMARY KEY (a)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    const { serverVersion } = context.options;
    const planned = plannedItems(statement, context.schema.table(tableKey(statement.table)));
    const instant = planned.find(({ operation }) => methodOf(operation, serverVersion) === "instant");
    const whole = methodOfAll(planned.map(({ operation }) => operation), serverVersion);
    if (instant === undefined || whole === "instant" || whole === "metadata") return NO_HITS;
    return [
      hit(instant, "Instant on its own, but with the other changes of this statement the table is rebuilt"),
    ];
  },
});
