/** What a condition does to the rows it is asked about: the outcomes it can have, without knowing the data. */

import type { Call, ColumnReference, Comparison, Expression } from "../statement.ts";
import type { RowReach } from "../statement.ts";
import type { Block } from "../analyser/block.ts";
import { foldConstant, numberOf, truthOf } from "./fold.ts";
import { sameExpression } from "./same.ts";

/** Bits of `Outcome.mask`. */
const TRUE = 1;
const FALSE = 2;
const NULL = 4;
const ANY = TRUE | FALSE | NULL;

/** The outcomes of a condition over all rows. */
interface Outcome {
  /** Which of TRUE, FALSE and NULL it may be. */
  readonly mask: number;
  /** Its outcome depends on the row; otherwise it is the same for all. */
  readonly row: boolean;
  /** It is nothing but a value of the row taken for true: `WHERE id`. */
  readonly truthy: boolean;
  /** It has one value, but for rows where a column is NULL; where that is a single column, its name in lower case. */
  readonly unlessNull?: string | true;
}

const ALWAYS: Outcome = { mask: TRUE, row: false, truthy: false };
const NEVER: Outcome = { mask: FALSE, row: false, truthy: false };
const UNKNOWN: Outcome = { mask: NULL, row: false, truthy: false };
const SOME: Outcome = { mask: ANY, row: true, truthy: false };
const TRUTHY: Outcome = { mask: ANY, row: true, truthy: true };
const SAME_FOR_ALL: Outcome = { mask: ANY, row: false, truthy: false };

/** Asks what is known of a column when a schema is: whether it holds text, and whether it can be NULL. */
export type ColumnLookup = (
  column: ColumnReference,
) => { readonly text: boolean; readonly nullable: boolean } | undefined;

/** What a condition is asked about. */
export interface ConditionScope {
  /** What is known of columns. */
  readonly columns?: ColumnLookup | undefined;
  /** Outcomes worked out so far, so that no condition within is gone through twice. */
  readonly known?: Map<Expression, Outcome> | undefined;
  /** In lower case, what the table is called by whose rows are meant, where several tables are joined. */
  readonly table?: string | undefined;
}

/** How many rows a condition lets through, as far as its text (and the columns, where known) tells. */
export function reachOfCondition(condition: Expression, scope: ConditionScope = {}): RowReach {
  const outcome = outcomeOf(condition, { ...scope, known: new Map() });
  if (outcome.mask === TRUE) return "every";
  if ((outcome.mask & TRUE) === 0) return "none";
  if ((outcome.mask & FALSE) === 0 && outcome.unlessNull !== undefined) return "every-not-null";
  if (!outcome.row) return "all-or-none";
  return outcome.truthy ? "truthy" : "some";
}

function outcomeOf(expression: Expression, scope: ConditionScope): Outcome {
  const truth = truthOf(foldConstant(expression));
  if (truth !== undefined) return truth === null ? UNKNOWN : truth ? ALWAYS : NEVER;
  switch (expression.type) {
    case "logical": {
      const known = scope.known?.get(expression);
      if (known !== undefined) return known;
      const outcome = logicalOutcome(expression.operator, expression.operands, scope);
      scope.known?.set(expression, outcome);
      return outcome;
    }
    case "unary": {
      if (expression.operator !== "not") return valueOutcome(expression, scope);
      const inner = outcomeOf(expression.operand, scope);
      const mask = inner.mask & NULL | (inner.mask & TRUE ? FALSE : 0) | (inner.mask & FALSE ? TRUE : 0);
      return { ...inner, mask, truthy: false };
    }
    case "comparison":
      return comparisonOutcome(expression, scope);
    case "is": {
      const value = expression.value;
      const column = value.type === "column" ? scope.columns?.(value) : undefined;
      if (expression.test === "null" && column !== undefined && !column.nullable) {
        return expression.negated ? ALWAYS : NEVER;
      }
      if (expression.test === "json") return looksAtRow(value, scope) ? SOME : SAME_FOR_ALL;
      return { mask: TRUE | FALSE, row: looksAtRow(value, scope), truthy: false };
    }
    case "between": {
      const { value, low, high } = expression;
      if (sameExpression(value, low) && sameExpression(value, high)) {
        return unlessNull(value, scope, expression.negated);
      }
      if (isNull(value) || isNull(low) && isNull(high)) return UNKNOWN;
      return mixed(scope, value, low, high);
    }
    case "in":
      return inOutcome(expression, scope);
    case "matching":
      return matchingOutcome(expression, scope);
    case "match":
      return SOME;
    case "subquery":
      return subqueryOutcome(expression);
    case "case":
      return caseOutcome(expression, scope);
    case "call":
      return callOutcome(expression, scope);
    case "collate":
      return outcomeOf(expression.value, scope);
    case "opaque":
      // Not understood, which is a problem of its own: nothing says that it looks at the row.
      return SAME_FOR_ALL;
    default:
      return valueOutcome(expression, scope);
  }
}

