import { columnChangeOf } from "../../column_change.ts";
import { tableKey } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Column made narrower. Compares with the column's definition in the same file or in --schema. */
export const lossyColumnChange = statementRule({
  code: "D022",
  name: "lossy-column-change",
  group: "destructive",
  title: "Column made narrower",
  score: 60,
  why: "Values that no longer fit make the change fail, or are cut without a word where strict mode is off.",
  fix: "Look for values that do not fit first, and keep the old width until no reader needs it.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY, c VARCHAR(50)); ALTER TABLE t MODIFY c VARCHAR(10)",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n BIGINT); ALTER TABLE t CHANGE n n INT",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n INT); ALTER TABLE t MODIFY n INT UNSIGNED",
  ],
  quiet: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY, c VARCHAR(10)); ALTER TABLE t MODIFY c VARCHAR(50)",
    "ALTER TABLE t MODIFY c VARCHAR(10)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-table.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement, context) {
    const facts = context.schema.table(tableKey(statement.table));
    if (facts === undefined) return NO_HITS;
    return statement.items.flatMap((item) => {
      if (item.action !== "modify-column" && item.action !== "change-column") return [];
      return columnChangeOf(item, facts, statement)?.kind === "shrink"
        ? [hit(item, `Values of ${item.column.name.text} may no longer fit`)]
        : [];
    });
  },
});
