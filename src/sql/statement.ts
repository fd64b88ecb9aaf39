/**
 * The facts of one SQL statement: what the rules read.
 *
 * `Statement` is a union told apart by `kind`; each kind has its own fields beside those all statements have. Spans are
 * byte offsets into `bytes`. Names and texts are decoded when first read. Nothing here is ever absent because the
 * statement was odd: what could not be accounted for is in `problems`, and a field the analyser did not reach has the
 * value of "not written".
 */

import type * as account from "./model/account.ts";
import type * as admin from "./model/admin.ts";
import type * as ddl from "./model/ddl.ts";
import type * as dml from "./model/dml.ts";
import type {
  Call,
  ColumnReference,
  Expression,
  Logical,
  Predicate,
  Variable,
  VariableAssignment,
} from "./model/expression.ts";
import type { Problem, Span } from "./model/node.ts";
import type * as objects from "./model/objects.ts";
import type { CommonTable, QueryBlock, QueryExpression } from "./model/query.ts";
import type { ReadTable, WrittenTable } from "./model/tables.ts";

export type * from "./model/account.ts";
export type * from "./model/admin.ts";
export type * from "./model/ddl.ts";
export type * from "./model/dml.ts";
export type * from "./model/expression.ts";
export type * from "./model/node.ts";
export type * from "./model/objects.ts";
export type * from "./model/query.ts";
export type * from "./model/tables.ts";

/** What a kind of statement has of its own. */
export type Detail =
  | dml.SelectDetail
  | dml.InsertDetail
  | dml.UpdateDetail
  | dml.DeleteDetail
  | dml.LoadDetail
  | dml.CallDetail
  | dml.DoDetail
  | dml.HandlerDetail
  | dml.ImportTableDetail
  | dml.ExplainDetail
  | ddl.CreateTableDetail
  | ddl.AlterTableDetail
  | ddl.CreateIndexDetail
  | ddl.DropIndexDetail
  | ddl.DropTableDetail
  | ddl.TruncateDetail
  | ddl.RenameTableDetail
  | ddl.TableMaintenanceDetail
  | objects.DatabaseDetail
  | objects.ViewDetail
  | objects.ProgramDetail
  | objects.DropObjectDetail
  | objects.ServerDetail
  | objects.StorageObjectDetail
  | objects.PrepareDetail
  | objects.ExecuteDetail
  | objects.DeallocateDetail
  | account.UserDetail
  | account.AccountListDetail
  | account.RenameUserDetail
  | account.GrantDetail
  | account.SetPasswordDetail
  | account.SetRoleDetail
  | admin.SetDetail
  | admin.SetTransactionDetail
  | admin.TransactionDetail
  | admin.SavepointDetail
  | admin.XaDetail
  | admin.LockTablesDetail
  | admin.ShowDetail
  | admin.DescribeTableDetail
  | admin.UseDetail
  | admin.KillDetail
  | admin.FlushDetail
  | admin.ResetDetail
  | admin.PurgeDetail
  | admin.ReplicationDetail
  | admin.InstallDetail
  | admin.BinlogDetail
  | admin.WordsDetail;

/** Every top-level statement of MySQL and MariaDB, `empty`, and `unknown` for what is none of them. */
export type StatementKind = Detail["kind"];

/** What every statement has. The lists hold what stands anywhere in it, subqueries included, in source order. */
export interface StatementFacts extends Span {
  /** The bytes all spans point into. */
  readonly bytes: Uint8Array;
  /** The statement's leading word or words, for a finding about the statement as a whole: `DELETE FROM`. */
  readonly verb: Span;
  /** CTEs written before the statement's own verb (`WITH c AS (...) DELETE ...`). */
  readonly ctes: readonly CommonTable[];
  readonly writes: readonly WrittenTable[];
  readonly reads: readonly ReadTable[];
  /** Every query block at every level. */
  readonly blocks: readonly QueryBlock[];
  /** Every query expression at every level: UNIONs and their operators. */
  readonly queries: readonly QueryExpression[];
  readonly calls: readonly Call[];
  readonly predicates: readonly Predicate[];
  readonly logicals: readonly Logical[];
  readonly columnReferences: readonly ColumnReference[];
  /** User and system variables read. */
  readonly variables: readonly Variable[];
  /** `:=` in expressions. */
  readonly variableAssignments: readonly VariableAssignment[];
  /** Roots of all expressions, each with the clause it is in. */
  readonly roots: readonly ExpressionRoot[];
  /** Optimizer hints: the text between slash-star-plus and star-slash. */
  readonly hints: readonly (Span & { readonly text: string })[];
  /** Comments in and around the statement, those before it included. */
  readonly comments: readonly Comment[];
  /** What the lexer found odd, as bits and kinds of `Oddity`. */
  readonly oddities: readonly { readonly kind: number; readonly offset: number }[];
  /** MariaDB: ANALYZE before the statement, which does run it. */
  readonly analyzed: boolean;
  /**
   * Statements that run as part of this one: a constant text that is prepared, executed or given to
   * sys.execute_prepared_stmt, and MariaDB's SET STATEMENT ... FOR statement. Worked out when first read.
   */
  readonly nested: readonly NestedStatement[];
  readonly problems: readonly Problem[];
}

/** A comment. `executable` is one that is code here, `skipped` one that is code on other servers only. */
export interface Comment extends Span {
  readonly kind: "line" | "block" | "hint" | "stray-hint" | "directive" | "executable" | "skipped";
}

/** A statement within another. The span is the text's in the outer statement; the inner one's own lie in its own bytes. */
export interface NestedStatement extends Span {
  readonly statement: Statement;
}

/** An expression that is no part of another. */
export interface ExpressionRoot {
  readonly clause: import("./model/expression.ts").Clause;
  readonly block: QueryBlock | undefined;
  readonly expression: Expression;
}

/** One analysed statement. */
export type Statement = StatementFacts & Detail;

/** The statements of some kinds: `StatementOf<"update" | "delete">`. */
export type StatementOf<K extends StatementKind> = StatementFacts & DetailOf<Detail, K>;

/** The details of which some kind is among K, each narrowed to those kinds. */
type DetailOf<D extends Detail, K extends StatementKind> = D extends Detail
  ? [D["kind"] & K] extends [never] ? never : D & { readonly kind: D["kind"] & K }
  : never;