/** A value taken for a truth. */
function valueOutcome(expression: Expression, scope: ConditionScope): Outcome {
  if (!looksAtRow(expression, scope)) return isRandom(expression) ? SOME : SAME_FOR_ALL;
  if (expression.type !== "binary") return TRUTHY;
  // `flags & 4` and `id % 10` are how a bit or a share of the rows is picked; `id ^ 0` and `id DIV 1` are not.
  if (expression.operator === "&" || expression.operator === "%") return SOME;
  if (expression.operator === "|") {
    const constant = foldConstant(expression.right) ?? foldConstant(expression.left);
    const number = constant === undefined || constant === null ? undefined : numberOf(constant);
    if (number !== undefined && number !== 0) {
      return { mask: TRUE | NULL, row: true, truthy: true, unlessNull: true };
    }
  }
  return TRUTHY;
}

function logicalOutcome(
  operator: "and" | "or" | "xor",
  operands: readonly Expression[],
  scope: ConditionScope,
): Outcome {
  if (operator === "or" && isComplete(operands.map((operand) => essence(operand, scope)))) return ALWAYS;
  let result = outcomeOf(operands[0]!, scope);
  for (let index = 1; index < operands.length; index++) {
    const next = outcomeOf(operands[index]!, scope);
    if (operator === "or") {
      // `id = id OR id IS NULL`: what the one misses, the other has.
      if (fillsNulls(result, operands[index]!) || fillsNulls(next, operands[index - 1]!)) return ALWAYS;
      result = combine(result, next, or3);
    } else if (operator === "and") {
      result = combine(result, next, and3);
    } else {
      result = combine(result, next, xor3);
    }
    if (result.mask === TRUE && operator === "or") return ALWAYS;
  }
  return result;
}

function fillsNulls(outcome: Outcome, other: Expression): boolean {
  if (outcome.mask !== (TRUE | NULL) || other.type !== "is" || other.negated || other.test !== "null") {
    return false;
  }
  return other.value.type === "column" && other.value.name.key === outcome.unlessNull;
}

/** An operand without what it is joined to by AND that is true anyway: `x` of `x AND 1 = 1`. */
function essence(operand: Expression, scope: ConditionScope): Expression {
  if (operand.type !== "logical" || operand.operator !== "and" || operand.operands.length > 8) return operand;
  const rest = operand.operands.filter((part) => outcomeOf(part, scope).mask !== TRUE);
  return rest.length === 1 ? rest[0]! : operand;
}

/** Whether an OR has `x IS NULL` and `x IS NOT NULL`, or `p` and `NOT p` of something never NULL. */
function isComplete(operands: readonly Expression[]): boolean {
  for (let index = 0; index < operands.length && index < 32; index++) {
    const operand = operands[index]!;
    if (operand.type !== "is" || operand.test === "json") continue;
    for (let other = index + 1; other < operands.length && other < 32; other++) {
      const rest = operands[other]!;
      if (
        rest.type === "is" && rest.test === operand.test && rest.negated !== operand.negated &&
        sameExpression(rest.value, operand.value)
      ) return true;
    }
  }
  return hasOpposites(operands);
}

