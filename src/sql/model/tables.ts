/** Which tables a statement writes and reads, and how much of them. */

import type { Identifier, ObjectName, Span } from "./node.ts";
import type { QueryBlock } from "./query.ts";

/** What a statement does to a table or view. */
export type WriteAction =
  | "insert"
  | "replace"
  | "update"
  | "delete"
  | "load"
  | "truncate"
  | "create"
  | "alter"
  | "drop"
  | "rename"
  | "index"
  | "lock"
  | "maintain"
  | "import";

/** A table the statement writes, in every form MySQL has for it. */
export interface WrittenTable extends Span {
  readonly action: WriteAction;
  /** The stored table: an alias in `DELETE a FROM t a` is resolved to `t`. */
  readonly table: ObjectName;
  /** The alias it was written by. */
  readonly alias: Identifier | undefined;
  /** The name is a common table expression or derived table, which MySQL refuses to write. */
  readonly unresolved: boolean;
}

/** A stored table that is read: FROM tables at any level, TABLE t, SHOW and DESCRIBE targets, HANDLER tables. */
export interface ReadTable extends Span {
  readonly table: ObjectName;
  readonly alias: Identifier | undefined;
  readonly block: QueryBlock | undefined;
}

/**
 * How many rows of a target an UPDATE or DELETE reaches, as far as its text tells.
 *
 * - `every`: all of them, whatever the data: no WHERE, or one that is true for every row.
 * - `every-not-null`: all whose tested columns are not NULL (`id = id`, `name LIKE '%'`).
 * - `truthy`: all whose value is not zero, empty or NULL (`WHERE id`, `id DIV 1`, `id REGEXP '.'`).
 * - `all-or-none`: the condition does not look at the row (`WHERE @x`, `WHERE ?`, an uncorrelated EXISTS).
 * - `some`: restricted by something that looks at the row.
 * - `limited`: only LIMIT restricts it.
 * - `none`: the condition is never true (`1 = 0`, `id = NULL`), or LIMIT 0.
 */
export type RowReach = "every" | "every-not-null" | "truthy" | "all-or-none" | "some" | "limited" | "none";
