/** What an expression looks at: the row, the clock, or nothing that changes. */

import { someNode } from "../model/children.ts";
import type { ColumnReference, Expression, QueryBlock } from "../statement.ts";
import type { Outcome } from "./outcome.ts";

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

/** Whether evaluating an expression gives something new each time. */
export function isRandom(expression: Expression): boolean {
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
      node.type === "subquery" && node.query.blocks.some(mayLookOut) ||
      node.type === "in" && node.query !== undefined &&
        node.query.blocks.some(mayLookOut),
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

/** Whether a subquery's block may read a column of the row outside: by a table's name, or by one it lacks a table for. */
export function mayLookOut(block: QueryBlock): boolean {
  return block.correlated || block.hasBareColumns;
}
