import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** DISCARD or IMPORT TABLESPACE. */
export const discardTablespace = statementRule({
  code: "D011",
  name: "discard-tablespace",
  group: "destructive",
  title: "DISCARD or IMPORT TABLESPACE",
  score: 90,
  why: "DISCARD deletes the table's data file, and IMPORT replaces it with one the server did not write.",
  fix: "Move tables with mysqldump or CLONE; leave tablespace files to a restore under supervision.",
  fires: ["ALTER TABLE t DISCARD TABLESPACE", "ALTER TABLE t IMPORT TABLESPACE"],
  quiet: ["ALTER TABLE t TABLESPACE ts1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-table-import.html"],
  reads: "shape",
  kinds: ["alter-table"],
  check(statement) {
    return statement.items.flatMap((item) => {
      if (item.action !== "tablespace") return [];
      const does = item.change === "discard" ? "Deletes" : "Replaces";
      return [hit(item, `${does} the data file of ${displayName(statement.table)}`)];
    });
  },
});
