/** What a condition does to the rows it is asked about: the outcomes it can have, without knowing the data. */

import { assertNever } from "../../base/assert_never.ts";
import type { Call, Comparison, Expression } from "../statement.ts";
import { numberOf, truthOf } from "./constant.ts";
import { foldConstant } from "./fold.ts";
import {
  ALWAYS,
  and3,
  combine,
  FALSE,
  NEVER,
  NULL,
  or3,
  type Outcome,
  SAME_FOR_ALL,
  SOME,
  TRUE,
  TRUTHY,
  UNKNOWN,
  xor3,
} from "./outcome.ts";
import { type ConditionScope, isRandom, looksAtRow, mayLookOut } from "./row.ts";
import { sameExpression } from "./same.ts";
import { usualTruth } from "./usual.ts";

/** The outcomes that a condition may have over the rows it is asked about. */
export function outcomeOf(expression: Expression, scope: ConditionScope): Outcome {
  const folded = truthOf(foldConstant(expression));
  const truth = folded === undefined ? usualTruth(expression) : folded;
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
    case "binary":
    case "cast":
    case "interval":
    case "row":
    case "assignment":
    case "default":
    case "values":
      return valueOutcome(expression, scope);
    default:
      return assertNever(expression);
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
    return looksAtRow(left, scope) || query.blocks.some(mayLookOut) ? SOME : SAME_FOR_ALL;
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
  return expression.query.blocks.some(mayLookOut) ? SOME : SAME_FOR_ALL;
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
