/** From a cursor over a statement to a `Statement`: the facts all have, and the reach of UPDATE and DELETE. */

import { widestReach } from "../condition/reach.ts";
import { hasKindTrait } from "../kind_traits.ts";
import type { SqlOptions } from "../options.ts";
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
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { nestedStatements } from "./nested.ts";

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
  readonly #level: number;

  constructor(cursor: Cursor, frame: Frame, start: number, end: number, detail: ParsedDetail) {
    super(cursor, frame, start, end);
    this.#detail = detail;
    this.#options = cursor.options;
    this.#level = cursor.level;
  }

  override get nested(): readonly NestedStatement[] {
    return this.#nested ??= nestedStatements(this.#detail, this, this.#options, this.#level);
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
    default:
      return hasKindTrait(detail.kind, "nests")
        ? new Nesting(cursor, frame, start, end, detail)
        : new Facts(cursor, frame, start, end);
  }
}
