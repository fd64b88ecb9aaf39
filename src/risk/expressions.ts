/** Questions the rules ask of expressions. None of them follows a subquery. */

import { someNode } from "../sql/model/children.ts";
import type {
  Call,
  ColumnReference,
  Expression,
  Predicate,
  QueryBlock,
  Statement,
} from "../sql/statement.ts";

/** Whether each type of node is a column, a literal, a placeholder or a variable: nothing is in it to be looked for. */
const ATOMS: Readonly<Record<Expression["type"], boolean>> = {
  number: true,
  string: true,
  hex: true,
  bit: true,
  null: true,
  boolean: true,
  temporal: true,
  placeholder: true,
  column: true,
  star: true,
  variable: true,
  call: false,
  unary: false,
  binary: false,
  logical: false,
  comparison: false,
  matching: false,
  in: false,
  between: false,
  is: false,
  case: false,
  cast: false,
  interval: false,
  match: false,
  subquery: false,
  row: false,
  assignment: false,
  collate: false,
  default: false,
  values: false,
  opaque: false,
};

/** Whether an expression is a column, a literal, a placeholder or a variable. */
function isAtom(expression: Expression): boolean {
  return ATOMS[expression.type];
}

/** Whether a predicate compares two atoms, as most do. */
export function isPlainComparison(predicate: Predicate): boolean {
  return predicate.type === "comparison" && isAtom(predicate.left) && isAtom(predicate.right);
}

/** Whether a predicate tests nothing but atoms, as most do. */
export function isPlainPredicate(predicate: Predicate): boolean {
  switch (predicate.type) {
    case "comparison":
      return isAtom(predicate.left) && isAtom(predicate.right);
    case "matching":
      return isAtom(predicate.left) && isAtom(predicate.pattern);
    case "in":
      return isAtom(predicate.left) && predicate.items.every(isAtom);
    case "between":
      return isAtom(predicate.value) && isAtom(predicate.low) && isAtom(predicate.high);
    case "is":
      return isAtom(predicate.value);
  }
}

const NONE: readonly Expression[] = [];

/** The column references in an expression. */
export function columnsIn(expression: Expression): readonly ColumnReference[] {
  const columns: ColumnReference[] = [];
  someNode(expression, (part) => {
    if (part.type === "column") columns.push(part);
    return false;
  });
  return columns;
}

/** Whether a column is in an expression. */
export function hasColumn(expression: Expression): boolean {
  return someNode(expression, (part) => part.type === "column");
}

/** Whether an aggregate function is in an expression. */
export function hasAggregate(expression: Expression): boolean {
  return someNode(expression, (part) => part.type === "call" && part.aggregate);
}

/** Whether the expression is one and the same value for every row: no column and no subquery in it. */
export function isRowIndependent(expression: Expression): boolean {
  return !someNode(
    expression,
    (part) =>
      part.type === "column" || part.type === "subquery" || part.type === "star" || part.type === "opaque",
  );
}

/** Whether the expression is a literal, with or without a sign. */
export function isLiteral(expression: Expression): boolean {
  switch (expression.type) {
    case "number":
    case "string":
    case "hex":
    case "bit":
    case "null":
    case "boolean":
    case "temporal":
      return true;
    case "unary":
      return (expression.operator === "-" || expression.operator === "+") && isLiteral(expression.operand);
    default:
      return false;
  }
}

/** The conditions that all have to hold: the operands of AND, or the expression itself. */
export function conjunctsOf(expression: Expression | undefined): readonly Expression[] {
  if (expression === undefined) return NONE;
  if (expression.type !== "logical" || expression.operator !== "and") return [expression];
  return expression.operands.flatMap(conjunctsOf);
}

/** The two sides of a predicate that compares: what is tested and what it is tested with. */
export function sidesOf(
  predicate: Predicate,
): readonly (readonly [tested: Expression, with_: readonly Expression[]])[] {
  switch (predicate.type) {
    case "comparison":
      return [[predicate.left, [predicate.right]], [predicate.right, [predicate.left]]];
    case "matching":
      return [[predicate.left, [predicate.pattern]]];
    case "in":
      return [[predicate.left, predicate.items]];
    case "between":
      return [[predicate.value, [predicate.low, predicate.high]]];
    case "is":
      return [[predicate.value, NONE]];
  }
}

/** Whether an index on a bare column can serve the condition: `c = x`, `c < x`, `c IN (..)`, `c LIKE 'x%'`, ... */
export function isSargable(condition: Expression): boolean {
  switch (condition.type) {
    case "comparison":
      return condition.operator !== "<>" &&
        (condition.left.type === "column" || condition.right.type === "column");
    case "in":
      return !condition.negated && (condition.left.type === "column" || condition.left.type === "row");
    case "between":
      return !condition.negated && condition.value.type === "column";
    case "is":
      return condition.test === "null" && !condition.negated && condition.value.type === "column";
    case "matching":
      return condition.operator === "like" && !condition.negated && condition.left.type === "column" &&
        !(condition.pattern.type === "string" && /^[%_]/.test(condition.pattern.value));
    case "match":
      return true;
    default:
      return false;
  }
}

/** Whether the condition ties a bare column to one value or a list of values that do not depend on the row. */
export function isEqualityToConstant(condition: Expression): boolean {
  if (condition.type === "in") {
    return !condition.negated && condition.query === undefined && condition.items.every(isRowIndependent);
  }
  if (condition.type !== "comparison" || (condition.operator !== "=" && condition.operator !== "<=>")) {
    return false;
  }
  const { left, right } = condition;
  return (left.type === "column" && isRowIndependent(right)) ||
    (right.type === "column" && isRowIndependent(left)) ||
    (left.type === "row" && isRowIndependent(right));
}

/** The WHERE that a predicate stands in: its block's, or the statement's own. */
export function whereOf(statement: Statement, block: QueryBlock | undefined): Expression | undefined {
  if (block !== undefined) return block.where;
  return statement.kind === "update" || statement.kind === "delete" ? statement.where : undefined;
}

/** The calls of a statement to one of these functions, by lower-case name, that are not some schema's own. */
export function callsTo(statement: Statement, names: ReadonlySet<string>): readonly Call[] {
  return statement.calls.filter((call) => call.schema === undefined && names.has(call.key));
}
