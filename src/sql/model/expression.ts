/** Expressions as the rules see them. Parentheses around an expression are not nodes. */

import type { Identifier, Span } from "./node.ts";
import type { QueryBlock, QueryExpression, Sorting } from "./query.ts";

/** The clause of a statement an expression stands in. */
export type Clause =
  | "select"
  | "from"
  | "on"
  | "where"
  | "group-by"
  | "having"
  | "window"
  | "order-by"
  | "limit"
  | "set"
  | "values"
  | "on-duplicate"
  | "returning"
  | "argument"
  | "ddl"
  | "other";

/** Where a node that rules look for stands. */
export interface Placed extends Span {
  readonly clause: Clause;
  /** The query block whose clause it is; undefined in UPDATE, DELETE, SET and other statements' own clauses. */
  readonly block: QueryBlock | undefined;
}

/** `12`, `1.5`, `1e3`. A sign is a `Unary` around it. */
export interface NumberLiteral extends Span {
  readonly type: "number";
  readonly form: "integer" | "decimal" | "float";
  /** The value as a double; integers above 2^53 lose digits, so compare `text` there. */
  readonly value: number;
  readonly text: string;
}

/** `'a'`, `"a"`, `N'a'`, `_utf8mb4'a'`, and adjacent strings as one. */
export interface StringLiteral extends Span {
  readonly type: "string";
  /** Escapes resolved, pieces joined; made when first read. */
  readonly value: string;
  /** The charset introducer without its underscore, in lower case. */
  readonly introducer: string | undefined;
}

/** `x'4142'`, `0x4142`, `b'01'`, `0b01`. */
export interface BinaryLiteral extends Span {
  readonly type: "hex" | "bit";
  /** The character set before it, without its underscore, in lower case. */
  readonly introducer: string | undefined;
  /** The digits as written. */
  readonly digits: string;
  /** The bytes as text, one character a byte. */
  readonly value: string;
}

export interface NullLiteral extends Span {
  readonly type: "null";
}

/** TRUE or FALSE. */
export interface BooleanLiteral extends Span {
  readonly type: "boolean";
  readonly value: boolean;
}

/** `DATE '2020-01-01'`, `TIME '..'`, `TIMESTAMP '..'`, also in ODBC braces. */
export interface TemporalLiteral extends Span {
  readonly type: "temporal";
  readonly form: "date" | "time" | "timestamp";
  readonly value: string;
}

/** `?`, `:name`, or a template marker that the lexer takes as a placeholder. */
export interface Placeholder extends Span {
  readonly type: "placeholder";
}

/** `c`, `t.c`, `s.t.c`. A bare word that names a stored program's variable looks the same. */
export interface ColumnReference extends Placed {
  readonly type: "column";
  readonly schema: Identifier | undefined;
  readonly table: Identifier | undefined;
  readonly name: Identifier;
  /** A parameter or variable of the stored program it stands in, or a column of a trigger's OLD or NEW row. */
  readonly local: boolean;
}

/** `*` or `t.*`, in a select list or in COUNT(*). */
export interface Star extends Span {
  readonly type: "star";
  readonly schema: Identifier | undefined;
  readonly table: Identifier | undefined;
}

/** `@name`, or `@@[scope.]name`. */
export interface Variable extends Placed {
  readonly type: "variable";
  readonly kind: "user" | "system";
  /** The scope written for a system variable. */
  readonly scope: VariableScope | undefined;
  /** Lower case, without `@`, `@@` or the scope; a structured variable is `cache.key_buffer_size`. */
  readonly name: string;
}

export type VariableScope = "global" | "session" | "persist" | "persist_only";

/** A function call with parentheses, or one of the functions that need none (CURRENT_TIMESTAMP, CURRENT_USER). */
export interface Call extends Placed {
  readonly type: "call";
  readonly schema: Identifier | undefined;
  readonly name: Identifier;
  /** Lower-case name, as `name.key`: `sleep`, `count`. */
  readonly key: string;
  readonly args: readonly Expression[];
  /** COUNT(DISTINCT x). */
  readonly distinct: boolean;
  /** One of the aggregate functions (COUNT, SUM, GROUP_CONCAT, ...), and without OVER. */
  readonly aggregate: boolean;
  /** Has an OVER clause. */
  readonly windowed: boolean;
  /** GROUP_CONCAT's and other aggregates' own ORDER BY. */
  readonly orderBy: readonly Sorting[];
}

export interface Unary extends Span {
  readonly type: "unary";
  readonly operator: "-" | "+" | "~" | "not" | "binary";
  readonly operand: Expression;
}

/** Arithmetic, bit, JSON path and concatenation operators. `||` is here only under PIPES_AS_CONCAT. */
export interface Binary extends Span {
  readonly type: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
  readonly operatorSpan: Span;
}

