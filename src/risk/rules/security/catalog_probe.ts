import type { QueryBlock, Statement } from "../../../sql/statement.ts";
import { isAccountTable, isCatalog, readsCatalog, readsUserTables } from "../../catalog.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** What a subquery on the catalog within an application's query scores; a migration asks whether a column exists. */
const NESTED_WIRE_SCORE = 60;

/** The server's own tables are read. Tools and ORMs read the catalog by itself. */
export const catalogProbe = anyStatementRule({
  code: "S007",
  name: "catalog-probe",
  group: "security",
  title: "The server's own tables are read",
  score: 30,
  why: "Names of tables and columns are what injected SQL looks for first; an application knows its own.",
  fix: "Leave introspection to migrations and tools, under an account of their own.",
  fires: [
    "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()",
    "SELECT id FROM users WHERE id = 1 UNION SELECT table_name FROM information_schema.tables",
    "SELECT id FROM users WHERE id = (SELECT COUNT(*) FROM information_schema.columns)",
  ],
  quiet: ["SELECT id FROM users WHERE id = 1", "SHOW TABLES", "SELECT 'information_schema.tables'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/information-schema.html"],
  reads: "shape",
  check(statement, context) {
    if (!statement.blocks.some(readsCatalog)) return NO_HITS;
    const blocks = statement.blocks.filter(readsCatalog);
    const [block] = blocks;
    if (block === undefined) return NO_HITS;
    const table = block.from.find((one) => one.table !== undefined && isCatalog(one.table));
    if (table?.table === undefined || isAccountTable(table.table)) return [];
    const united = isUnitedWithUserTables(statement, blocks);
    const nested = !united && isNestedInUserTables(block);
    const score = united ? 75 : nested && context.options.mode === "wire" ? NESTED_WIRE_SCORE : undefined;
    const message = united || nested
      ? "A query of the application's tables reads the server's own as well"
      : "Reads the server's own tables";
    return [hit(table, message, score)];
  },
});

function isUnitedWithUserTables(statement: Statement, blocks: readonly QueryBlock[]): boolean {
  return statement.queries.some((query) =>
    query.blocks.some(readsUserTables) &&
    query.blocks.some((block) => blocks.includes(block) && !readsUserTables(block))
  );
}

function isNestedInUserTables(block: QueryBlock): boolean {
  for (let outer = block.parent; outer !== undefined; outer = outer.parent) {
    if (readsUserTables(outer)) return true;
  }
  return false;
}
