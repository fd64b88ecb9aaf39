/** SELECT, TABLE and VALUES: query expressions, their blocks and clauses. */

import type { ColumnReference, Expression } from "./expression.ts";
import type { Identifier, ObjectName, Option, Span, Text } from "./node.ts";

/** What a query block serves as. */
export type BlockRole =
  | "top"
  | "cte"
  | "derived"
  | "lateral"
  | "scalar"
  | "exists"
  | "in"
  | "quantified"
  | "insert-source"
  | "create-source"
  | "view";

/** A SELECT, or several joined by UNION, EXCEPT or INTERSECT. Nested set operations are flattened in order. */
export interface QueryExpression extends Span {
  readonly role: BlockRole;
  readonly ctes: readonly CommonTable[];
  /** WITH RECURSIVE. */
  readonly recursive: boolean;
  readonly blocks: readonly QueryBlock[];
  /** `operators[i]` stands between `blocks[i]` and `blocks[i + 1]`. */
  readonly operators: readonly SetOperator[];
  /** ORDER BY of the whole set operation; a single block's is the block's own. */
  readonly orderBy: readonly Sorting[];
  /** LIMIT of the whole set operation; a single block's is the block's own. */
  readonly limit: Limit | undefined;
}

export interface SetOperator extends Span {
  readonly operator: "union" | "except" | "intersect";
  readonly all: boolean;
  /** DISTINCT was written. */
  readonly distinct: boolean;
}

/** One name of a WITH clause. */
export interface CommonTable extends Span {
  readonly name: Identifier;
  readonly columns: readonly Identifier[];
  readonly query: QueryExpression;
  /** Its query reads its own name. */
  readonly recursive: boolean;
}

/** One SELECT (or TABLE t, or VALUES ROW(..)). */
export interface QueryBlock extends Span {
  readonly form: "select" | "table" | "values";
  readonly role: BlockRole;
  /** The block this one is nested in; undefined for a statement's own. */
  readonly parent: QueryBlock | undefined;
  /** 0 for a statement's own query, one more for each level of nesting. */
  readonly depth: number;
  readonly distinct: boolean;
  readonly straightJoin: boolean;
  readonly sqlCalcFoundRows: boolean;
  /** Other modifiers in upper case: HIGH_PRIORITY, SQL_NO_CACHE, SQL_SMALL_RESULT, ... */
  readonly modifiers: readonly string[];
  readonly items: readonly SelectItem[];
  /** The span from SELECT to before FROM. */
  readonly selectSpan: Span;
  /** FROM's tables in order, joins flattened; empty without FROM and for FROM DUAL. */
  readonly from: readonly TableReference[];
  readonly fromDual: boolean;
  readonly where: Expression | undefined;
  readonly whereSpan: Span | undefined;
  readonly groupBy: readonly Sorting[];
  readonly rollup: boolean;
  readonly having: Expression | undefined;
  readonly windows: readonly Identifier[];
  readonly qualify: Expression | undefined;
  readonly orderBy: readonly Sorting[];
  readonly limit: Limit | undefined;
  readonly locking: readonly Locking[];
  readonly into: IntoTarget | undefined;
  /** `PROCEDURE ANALYSE(...)`. */
  readonly procedure: Identifier | undefined;
  /** Rows of VALUES ROW(..), ROW(..). */
  readonly rowCount: number;
  /** It names a table of an enclosing block in a qualified column. Unqualified columns are not resolved. */
  readonly correlated: boolean;
  /** A column without a table's name is in it, which may be an enclosing block's. */
  readonly hasBareColumns: boolean;
}

export interface SelectItem extends Span {
  /** A `Star` for `*` and `t.*`. */
  readonly expression: Expression;
  readonly alias: Identifier | undefined;
  /** An aggregate function without OVER, outside subqueries, is in it. */
  readonly hasAggregate: boolean;
  /** A scalar subquery (or EXISTS) is in it. */
  readonly hasSubquery: boolean;
}

export type JoinKind =
  /** The first table of FROM, or of a parenthesised group that follows a comma. */
  | "first"
  | "comma"
  /** JOIN or INNER JOIN. */
  | "inner"
  | "cross"
  | "straight"
  | "left"
  | "right"
  /** MariaDB does not have it and MySQL neither; vtgate and typos do. */
  | "full"
  | "natural"
  | "natural-left"
  | "natural-right";

/** One table of a FROM clause with the join that brings it in. */
export interface TableReference extends Span {
  readonly kind: "table" | "derived" | "json-table" | "table-function";
  /** The table's name; undefined unless kind is `table`. */
  readonly table: ObjectName | undefined;
  /** The table is a common table expression of this statement, not a stored one. */
  readonly cte: boolean;
  /** The query; undefined unless kind is `derived`. */
  readonly query: QueryExpression | undefined;
  readonly lateral: boolean;
  readonly alias: Identifier | undefined;
  readonly join: JoinKind;
  /** The join's words; undefined for the first table. */
  readonly joinSpan: Span | undefined;
  /** ON of this join; for a parenthesised group, it stands at the group's first table. */
  readonly on: Expression | undefined;
  readonly using: readonly Identifier[] | undefined;
  /** How many parentheses of join groups it lies in. */
  readonly nesting: number;
  readonly partitions: readonly Identifier[];
  readonly indexHints: readonly IndexHint[];
  /** A join keeps every row of it whatever its ON says: the left of LEFT JOIN, the right of RIGHT JOIN. */
  readonly preserved: boolean;
  /** A join may fill its columns with NULL: the right of LEFT JOIN, the left of RIGHT JOIN. */
  readonly nullable: boolean;
}

export interface IndexHint extends Span {
  readonly action: "use" | "ignore" | "force";
  readonly purpose: "join" | "order-by" | "group-by" | undefined;
  readonly indexes: readonly Identifier[];
}

/** One ORDER BY or GROUP BY element. */
export interface Sorting extends Span {
  readonly expression: Expression;
  /** The direction written. */
  readonly direction: "asc" | "desc" | undefined;
}

/** A LIMIT's number: literal, placeholder, or something else (a stored program's variable). */
export interface LimitValue extends Span {
  /** The number when it is written as one; above 2^53 rounded. */
  readonly value: number | undefined;
  readonly placeholder: boolean;
}

export interface Limit extends Span {
  readonly count: LimitValue;
  readonly offset: LimitValue | undefined;
  /** FETCH ... WITH TIES and MariaDB's ROWS EXAMINED are noted as written. */
  readonly rowsExamined: LimitValue | undefined;
}

export interface Locking extends Span {
  readonly strength: "update" | "share";
  /** LOCK IN SHARE MODE was written. */
  readonly legacy: boolean;
  readonly of: readonly Identifier[];
  readonly wait: "nowait" | "skip-locked" | "wait" | undefined;
}

export interface IntoTarget extends Span {
  readonly kind: "outfile" | "dumpfile" | "variables";
  readonly file: Text | undefined;
  readonly charset: string | undefined;
  readonly variables: readonly Expression[];
  readonly options: readonly Option[];
}

/** `target = value` in UPDATE, INSERT ... SET and ON DUPLICATE KEY UPDATE. */
export interface Assignment extends Span {
  readonly target: ColumnReference;
  readonly value: Expression;
}
