import { hit, statementRule } from "../../rule.ts";

const MANY_ROWS = 1000;
const MANY_BYTES = 1024 * 1024;

/** INSERT of more than 1000 rows or 1 MB. A dump is made of such statements, and is loaded where nobody waits. */
export const bulkInsert = statementRule({
  code: "P022",
  name: "bulk-insert",
  group: "performance",
  title: "INSERT of more than 1000 rows or 1 MB",
  score: 30,
  why:
    "One long statement holds its locks to the end, replicas wait for all of it, and it may not fit into a packet.",
  fix: "Insert a few hundred rows a statement.",
  fires: [`INSERT INTO t (a) VALUES ${Array.from({ length: 1001 }, (_, index) => `(${index})`).join(", ")}`],
  quiet: ["INSERT INTO t (a) VALUES (1), (2), (3)", "INSERT INTO t (a) SELECT a FROM u WHERE id = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/insert-optimization.html"],
  reads: "text",
  kinds: ["insert", "replace"],
  mayFire: (statement) =>
    (statement.values?.rowCount ?? 0) > 1 && statement.end - statement.start >= MANY_ROWS,
  check(statement, context) {
    const { values } = statement;
    if (values === undefined || values.rowCount < 2 || context.file?.dump === true) return [];
    const bytes = statement.end - statement.start;
    if (values.rowCount > MANY_ROWS) {
      return [hit(statement.verb, `Inserts ${values.rowCount} rows at once`)];
    }
    if (bytes > MANY_BYTES) {
      return [hit(statement.verb, `The statement has ${Math.round(bytes / 1024)} KiB`)];
    }
    return [];
  },
});