export type BinaryOperator =
  | "+"
  | "-"
  | "*"
  | "/"
  | "%"
  | "div"
  | "^"
  | "&"
  | "|"
  | "<<"
  | ">>"
  | "->"
  | "->>"
  | "||";

/** A chain of one logical operator, flattened: `a AND b AND c` is one node of three operands. */
export interface Logical extends Placed {
  readonly type: "logical";
  readonly operator: "and" | "or" | "xor";
  readonly operands: readonly Expression[];
  /** Where each operator between the operands stands; `&&` and `||` can be told by their bytes. */
  readonly operatorSpans: readonly Span[];
}

export interface Comparison extends Placed {
  readonly type: "comparison";
  readonly operator: "=" | "<>" | "<" | "<=" | ">" | ">=" | "<=>";
  readonly left: Expression;
  readonly right: Expression;
  /** `= ANY (subquery)`. */
  readonly quantifier: "any" | "all" | undefined;
}

/** `[NOT] LIKE`, `[NOT] REGEXP`/`RLIKE`, `SOUNDS LIKE`, `MEMBER OF`. */
export interface Matching extends Placed {
  readonly type: "matching";
  readonly operator: "like" | "regexp" | "sounds-like" | "member-of";
  readonly negated: boolean;
  readonly left: Expression;
  readonly pattern: Expression;
  readonly escape: Expression | undefined;
}

/** `x [NOT] IN (...)`. */
export interface InList extends Placed {
  readonly type: "in";
  readonly negated: boolean;
  readonly left: Expression;
  /** The list; of a list longer than 256, only the first 256 and those later ones that are not plain literals. */
  readonly items: readonly Expression[];
  /** How many items the list has. */
  readonly count: number;
  /** A NULL is among all items. */
  readonly hasNull: boolean;
  /** Set for `IN (SELECT ...)`; then `items` is empty. */
  readonly query: QueryExpression | undefined;
}

export interface Between extends Placed {
  readonly type: "between";
  readonly negated: boolean;
  readonly value: Expression;
  readonly low: Expression;
  readonly high: Expression;
}

/** `x IS [NOT] NULL | TRUE | FALSE | UNKNOWN | JSON`. */
export interface IsTest extends Placed {
  readonly type: "is";
  readonly negated: boolean;
  readonly value: Expression;
  readonly test: "null" | "true" | "false" | "unknown" | "json";
}

export interface Case extends Span {
  readonly type: "case";
  readonly value: Expression | undefined;
  readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
  readonly otherwise: Expression | undefined;
}

/** `CAST(x AS type)`, `CONVERT(x, type)`, `CONVERT(x USING charset)`. */
export interface Cast extends Span {
  readonly type: "cast";
  readonly value: Expression;
  /** The type in lower case with single spaces (`char(10)`, `signed`), or the charset after USING. */
  readonly target: string;
  readonly using: boolean;
}

/** `INTERVAL 1 DAY` as an operand of date arithmetic or an argument. */
export interface Interval extends Span {
  readonly type: "interval";
  readonly value: Expression;
  /** Upper case. */
  readonly unit: string;
}

/** `MATCH (columns) AGAINST (expression modifier)`. */
export interface MatchAgainst extends Placed {
  readonly type: "match";
  readonly columns: readonly Expression[];
  readonly against: Expression;
}

/** A scalar or row subquery, or EXISTS (...). */
export interface Subquery extends Placed {
  readonly type: "subquery";
  readonly exists: boolean;
  readonly query: QueryExpression;
}

/** `(a, b)` or `ROW(a, b)`. */
export interface RowConstructor extends Span {
  readonly type: "row";
  readonly items: readonly Expression[];
}

/** `@x := value`. */
export interface VariableAssignment extends Placed {
  readonly type: "assignment";
  readonly target: Expression;
  readonly value: Expression;
}

export interface Collate extends Span {
  readonly type: "collate";
  readonly value: Expression;
  /** Lower case. */
  readonly collation: string;
}

/** DEFAULT or DEFAULT(column), and VALUES(column) in an upsert. */
export interface DefaultOrValues extends Placed {
  readonly type: "default" | "values";
  readonly column: ColumnReference | undefined;
}

/** What could not be made sense of, or lies deeper than the analyser follows. A `Problem` says why. */
export interface Opaque extends Span {
  readonly type: "opaque";
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BinaryLiteral
  | NullLiteral
  | BooleanLiteral
  | TemporalLiteral
  | Placeholder
  | ColumnReference
  | Star
  | Variable
  | Call
  | Unary
  | Binary
  | Logical
  | Comparison
  | Matching
  | InList
  | Between
  | IsTest
  | Case
  | Cast
  | Interval
  | MatchAgainst
  | Subquery
  | RowConstructor
  | VariableAssignment
  | Collate
  | DefaultOrValues
  | Opaque;

/** The predicates of a statement, wherever they stand: what the rules on conditions go through. */
export type Predicate = Comparison | Matching | InList | Between | IsTest;
