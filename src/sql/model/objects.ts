/** Databases, views, stored programs, servers, tablespaces and the like. */

import type { Expression } from "./expression.ts";
import type { Identifier, ObjectName, Option, Span, Text } from "./node.ts";
import type { AccountName } from "./account.ts";
import type { QueryExpression } from "./query.ts";

export interface DatabaseDetail {
  readonly kind: "create-database" | "alter-database" | "drop-database";
  /** ALTER DATABASE may leave it out. */
  readonly name: Identifier | undefined;
  readonly ifExists: boolean;
  readonly ifNotExists: boolean;
  readonly orReplace: boolean;
  /** `CHARACTER SET`, COLLATE, ENCRYPTION, `READ ONLY`. */
  readonly options: readonly Option[];
}

/** DEFINER = user and SQL SECURITY. */
export interface Security {
  readonly definer: AccountName | undefined;
  readonly security: (Span & { readonly value: "definer" | "invoker" }) | undefined;
}

export interface ViewDetail extends Security {
  readonly kind: "create-view" | "alter-view";
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly view: ObjectName;
  readonly algorithm: string | undefined;
  readonly columns: readonly Identifier[];
  readonly query: QueryExpression | undefined;
  readonly checkOption: boolean;
  /** CREATE JSON [RELATIONAL] DUALITY VIEW. */
  readonly jsonDuality: boolean;
}

/** Procedures, functions (loadable ones too), triggers, events, and MySQL 9's libraries. */
export interface ProgramDetail extends Security {
  readonly kind:
    | "create-procedure"
    | "create-function"
    | "create-trigger"
    | "create-event"
    | "create-library"
    | "create-package"
    | "alter-procedure"
    | "alter-function"
    | "alter-event"
    | "alter-library";
  readonly name: ObjectName;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  /** Names of the parameters, in lower case. */
  readonly parameters: readonly string[];
  /** The statements run, from BEGIN to END or the one statement; not analysed. */
  readonly body: Span | undefined;
  /** CREATE FUNCTION ... SONAME 'lib.so': native code. */
  readonly soname: Text | undefined;
  /** A trigger's table. */
  readonly table: ObjectName | undefined;
  readonly triggerTime: "before" | "after" | undefined;
  readonly triggerEvent: "insert" | "update" | "delete" | undefined;
  /** DETERMINISTIC, LANGUAGE, COMMENT, ON SCHEDULE, ... */
  readonly options: readonly Option[];
}

export interface DropObjectDetail {
  readonly kind:
    | "drop-procedure"
    | "drop-function"
    | "drop-trigger"
    | "drop-event"
    | "drop-library"
    | "drop-package"
    | "drop-server"
    | "drop-tablespace"
    | "drop-logfile-group"
    | "drop-resource-group"
    | "drop-spatial-reference-system";
  readonly name: ObjectName;
  readonly ifExists: boolean;
}

export interface ServerDetail {
  readonly kind: "create-server" | "alter-server";
  readonly name: Identifier;
  readonly wrapper: string | undefined;
  /** HOST, DATABASE, USER, PASSWORD, SOCKET, OWNER, PORT. */
  readonly options: readonly Option[];
}

/** Storage and resource objects of which rules need the kind and the name. */
export interface StorageObjectDetail {
  readonly kind:
    | "create-tablespace"
    | "alter-tablespace"
    | "create-logfile-group"
    | "alter-logfile-group"
    | "create-resource-group"
    | "alter-resource-group"
    | "set-resource-group"
    | "create-spatial-reference-system"
    | "create-sequence"
    | "alter-sequence";
  readonly name: ObjectName | undefined;
}

export interface PrepareDetail {
  readonly kind: "prepare";
  readonly name: Identifier;
  /** The literal text, when it is one. */
  readonly text: Text | undefined;
  /** Anything but a literal: a user variable, or (MariaDB) an expression. */
  readonly from: Expression | undefined;
}

export interface ExecuteDetail {
  readonly kind: "execute" | "execute-immediate";
  readonly name: Identifier | undefined;
  readonly text: Text | undefined;
  readonly from: Expression | undefined;
  readonly using: readonly Expression[];
}

export interface DeallocateDetail {
  readonly kind: "deallocate-prepare";
  readonly name: Identifier;
}