/** `x = 1 OR x <> 1` is not complete, for x may be NULL; `x <=> 1 OR NOT x <=> 1` is. Only the latter counts here. */
function hasOpposites(all: readonly Expression[]): boolean {
  const operands = all.slice(0, 32);
  return operands.some((operand) =>
    operand.type === "unary" && operand.operator === "not" && operand.operand.type === "comparison" &&
    operand.operand.operator === "<=>" &&
    operands.some((other) =>
      other.type === "comparison" && other.operator === "<=>" && operand.operand.type === "comparison" &&
      sameExpression(other.left, operand.operand.left) && sameExpression(other.right, operand.operand.right)
    )
  );
}

function combine(a: Outcome, b: Outcome, table: (a: number, b: number) => number): Outcome {
  let mask = 0;
  for (let x = TRUE; x <= NULL; x <<= 1) {
    if ((a.mask & x) === 0) continue;
    for (let y = TRUE; y <= NULL; y <<= 1) if ((b.mask & y) !== 0) mask |= table(x, y);
  }
  const row = a.row && !decides(b, table) || b.row && !decides(a, table);
  // An OR lets through what either does; an AND only what both do.
  const truthy = table === or3
    ? a.truthy || b.truthy
    : table === and3
    ? (a.truthy || coversAll(a)) && (b.truthy || coversAll(b))
    : false;
  const unlessNull = definite(a, b, table);
  return unlessNull === undefined ? { mask, row, truthy } : { mask, row, truthy, unlessNull };
}

/** Whether a combination has one value but for NULLs. */
function definite(a: Outcome, b: Outcome, table: (a: number, b: number) => number): Outcome["unlessNull"] {
  // What decides an OR is being TRUE, an AND being FALSE: one operand's is enough.
  const decisive = table === or3 ? TRUE : table === and3 ? FALSE : 0;
  if (a.unlessNull !== undefined && (a.mask & ~NULL) === decisive) return a.unlessNull;
  if (b.unlessNull !== undefined && (b.mask & ~NULL) === decisive) return b.unlessNull;
  const constant = (outcome: Outcome) => outcome.mask === TRUE || outcome.mask === FALSE;
  if (a.unlessNull !== undefined && constant(b)) return a.unlessNull;
  if (b.unlessNull !== undefined && constant(a)) return b.unlessNull;
  return a.unlessNull !== undefined && b.unlessNull !== undefined ? true : undefined;
}

/** Whether an operand settles the result alone. */
function decides(outcome: Outcome, table: (a: number, b: number) => number): boolean {
  return table === or3 ? outcome.mask === TRUE : table === and3 ? outcome.mask === FALSE : false;
}

function coversAll(outcome: Outcome): boolean {
  return outcome.mask === TRUE || outcome.mask === (TRUE | NULL) && outcome.unlessNull !== undefined;
}

function and3(a: number, b: number): number {
  return a === FALSE || b === FALSE ? FALSE : a === NULL || b === NULL ? NULL : TRUE;
}

function or3(a: number, b: number): number {
  return a === TRUE || b === TRUE ? TRUE : a === NULL || b === NULL ? NULL : FALSE;
}

function xor3(a: number, b: number): number {
  return a === NULL || b === NULL ? NULL : a === b ? FALSE : TRUE;
}

/** True for every row (or, negated, for none) except where a column of `value` is NULL. */
function unlessNull(value: Expression, scope: ConditionScope, negated: boolean): Outcome {
  const column = value.type === "column" ? value : undefined;
  const known = column === undefined ? undefined : scope.columns?.(column);
  const holds = negated ? FALSE : TRUE;
  if (known !== undefined && !known.nullable) return negated ? NEVER : ALWAYS;
  const mask = holds | NULL;
  return { mask, row: true, truthy: false, unlessNull: column === undefined ? true : column.name.key };
}

