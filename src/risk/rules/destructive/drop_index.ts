import { definedIndexes } from "../../definitions.ts";
import { tableKey } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Index dropped. */
export const dropIndex = statementRule({
  code: "D012",
  name: "drop-index",
  group: "destructive",
  title: "Index dropped",
  score: 35,
  why:
    "A query that used the index turns into a scan, and adding the index back takes as long as building it.",
  fix: "Make the index INVISIBLE first, watch for slow queries for a few days, then drop it.",
  fires: ["DROP INDEX idx_email ON users", "ALTER TABLE users DROP KEY idx_email"],
  quiet: [
    "ALTER TABLE users ALTER INDEX idx_email INVISIBLE",
    "ALTER TABLE users DROP KEY k, ADD KEY k (email, id)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/invisible-indexes.html"],
  reads: "shape",
  kinds: ["drop-index", "alter-table"],
  check(statement, context) {
    if (context.file?.created(tableKey(statement.table)) === true) return NO_HITS;
    if (statement.kind === "drop-index") return [hit(statement.name, message(statement.name.text))];
    const replaced = new Set(definedIndexes(statement).map((index) => index.name?.key));
    return statement.items.flatMap((item) =>
      item.action === "drop-index" && !replaced.has(item.name.key) ? [hit(item, message(item.name.text))] : []
    );
  },
});

function message(index: string): string {
  return `Drops the index ${index}, which queries may depend on`;
}
