/** From a cursor over a statement to a `Statement`: the facts all have, and the reach of UPDATE and DELETE. */

import type {
  CommonTable,
  Detail,
  Expression,
  Limit,
  NestedStatement,
  Problem,
  RowReach,
  Span,
  Statement,
  StatementFacts,
  TableReference,
} from "../statement.ts";
import type { SqlOptions } from "../options.ts";
import { MAX_TABLES, NONE } from "./block.ts";
import { type ColumnLookup, type ConditionScope, looksAtRow, reachOfCondition } from "../condition/reach.ts";
import { nestedStatements } from "./nested.ts";
import type { Cursor } from "./cursor.ts";

/** What surrounds a statement's own verb. */
export interface Frame {
  readonly verb: Span;
  readonly ctes: readonly CommonTable[];
  readonly analyzed: boolean;
  readonly hints: StatementFacts["hints"];
  readonly comments: StatementFacts["comments"];
  readonly oddities: StatementFacts["oddities"];
}

/** The part that every statement has. */
class Facts implements StatementFacts {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
  readonly verb: Span;
  readonly ctes: readonly CommonTable[];
  readonly writes: StatementFacts["writes"];
  readonly reads: StatementFacts["reads"];
  readonly blocks: StatementFacts["blocks"];
  readonly queries: StatementFacts["queries"];
  readonly calls: StatementFacts["calls"];
  readonly predicates: StatementFacts["predicates"];
  readonly logicals: StatementFacts["logicals"];
  readonly columnReferences: StatementFacts["columnReferences"];
  readonly variables: StatementFacts["variables"];
  readonly variableAssignments: StatementFacts["variableAssignments"];
  readonly roots: StatementFacts["roots"];
  readonly hints: StatementFacts["hints"];
  readonly comments: StatementFacts["comments"];
  readonly oddities: StatementFacts["oddities"];
  readonly analyzed: boolean;
  readonly problems: readonly Problem[];

  constructor(cursor: Cursor, frame: Frame, start: number, end: number) {
    this.start = start;
    this.end = end;
    this.bytes = cursor.source;
    this.verb = frame.verb;
    this.ctes = frame.ctes;
    this.writes = cursor.writes;
    this.reads = cursor.reads;
    this.blocks = cursor.blocks;
    this.queries = cursor.queries;
    this.calls = cursor.calls;
    this.predicates = cursor.predicates;
    this.logicals = cursor.logicals;
    this.columnReferences = cursor.columns;
    this.variables = cursor.variables;
    this.variableAssignments = cursor.variableAssignments;
    this.roots = cursor.expressions;
    this.hints = frame.hints;
    this.comments = frame.comments;
    this.oddities = frame.oddities;
    this.analyzed = frame.analyzed;
    this.problems = cursor.problems;
  }

  get nested(): readonly NestedStatement[] {
    return NONE;
  }
}

/** The kinds that may run another statement. */
class Nesting extends Facts {
  #nested: readonly NestedStatement[] | undefined;
  readonly #detail: ParsedDetail;
  readonly #options: SqlOptions;

  constructor(cursor: Cursor, frame: Frame, start: number, end: number, detail: ParsedDetail) {
    super(cursor, frame, start, end);
    this.#detail = detail;
    this.#options = cursor.options;
  }

  override get nested(): readonly NestedStatement[] {
    return this.#nested ??= nestedStatements(this.#detail, this.#options, this.bytes, this);
  }
}

/** UPDATE and DELETE have a reach, which is worked out when asked for. */
class Restricting extends Facts {
  #reach: RowReach | undefined;
  declare readonly tables: readonly TableReference[];
  declare readonly where: Expression | undefined;
  declare readonly limit: Limit | undefined;

  get reach(): RowReach {
    return this.#reach ??= widestReach(this);
  }
}

/** A detail whose `reach` is still to be added. */
export type ParsedDetail =
  | Exclude<Detail, { readonly reach: RowReach }>
  | Omit<Extract<Detail, { readonly kind: "update" }>, "reach">
  | Omit<Extract<Detail, { readonly kind: "delete" }>, "reach">;

/** Puts a statement together. */
export function makeStatement(
  cursor: Cursor,
  frame: Frame,
  start: number,
  end: number,
  detail: ParsedDetail,
): Statement {
  return Object.assign(factsFor(cursor, frame, start, end, detail), detail) as Statement;
}

function factsFor(cursor: Cursor, frame: Frame, start: number, end: number, detail: ParsedDetail): Facts {
  switch (detail.kind) {
    case "update":
    case "delete":
      return new Restricting(cursor, frame, start, end);
    case "prepare":
    case "execute-immediate":
    case "call":
    case "set":
    case "compound":
    case "create-procedure":
    case "create-function":
    case "create-trigger":
    case "create-event":
    case "alter-event":
    case "create-package":
      return new Nesting(cursor, frame, start, end, detail);
    default:
      return new Facts(cursor, frame, start, end);
  }
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

function widestReach(statement: Restriction): RowReach {
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

/** A number of rows no table has. */
const BOUNDLESS = 2 ** 32;

function limitReach(reach: RowReach, limit: Limit | undefined): RowReach {
  if (limit === undefined || reach === "none") return reach;
  const count = limit.count.value;
  if (count === 0) return "none";
  if (count !== undefined && count >= BOUNDLESS || reach === "some") return reach;
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
