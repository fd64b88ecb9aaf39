/** Variables, transactions, locks, replication and server administration. */

import type { Expression, VariableScope } from "./expression.ts";
import type { Identifier, ObjectName, Option, Span, Text } from "./node.ts";

/** One `name = value` of SET. */
export interface SetItem extends Span {
  /** `names` and `charset` are SET NAMES and SET CHARACTER SET. */
  readonly target: "user" | "system" | "names" | "charset";
  /** The scope written: `SET GLOBAL x`, `@@global.x`; undefined means session. */
  readonly scope: VariableScope | undefined;
  /** Lower case, without `@`. Where a stored program's variable is meant, target is `system` too. */
  readonly name: string;
  readonly nameSpan: Span;
  /** A bare word (`SET sql_mode = ansi`, ON) is a `ColumnReference`; DEFAULT a `DefaultOrValues`. */
  readonly value: Expression;
  readonly collation: string | undefined;
}

export interface SetDetail {
  readonly kind: "set";
  readonly items: readonly SetItem[];
  /** MariaDB: SET STATEMENT items FOR statement. */
  readonly inner: import("../statement.ts").Statement | undefined;
}

export interface SetTransactionDetail {
  readonly kind: "set-transaction";
  readonly scope: "global" | "session" | undefined;
  readonly isolation:
    | "read-uncommitted"
    | "read-committed"
    | "repeatable-read"
    | "serializable"
    | undefined;
  readonly isolationSpan: Span | undefined;
  readonly access: "read-only" | "read-write" | undefined;
}

export interface TransactionDetail {
  /** `begin` is BEGIN [WORK] and START TRANSACTION. */
  readonly kind: "begin" | "commit" | "rollback";
  /** START TRANSACTION was written, not BEGIN. */
  readonly startTransaction: boolean;
  readonly consistentSnapshot: boolean;
  readonly access: "read-only" | "read-write" | undefined;
  readonly chain: boolean;
  readonly release: boolean;
}

export interface SavepointDetail {
  readonly kind: "savepoint" | "rollback-to-savepoint" | "release-savepoint";
  readonly name: Identifier;
}

export interface XaDetail {
  readonly kind: "xa";
  readonly action: "start" | "end" | "prepare" | "commit" | "rollback" | "recover";
}

export interface LockTablesDetail {
  readonly kind: "lock-tables";
  readonly tables: readonly (Span & {
    readonly table: ObjectName;
    readonly alias: Identifier | undefined;
    readonly mode: "read" | "read-local" | "write" | "low-priority-write";
  })[];
}

export interface ShowDetail {
  readonly kind: "show";
  /** What is shown, upper case with single spaces: `TABLES`, `CREATE TABLE`, `GLOBAL STATUS`, `VITESS_SHARDS`. */
  readonly what: string;
  readonly object: ObjectName | undefined;
  readonly like: Text | undefined;
  readonly where: Expression | undefined;
}

export interface DescribeTableDetail {
  readonly kind: "describe-table";
  readonly table: ObjectName;
}

export interface UseDetail {
  readonly kind: "use";
  readonly schema: Identifier;
}

export interface KillDetail {
  readonly kind: "kill";
  readonly what: "connection" | "query";
  readonly id: Expression | undefined;
}

export interface FlushDetail {
  readonly kind: "flush";
  /** Upper case with single spaces: `TABLES`, `PRIVILEGES`, `BINARY LOGS`; several with commas. */
  readonly what: readonly string[];
  readonly tables: readonly ObjectName[];
  readonly withReadLock: boolean;
  readonly forExport: boolean;
}

export interface ResetDetail {
  readonly kind: "reset";
  /** Upper case: `MASTER`, `BINARY LOGS AND GTIDS`, `REPLICA`, `SLAVE`, `QUERY CACHE`, `PERSIST`. */
  readonly what: readonly string[];
}

export interface PurgeDetail {
  readonly kind: "purge-binary-logs";
  readonly to: Text | undefined;
  readonly before: Expression | undefined;
}

/** CHANGE REPLICATION SOURCE TO, CHANGE MASTER TO, START/STOP REPLICA, group replication. */
export interface ReplicationDetail {
  readonly kind:
    | "change-replication-source"
    | "change-replication-filter"
    | "start-replica"
    | "stop-replica"
    | "start-group-replication"
    | "stop-group-replication";
  /** SOURCE_HOST, MASTER_PASSWORD, ... */
  readonly options: readonly Option[];
}

export interface InstallDetail {
  readonly kind: "install-plugin" | "uninstall-plugin" | "install-component" | "uninstall-component";
  readonly name: Identifier | undefined;
  readonly library: Text | undefined;
  readonly components: readonly Text[];
}

export interface BinlogDetail {
  readonly kind: "binlog";
  readonly event: Text | undefined;
}

/** Statements of which the kind, and perhaps the words that follow, say all. */
export interface WordsDetail {
  readonly kind:
    | "unlock-tables"
    | "lock-instance"
    | "unlock-instance"
    | "clone"
    | "alter-instance"
    | "shutdown"
    | "restart"
    | "help"
    | "get-diagnostics"
    | "signal"
    | "resignal"
    | "backup"
    /** BEGIN NOT ATOMIC, IF, WHILE, LOOP, DECLARE, OPEN, FETCH, RETURN ...: only inside stored programs, or MariaDB. */
    | "compound"
    /** Vitess's own: ALTER VSCHEMA, ALTER VITESS_MIGRATION, REVERT, VEXPLAIN, STREAM, VSTREAM. */
    | "vitess"
    | "other-alter"
    | "other-create"
    | "other-drop"
    /** No statement: nothing but comments and white space. */
    | "empty"
    | "unknown";
  /** The leading words, upper case with single spaces: `ALTER INSTANCE ROTATE INNODB MASTER KEY`. */
  readonly words: string;
}
