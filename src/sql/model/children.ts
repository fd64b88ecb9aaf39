import { assertNever } from "../../base/assert_never.ts";
import type { Expression } from "./expression.ts";

/** Whether any node of an expression, subqueries aside, satisfies a test. */
export function someNode(expression: Expression, test: (node: Expression) => boolean): boolean {
  const stack: Expression[] = [expression];
  for (;;) {
    const node = stack.pop();
    if (node === undefined) return false;
    if (test(node)) return true;
    pushChildren(node, stack);
  }
}

/** The operands of a node, onto a stack. Queries in it are not entered. */
function pushChildren(node: Expression, stack: Expression[]): void {
  switch (node.type) {
    case "unary":
      stack.push(node.operand);
      break;
    case "binary":
    case "comparison":
      stack.push(node.left, node.right);
      break;
    case "logical":
      for (const operand of node.operands) stack.push(operand);
      break;
    case "matching":
      stack.push(node.left, node.pattern);
      if (node.escape !== undefined) stack.push(node.escape);
      break;
    case "in":
      stack.push(node.left);
      for (const item of node.items) stack.push(item);
      break;
    case "between":
      stack.push(node.value, node.low, node.high);
      break;
    case "is":
    case "cast":
    case "interval":
    case "collate":
      stack.push(node.value);
      break;
    case "assignment":
      stack.push(node.target, node.value);
      break;
    case "call":
      for (const arg of node.args) stack.push(arg);
      break;
    case "row":
      for (const item of node.items) stack.push(item);
      break;
    case "case":
      if (node.value !== undefined) stack.push(node.value);
      for (const branch of node.branches) stack.push(branch.when, branch.then);
      if (node.otherwise !== undefined) stack.push(node.otherwise);
      break;
    case "match":
      for (const column of node.columns) stack.push(column);
      stack.push(node.against);
      break;
    case "number":
    case "string":
    case "hex":
    case "bit":
    case "null":
    case "boolean":
    case "temporal":
    case "placeholder":
    case "column":
    case "star":
    case "variable":
    case "subquery":
    case "default":
    case "values":
    case "opaque":
      break;
    default:
      assertNever(node);
  }
}

/** The operands of a node; none for a subquery. */
export function childrenOf(node: Expression): readonly Expression[] {
  const children: Expression[] = [];
  pushChildren(node, children);
  return children;
}
