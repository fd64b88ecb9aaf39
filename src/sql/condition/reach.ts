/** How many of a table's rows a condition, or an UPDATE or DELETE, reaches. */

import type { Expression, Limit, RowReach, StatementFacts, TableReference } from "../statement.ts";
import { outcomeOf } from "./condition.ts";
import { truthOf } from "./constant.ts";
import { foldConstant } from "./fold.ts";
import { FALSE, TRUE } from "./outcome.ts";
import { type ColumnLookup, type ConditionScope, looksAtRow } from "./row.ts";

/** More tables than any server joins (61): what is looked at beyond them is not worth its time. */
export const MAX_TABLES = 64;

/** How many rows a condition lets through, as far as its text (and the columns, where known) tells. */
function reachOfCondition(condition: Expression, scope: ConditionScope = {}): RowReach {
  const outcome = outcomeOf(condition, { ...scope, known: new Map() });
  if (outcome.mask === TRUE) return "every";
  if ((outcome.mask & TRUE) === 0) return "none";
  if ((outcome.mask & FALSE) === 0 && outcome.unlessNull !== undefined) return "every-not-null";
  if (!outcome.row) return "all-or-none";
  return outcome.truthy ? "truthy" : "some";
}

/** What the reach of an UPDATE or DELETE depends on. */
interface Restriction {
  readonly tables: readonly TableReference[];
  readonly where: Expression | undefined;
  readonly limit: Limit | undefined;
  readonly writes: StatementFacts["writes"];
}

/** Widest first. */
const WIDTH: readonly RowReach[] = [
  "every",
  "every-not-null",
  "truthy",
  "all-or-none",
  "limited",
  "some",
  "none",
];

/** The widest reach among the tables that an UPDATE or DELETE writes. */
export function widestReach(statement: Restriction): RowReach {
  if (statement.tables.length > MAX_TABLES) return limitReach(whereReach(statement), statement.limit);
  let widest: RowReach = "none";
  for (const reference of statement.tables) {
    const written = statement.writes.some((write) => write.start === reference.start);
    if (!written) continue;
    const reach = reachOfTable(statement, reference);
    if (WIDTH.indexOf(reach) < WIDTH.indexOf(widest)) widest = reach;
  }
  // Nothing resolved to a table: the condition alone is judged.
  return statement.writes.some((write) => !write.unresolved)
    ? widest
    : limitReach(whereReach(statement), statement.limit);
}

/**
 * A number of rows that bounds nothing. A power of ten, since verdicts are kept by how many digits LIMIT has.
 */
const BOUNDLESS = 10 ** 7;

function limitReach(reach: RowReach, limit: Limit | undefined): RowReach {
  if (limit === undefined || reach === "none") return reach;
  const count = limit.count.value;
  if (count === 0) return "none";
  // A parameter may be as large as it likes.
  if (count === undefined || count >= BOUNDLESS || reach === "some") return reach;
  return "limited";
}

function whereReach(statement: Restriction, scope?: ConditionScope): RowReach {
  return statement.where === undefined ? "every" : reachOfCondition(statement.where, scope);
}

/** How many rows of one of its tables an UPDATE or DELETE reaches. */
export function reachOfTable(
  statement: Restriction,
  target: TableReference,
  columns?: ColumnLookup,
): RowReach {
  const table = statement.tables.length > 1 ? (target.alias ?? target.table?.name)?.key : undefined;
  const scope = { columns, table };
  // What is said of another table's row is said of this one's too where a join ties them.
  const tied = statement.tables.some((reference) => ties(reference, scope));
  let reach = whereReach(statement, tied ? { columns } : scope);
  if (target.partitions.length > 0) reach = narrower(reach, "some");
  for (const reference of statement.tables) reach = narrower(reach, joinReach(reference, target, scope));
  return limitReach(reach, statement.limit);
}

/** Whether a join makes rows of the table meant depend on another table's. */
function ties(reference: TableReference, scope: ConditionScope): boolean {
  if (reference.using !== undefined || reference.join.startsWith("natural")) return true;
  return reference.on !== undefined && looksAtRow(reference.on, scope);
}

/** What the join that brings in `reference` leaves of the rows of `target`. */
function joinReach(reference: TableReference, target: TableReference, scope: ConditionScope): RowReach {
  const condition = reference.on;
  const restricting = condition === undefined
    ? reference.using !== undefined || reference.join.startsWith("natural")
    : undefined;
  if (condition === undefined && !restricting) return "every";
  // What an outer join may fill with NULL cannot thin out what it keeps.
  if (!target.nullable) {
    const inner = reference.join !== "left" && reference.join !== "right" && reference.join !== "full" &&
      reference.join !== "natural-left" && reference.join !== "natural-right";
    if (!inner || reference.nullable) return "every";
  }
  return condition === undefined ? "some" : reachOfCondition(condition, scope);
}

/** The reach of two conditions that both have to hold. */
function narrower(a: RowReach, b: RowReach): RowReach {
  // The truthy rows or none of them: no name of its own, and the wider one is the safer claim.
  if (a === "all-or-none" && (b === "truthy" || b === "every-not-null")) return "truthy";
  if (b === "all-or-none" && (a === "truthy" || a === "every-not-null")) return "truthy";
  return WIDTH.indexOf(a) > WIDTH.indexOf(b) ? a : b;
}

/** Whether an expression is true whatever the row, as `1 = 1` and `NOT 0` are. */
export function isAlwaysTrue(expression: Expression): boolean {
  return truthOf(foldConstant(expression)) === true;
}
