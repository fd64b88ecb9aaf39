/** Whether the contents of literals decide how many rows a condition lets through. */

import type { Expression } from "../sql/statement.ts";

/**
 * Whether two conditions of the same shape as this one may reach different rows by constant folding: `1 = 1` and
 * `1 = 2`, `name LIKE '%'` and `name LIKE 'a%'`. False for a column compared with one literal, the usual case.
 */
export function literalsDecide(condition: Expression | undefined): boolean {
  if (condition === undefined) return false;
  switch (condition.type) {
    case "logical":
      return condition.operands.some((operand) => literalsDecide(operand));
    case "unary":
      return literalsDecide(condition.operand);
    case "comparison":
      return !(isPlain(condition.left) && isPlain(condition.right) &&
        (condition.left.type === "column" || condition.right.type === "column"));
    case "in":
      return condition.left.type !== "column";
    case "between":
      return condition.value.type !== "column";
    case "is":
      return condition.value.type !== "column";
    case "column":
    case "placeholder":
    case "variable":
      return false;
    default:
      return true;
  }
}

/** A column, a literal, or what is no constant anyway. */
function isPlain(expression: Expression): boolean {
  switch (expression.type) {
    case "column":
    case "number":
    case "string":
    case "null":
    case "boolean":
    case "hex":
    case "bit":
    case "temporal":
    case "placeholder":
    case "variable":
    case "subquery":
      return true;
    case "unary":
      return expression.operator === "-" && isPlain(expression.operand);
    default:
      return false;
  }
}