function comparisonOutcome(comparison: Comparison, scope: ConditionScope): Outcome {
  const { left, right, operator, quantifier } = comparison;
  if (quantifier === undefined) {
    if (operator !== "<=>" && (isNull(left) || isNull(right))) return UNKNOWN;
    if (sameExpression(left, right)) {
      if (operator === "<=>") return ALWAYS;
      const holds = operator === "=" || operator === "<=" || operator === ">=";
      return unlessNull(left, scope, !holds);
    }
    const coerced = zeroAgainstText(left, right, scope) ?? zeroAgainstText(right, left, scope);
    if (coerced !== undefined) return operator === "=" ? coerced : SOME;
  }
  const outcome = mixed(scope, left, right);
  // `EXISTS (...) = 1`, `(id = 1) = TRUE`: what the condition inside does, the comparison does.
  return outcome;
}

/** A text column against 0: every text that does not begin with a number equals it. */
function zeroAgainstText(value: Expression, other: Expression, scope: ConditionScope): Outcome | undefined {
  if (value.type !== "column" || other.type !== "number" || other.value !== 0) return undefined;
  return scope.columns?.(value)?.text === true ? TRUTHY : undefined;
}

/** A condition of several parts that is not settled: it restricts if any of them looks at the row. */
function mixed(scope: ConditionScope, ...parts: readonly Expression[]): Outcome {
  return parts.some((part) => looksAtRow(part, scope) || isRandom(part)) ? SOME : SAME_FOR_ALL;
}

function isNull(expression: Expression): boolean {
  return expression.type === "null";
}

function inOutcome(expression: Extract<Expression, { type: "in" }>, scope: ConditionScope): Outcome {
  const { left, items, negated, query, hasNull } = expression;
  if (query !== undefined) {
    return looksAtRow(left, scope) || query.blocks.some((block) => mayLookOut(block as Block))
      ? SOME
      : SAME_FOR_ALL;
  }
  if (isNull(left)) return UNKNOWN;
  if (items.some((item) => sameExpression(left, item))) return unlessNull(left, scope, negated);
  if (hasNull && negated) return { mask: FALSE | NULL, row: false, truthy: false };
  if (hasNull && items.length === expression.count && items.every(isNull)) return UNKNOWN;
  return mixed(scope, left, ...items);
}

function matchingOutcome(
  expression: Extract<Expression, { type: "matching" }>,
  scope: ConditionScope,
): Outcome {
  const { left, pattern, negated, operator } = expression;
  if (isNull(left) || isNull(pattern)) return UNKNOWN;
  const text = foldConstant(pattern);
  if (typeof text === "string" && looksAtRow(left, scope)) {
    if (operator === "like") {
      if (/^%+$/.test(text) && expression.escape === undefined) return unlessNull(left, scope, negated);
      if (/^%*_%*$/.test(text)) return negated ? SOME : TRUTHY;
    }
    if (operator === "regexp") {
      if (/^\^?\.\*\$?$|^\^$|^\$$/.test(text)) return unlessNull(left, scope, negated);
      if (/^\^?\.\+?\$?$/.test(text) && !negated && text !== "^.$") return TRUTHY;
    }
  }
  if (operator === "like" && sameExpression(left, pattern) && !negated) return TRUTHY;
  return mixed(scope, left, pattern);
}

/** EXISTS and scalar subqueries: the same for every row unless they look at it. */
function subqueryOutcome(expression: Extract<Expression, { type: "subquery" }>): Outcome {
  return expression.query.blocks.some((block) => mayLookOut(block as Block)) ? SOME : SAME_FOR_ALL;
}

/** Whether a subquery's block may read a column of the row outside: by a table's name, or by one it lacks a table for. */
function mayLookOut(block: Block): boolean {
  return block.correlated || block.hasBareColumns;
}

