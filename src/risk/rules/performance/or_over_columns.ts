import type { Expression } from "../../../sql/statement.ts";
import { columnsIn, conjunctsOf, isSargable, whereOf } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** OR over different columns. Beside a condition that an index serves, the OR only filters. */
export const orOverColumns = anyStatementRule({
  code: "P012",
  name: "or-over-columns",
  group: "performance",
  title: "OR over different columns",
  score: 20,
  why: "One index cannot serve both sides; MySQL merges two or scans the table.",
  fix:
    "Write UNION ALL of two queries that each use their index, or make sure that both columns are indexed.",
  fires: ["SELECT id FROM users WHERE email = ? OR phone = ?", "DELETE FROM t WHERE a = 1 OR b = 2"],
  quiet: [
    "SELECT id FROM users WHERE email = ? OR email = ?",
    "SELECT id FROM users WHERE tenant_id = 5 AND (email = ? OR phone = ?)",
    "SELECT id FROM users WHERE (a = 1 AND b = 2) OR (a = 2 AND b = 3)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/index-merge-optimization.html"],
  reads: "shape",
  needs: "logicals",
  check(statement) {
    return statement.logicals.filter((logical) => {
      if (logical.operator !== "or" || logical.clause !== "where") return false;
      const conditions = conjunctsOf(whereOf(statement, logical.block));
      return conditions.includes(logical) && !conditions.some(isSargable) && !shareColumn(logical.operands);
    }).map((logical) => hit(logical, "No single index serves both sides of the OR"));
  },
});

/** Whether one column is in every operand, or some operand names none, so that columns are not what differs. */
function shareColumn(operands: readonly Expression[]): boolean {
  const sets = operands.map((operand) =>
    new Set(columnsIn(operand).map((column) => `${column.table?.key ?? ""}.${column.name.key}`))
  );
  const [first, ...others] = sets;
  if (first === undefined || sets.some((set) => set.size === 0)) return true;
  return [...first].some((name) => others.every((set) => set.has(name)));
}
