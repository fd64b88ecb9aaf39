import type { QueryBlock, Statement } from "../../../sql/statement.ts";
import { conjunctsOf, isEqualityToConstant } from "../../expressions.ts";
import { displayName } from "../../names.ts";
import { givesOneRow, isUserTable, queryOf } from "../../queries.ts";
import { hit, statementRule } from "../../rule.ts";

/** SELECT without WHERE and LIMIT. Aggregates are P020's; an inner join on a constant restricts as a WHERE does. */
export const unboundedSelect = statementRule({
  code: "P002",
  name: "unbounded-select",
  group: "performance",
  title: "SELECT without WHERE and LIMIT",
  score: 30,
  why: "The whole table is read and sent to the client, and both grow with it.",
  fix: "Add a WHERE, or read in pages with a LIMIT.",
  fires: [
    "SELECT id FROM users",
    "SELECT u.id FROM users u JOIN orders o ON o.user_id = u.id",
    "SELECT id FROM users UNION ALL SELECT id FROM customers WHERE id > 1",
  ],
  quiet: [
    "SELECT id FROM users WHERE active = 1",
    "SELECT id FROM users LIMIT 10",
    "SELECT MAX(id) FROM users",
    "SELECT 1",
    "SELECT id FROM users UNION SELECT id FROM customers LIMIT 5",
    "SELECT u.id FROM users u JOIN orders o ON o.user_id = u.id AND o.id = 5",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/select-optimization.html"],
  reads: "shape",
  kinds: ["select"],
  check(statement) {
    return statement.blocks.filter((block) => block.role === "top" && isUnbounded(statement, block)).map(
      (block) => {
        const table = block.from.find(isUserTable)?.table;
        const span = block.form === "select" ? block.selectSpan : block;
        return hit(span, `Reads all of ${table === undefined ? "the table" : displayName(table)}`);
      },
    );
  },
});

function isUnbounded(statement: Statement, block: QueryBlock): boolean {
  if (block.where !== undefined || block.limit !== undefined || block.groupBy.length > 0) return false;
  if (givesOneRow(block) || block.having !== undefined || !block.from.every(isUserTable)) return false;
  if (block.locking.length > 0 || block.into !== undefined) return false; // These have rules of their own.
  if (queryOf(statement, block)?.limit !== undefined) return false;
  return !block.from.some((reference) =>
    (reference.join === "inner" || reference.join === "straight") &&
    conjunctsOf(reference.on).some(isEqualityToConstant)
  );
}
