/** Query blocks, query expressions and table references while they are filled. */

import { MAX_TABLES } from "../condition/reach.ts";
import type {
  BlockRole,
  ColumnReference,
  CommonTable,
  Expression,
  Identifier,
  IndexHint,
  IntoTarget,
  JoinKind,
  Limit,
  Locking,
  ObjectName,
  QueryBlock,
  QueryExpression,
  SelectItem,
  SetOperator,
  Sorting,
  Span,
  TableReference,
} from "../statement.ts";

/** What is not written. One array for all, as most lists of most statements are empty. */
export const NONE: readonly never[] = Object.freeze([]);

/** One SELECT, TABLE or VALUES; see `QueryBlock`. */
export class Block implements QueryBlock {
  form: "select" | "table" | "values" = "select";
  end = 0;
  depth: number;
  distinct = false;
  straightJoin = false;
  sqlCalcFoundRows = false;
  modifiers: readonly string[] = NONE;
  items: readonly SelectItem[] = NONE;
  selectSpan: Span;
  from: readonly Reference[] = NONE;
  fromDual = false;
  where: Expression | undefined = undefined;
  whereSpan: Span | undefined = undefined;
  groupBy: readonly Sorting[] = NONE;
  rollup = false;
  having: Expression | undefined = undefined;
  windows: readonly Identifier[] = NONE;
  qualify: Expression | undefined = undefined;
  orderBy: readonly Sorting[] = NONE;
  limit: Limit | undefined = undefined;
  locking: readonly Locking[] = NONE;
  into: IntoTarget | undefined = undefined;
  procedure: Identifier | undefined = undefined;
  rowCount = 0;
  /** Its columns, those of nested blocks included, are these of the statement's list. */
  firstColumn: number;
  lastColumn = 0;
  readonly #columns: readonly ColumnReference[];

  constructor(
    readonly role: BlockRole,
    readonly parent: Block | undefined,
    readonly start: number,
    columns: readonly ColumnReference[],
  ) {
    this.depth = parent === undefined ? 0 : parent.depth + 1;
    this.selectSpan = this;
    this.#columns = columns;
    this.firstColumn = columns.length;
  }

  get correlated(): boolean {
    for (let index = this.firstColumn; index < this.lastColumn; index++) {
      const column = this.#columns[index]!;
      if (column.table !== undefined && this.#lacks(column.table.key, column.block as Block | undefined)) {
        return true;
      }
    }
    return false;
  }

  get hasBareColumns(): boolean {
    for (let index = this.firstColumn; index < this.lastColumn; index++) {
      if (this.#columns[index]!.table === undefined) return true;
    }
    return false;
  }

  /** Whether no block from `block` out to this one has a table of that name. */
  #lacks(table: string, block: Block | undefined): boolean {
    for (let each = block; each !== undefined; each = each.parent) {
      const tables = Math.min(each.from.length, MAX_TABLES);
      for (let index = 0; index < tables; index++) {
        const reference = each.from[index]!;
        if ((reference.alias ?? reference.table?.name)?.key === table) return false;
      }
      if (each === this) return true;
    }
    return true;
  }
}

/** A query expression; see `QueryExpression`. */
export class Query implements QueryExpression {
  end = 0;
  ctes: readonly CommonTable[] = NONE;
  recursive = false;
  readonly blocks: Block[] = [];
  operators: readonly SetOperator[] = NONE;
  orderBy: readonly Sorting[] = NONE;
  limit: Limit | undefined = undefined;

  constructor(readonly role: BlockRole, readonly start: number) {}
}

/** A table of a FROM clause; see `TableReference`. */
export class Reference implements TableReference {
  end = 0;
  kind: "table" | "derived" | "json-table" | "table-function" = "table";
  table: ObjectName | undefined = undefined;
  cte = false;
  query: QueryExpression | undefined = undefined;
  lateral = false;
  alias: Identifier | undefined = undefined;
  joinSpan: Span | undefined = undefined;
  on: Expression | undefined = undefined;
  using: readonly Identifier[] | undefined = undefined;
  partitions: readonly Identifier[] = NONE;
  indexHints: readonly IndexHint[] = NONE;
  preserved = false;
  nullable = false;

  constructor(readonly start: number, public join: JoinKind, readonly nesting: number) {}
}
