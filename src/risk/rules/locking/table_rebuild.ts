import { type AlterOperation, methodOf, plannedItems } from "../../alter_matrix.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** L024. */
export const tableRebuild = statementRule({
  code: "L024",
  name: "table-rebuild",
  group: "locking",
  title: "Table rebuilt in place",
  score: 45,
  why:
    "Writes go on, but the whole table is written anew: disk space, IO and replica lag in proportion to its size.",
  fix: "Run it as a deploy request or with gh-ost where the table is not small.",
  fires: [
    "ALTER TABLE events ROW_FORMAT=COMPRESSED",
    "ALTER TABLE events FORCE",
    "ALTER TABLE events ADD PRIMARY KEY (id)",
  ],
  quiet: ["ALTER TABLE events COMMENT = 'x'", "ALTER TABLE events DROP COLUMN a"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    return plannedItems(statement).flatMap((item) => {
      if (!COVERED.has(item.operation)) return [];
      if (methodOf(item.operation, context.options.serverVersion) !== "rebuild") return [];
      return [hit(item, `Rebuilds ${displayName(statement.table)}`)];
    });
  },
});

/** Operations of which no other rule speaks. */
const COVERED: ReadonlySet<AlterOperation> = new Set([
  "row-format",
  "add-primary-key",
  "add-column",
  "add-column-in-place",
  "drop-column",
]);
