/** Whether two expressions are the same and give the same value on the same row. */

import type { Expression } from "../statement.ts";

/** Functions whose two calls may differ. */
const UNSTABLE: ReadonlySet<string> = new Set([
  "rand",
  "random_bytes",
  "sleep",
  "sysdate",
  "uuid",
  "uuid_short",
]);

/** Compares by structure. A column without its table's name is the same as with it. Subqueries are never the same. */
export function sameExpression(a: Expression, b: Expression): boolean {
  const stack: Expression[] = [a, b];
  while (stack.length > 0) {
    const right = stack.pop()!;
    const left = stack.pop()!;
    if (!sameNode(left, right, stack)) return false;
  }
  return looksAtSomething(a);
}

/** Constants are for folding; what is left here reads a column or a variable. */
function looksAtSomething({ type }: Expression): boolean {
  return type !== "number" && type !== "string" && type !== "null" && type !== "boolean" &&
    type !== "placeholder" && type !== "hex" && type !== "bit";
}

function sameNode(left: Expression, right: Expression, stack: Expression[]): boolean {
  switch (left.type) {
    case "column":
      return right.type === "column" && left.name.key === right.name.key && left.local === right.local &&
        (left.table === undefined || right.table === undefined || left.table.key === right.table.key);
    case "number":
      return right.type === "number" && left.text === right.text;
    case "string":
      return right.type === "string" && left.value === right.value;
    case "boolean":
      return right.type === "boolean" && left.value === right.value;
    case "null":
      return right.type === "null";
    case "variable":
      return right.type === "variable" && left.kind === right.kind && left.name === right.name &&
        left.scope === right.scope;
    case "unary":
      if (right.type !== "unary" || left.operator !== right.operator) return false;
      stack.push(left.operand, right.operand);
      return true;
    case "binary":
      if (right.type !== "binary" || left.operator !== right.operator) return false;
      stack.push(left.left, right.left, left.right, right.right);
      return true;
    case "collate":
      if (right.type !== "collate" || left.collation !== right.collation) return false;
      stack.push(left.value, right.value);
      return true;
    case "cast":
      if (right.type !== "cast" || left.target !== right.target) return false;
      stack.push(left.value, right.value);
      return true;
    case "call":
      if (right.type !== "call" || left.key !== right.key || left.args.length !== right.args.length) {
        return false;
      }
      if (UNSTABLE.has(left.key) || left.aggregate || left.windowed || left.schema !== undefined) {
        return false;
      }
      for (let index = 0; index < left.args.length; index++) {
        stack.push(left.args[index]!, right.args[index]!);
      }
      return true;
    default:
      return false;
  }
}
