/** INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, CALL, DO, HANDLER. */

import type { Expression } from "./expression.ts";
import type { Identifier, ObjectName, Option, Span, Text } from "./node.ts";
import type { Assignment, Limit, QueryExpression, SelectItem, Sorting, TableReference } from "./query.ts";
import type { RowReach } from "./tables.ts";

export interface SelectDetail {
  readonly kind: "select";
  readonly query: QueryExpression;
}

export interface InsertDetail {
  readonly kind: "insert" | "replace";
  readonly target: ObjectName;
  readonly ignore: boolean;
  readonly priority: "low" | "high" | "delayed" | undefined;
  readonly partitions: readonly Identifier[];
  /** The column list; undefined where none is written, empty for `()`. Names of INSERT ... SET are `assignments`. */
  readonly columns: readonly Identifier[] | undefined;
  readonly columnsSpan: Span | undefined;
  readonly source: "values" | "set" | "select" | "table" | "row-values";
  readonly values: ValueRows | undefined;
  /** INSERT ... SET. */
  readonly assignments: readonly Assignment[];
  /** The query of INSERT ... SELECT, TABLE and VALUES ROW(). */
  readonly query: QueryExpression | undefined;
  /** `AS new(a, b)` after VALUES or SET. */
  readonly rowAlias: Identifier | undefined;
  readonly rowAliasColumns: readonly Identifier[];
  /** ON DUPLICATE KEY UPDATE; undefined where not written. */
  readonly onDuplicate: readonly Assignment[] | undefined;
  readonly onDuplicateSpan: Span | undefined;
  /** MariaDB's RETURNING. */
  readonly returning: readonly SelectItem[] | undefined;
}

/** VALUES (..), (..): counted in full, kept in part, so that a statement of a million rows costs little memory. */
export interface ValueRows extends Span {
  readonly rowCount: number;
  /** The values of the first rows (up to 16 of them) and of every later row that holds more than plain literals. */
  readonly rows: readonly ValueRow[];
  /** Values in the first row. */
  readonly width: number;
  /** The first row whose number of values differs from the first row's (or, with a column list, from the list's). */
  readonly mismatch:
    | (Span & { readonly row: number; readonly width: number; readonly expected: number })
    | undefined;
}

export interface ValueRow extends Span {
  /** From 0. */
  readonly index: number;
  readonly values: readonly Expression[];
}

/** Shared by UPDATE and DELETE. */
interface Restricted {
  /** The tables named: one, or the joined list (FROM's or USING's for DELETE). */
  readonly tables: readonly TableReference[];
  /** More than one table or a join: the multiple-table syntax. */
  readonly multiTable: boolean;
  readonly ignore: boolean;
  readonly lowPriority: boolean;
  readonly where: Expression | undefined;
  /** From WHERE to the end of its condition. */
  readonly whereSpan: Span | undefined;
  readonly orderBy: readonly Sorting[];
  readonly limit: Limit | undefined;
  /**
   * The widest reach among the written tables; worked out when first read. `some` where a join's condition restricts.
   * The reach of one target, or with a schema known, comes from `reachOfTable`.
   */
  readonly reach: RowReach;
}

export interface UpdateDetail extends Restricted {
  readonly kind: "update";
  readonly assignments: readonly Assignment[];
}

export interface DeleteDetail extends Restricted {
  readonly kind: "delete";
  readonly quick: boolean;
  /** The multiple-table targets as written (`a`, `a.*`, `db.t`); for the single-table form the table. */
  readonly targets: readonly ObjectName[];
  /** `DELETE FROM a USING ...`. */
  readonly usingForm: boolean;
  /** MariaDB's RETURNING. */
  readonly returning: readonly SelectItem[] | undefined;
}

export interface LoadDetail {
  readonly kind: "load-data" | "load-xml";
  readonly local: boolean;
  readonly file: Text | undefined;
  readonly target: ObjectName;
  readonly duplicates: "replace" | "ignore" | undefined;
  readonly priority: "low" | "concurrent" | undefined;
  readonly charset: string | undefined;
  /** Column and variable list. */
  readonly columns: readonly Expression[];
  readonly assignments: readonly Assignment[];
}

export interface CallDetail {
  readonly kind: "call";
  readonly routine: ObjectName;
  readonly args: readonly Expression[];
}

export interface DoDetail {
  readonly kind: "do";
  readonly expressions: readonly Expression[];
}

export interface HandlerDetail {
  readonly kind: "handler";
  readonly action: "open" | "read" | "close";
  readonly table: ObjectName;
  readonly where: Expression | undefined;
  readonly limit: Limit | undefined;
}

export interface ImportTableDetail {
  readonly kind: "import-table";
  readonly files: readonly Text[];
}

/** EXPLAIN, DESCRIBE and DESC of a statement. The facts lists are the inner statement's, but `writes` is empty. */
export interface ExplainDetail {
  readonly kind: "explain";
  /** EXPLAIN ANALYZE: the statement is executed (a query's rows are read; rows are not changed). */
  readonly analyze: boolean;
  readonly format: string | undefined;
  /** `FOR CONNECTION n` has none. */
  readonly inner: import("../statement.ts").Statement | undefined;
  readonly into: Expression | undefined;
  readonly options: readonly Option[];
}