function caseOutcome(expression: Extract<Expression, { type: "case" }>, scope: ConditionScope): Outcome {
  const results = expression.branches.map((branch) => outcomeOf(branch.then, scope));
  results.push(expression.otherwise === undefined ? UNKNOWN : outcomeOf(expression.otherwise, scope));
  const mask = results.reduce((all, result) => all | result.mask, 0);
  if (mask === TRUE) return ALWAYS;
  if ((mask & TRUE) === 0) return { mask, row: false, truthy: false };
  return looksAtRow(expression, scope) ? SOME : SAME_FOR_ALL;
}

/** Functions that pick one of their arguments, so that a constant among them may decide. */
function callOutcome(call: Call, scope: ConditionScope): Outcome {
  if (call.schema === undefined) {
    switch (call.key) {
      case "coalesce":
      case "ifnull": {
        const last = call.args[call.args.length - 1];
        const outcome = last === undefined ? undefined : outcomeOf(last, scope);
        return outcome?.mask === TRUE && looksAtRow(call, scope) ? TRUTHY : valueOfCall(call, scope);
      }
      case "if": {
        const [condition, then, otherwise] = call.args;
        if (condition === undefined || then === undefined || otherwise === undefined) break;
        const yes = outcomeOf(then, scope);
        const no = outcomeOf(otherwise, scope);
        if (yes.mask === TRUE && no.mask === TRUE) return ALWAYS;
        // IF(condition, TRUE, FALSE) is its condition.
        if (yes.mask === TRUE && (no.mask & TRUE) === 0) return outcomeOf(condition, scope);
        return valueOfCall(call, scope);
      }
      case "isnull":
        return mixed(scope, ...call.args);
    }
  }
  return valueOfCall(call, scope);
}

/** A function of columns alone is a value taken for true; with a constant among its arguments it is a test. */
function valueOfCall(call: Call, scope: ConditionScope): Outcome {
  if (isRandom(call)) return SOME;
  if (!looksAtRow(call, scope)) return SAME_FOR_ALL;
  const tests = call.args.some((arg) => !looksAtRow(arg, scope));
  return tests ? SOME : TRUTHY;
}

/** Whether evaluating an expression gives something new each time. */
function isRandom(expression: Expression): boolean {
  return someNode(expression, (node) => node.type === "call" && RANDOM.has(node.key));
}

const RANDOM: ReadonlySet<string> = new Set(["rand", "random_bytes", "uuid", "uuid_short"]);

/** Whether an expression reads a column (or may do so in a subquery). */
export function looksAtRow(expression: Expression, scope: ConditionScope = {}): boolean {
  return someNode(
    expression,
    (node) =>
      node.type === "column" && !isUnitLike(node) && !isOthers(node, scope) || node.type === "match" ||
      node.type === "values" ||
      (node.type === "default" && node.column !== undefined) ||
      node.type === "subquery" && node.query.blocks.some((block) => mayLookOut(block as Block)) ||
      node.type === "in" && node.query !== undefined &&
        node.query.blocks.some((block) => mayLookOut(block as Block)),
  );
}

/** Whether a column is by its qualifier another table's than the one meant. */
function isOthers(column: ColumnReference, scope: ConditionScope): boolean {
  return scope.table !== undefined && column.table !== undefined && column.table.key !== scope.table;
}

/** Words that stand where an expression may, and are none: EXTRACT's units, GET_FORMAT's types. */
function isUnitLike(column: ColumnReference): boolean {
  return column.table === undefined && !column.name.quoted && UNITS.has(column.name.key);
}

const UNITS: ReadonlySet<string> = new Set(["microsecond", "second", "minute", "hour", "week", "quarter"]);

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
export function pushChildren(node: Expression, stack: Expression[]): void {
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
      stack.push(node.value);
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
  }
}

/** Whether an expression is true whatever the row, as `1 = 1` and `NOT 0` are. */
export function isAlwaysTrue(expression: Expression): boolean {
  return truthOf(foldConstant(expression)) === true;
}
