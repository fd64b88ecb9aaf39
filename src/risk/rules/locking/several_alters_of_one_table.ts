import { displayName, tableKey } from "../../names.ts";
import { fileRule, NO_FILE_HITS } from "../../rule.ts";

/** Several ALTERs of one table in a file. */
export const severalAltersOfOneTable = fileRule({
  code: "L019",
  name: "several-alters-of-one-table",
  group: "locking",
  title: "Several ALTERs of one table in a file",
  score: 25,
  why: "Each statement may rebuild the table; together they rebuild it once.",
  fix: "Merge them into one ALTER TABLE, unless one of them is instant and the others are not.",
  fires: ["ALTER TABLE users ADD a INT; ALTER TABLE users ADD b INT"],
  quiet: ["ALTER TABLE users ADD a INT; ALTER TABLE orders ADD b INT"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-table.html"],
  open() {
    const altered = new Set<string>();
    return {
      statement(statement, place, context) {
        if (statement.kind !== "alter-table" && statement.kind !== "create-index") return NO_FILE_HITS;
        if (context.file?.dump === true) return NO_FILE_HITS;
        const key = tableKey(statement.table);
        if (context.file?.created(key) === true) return NO_FILE_HITS;
        if (altered.size < MOST_TABLES && !altered.has(key)) {
          altered.add(key);
          return NO_FILE_HITS;
        }
        return altered.has(key)
          ? [{
            place,
            span: statement.verb,
            message: `Alters ${displayName(statement.table)} again: merge it with the earlier one`,
          }]
          : NO_FILE_HITS;
      },
      end: () => NO_FILE_HITS,
    };
  },
});

/** Tables remembered of one file. */
const MOST_TABLES = 10_000;
