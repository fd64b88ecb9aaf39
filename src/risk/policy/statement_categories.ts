import type { StatementKind } from "../../sql/statement.ts";

/**
 * What statements are for, as selectors such as `ddl/*` and `ddl/drop-*` name it.
 *
 * - `dql`: reads data or says something of it.
 * - `dml`: changes rows, or calls a procedure.
 * - `ddl`: makes, changes and drops what holds data or runs.
 * - `dcl`: accounts and privileges.
 * - `tcl`: transactions and table locks.
 * - `session`: settings and prepared statements of one session.
 * - `server`: the server as a whole: replication, plugins, table maintenance, KILL, SHUTDOWN.
 * - `unknown`: what is not recognised, or stands only in stored programs.
 */
export const STATEMENT_CATEGORIES = [
  "dql",
  "dml",
  "ddl",
  "dcl",
  "tcl",
  "session",
  "server",
  "unknown",
] as const;

/** One of {@link STATEMENT_CATEGORIES}. */
export type StatementCategory = (typeof STATEMENT_CATEGORIES)[number];

/** The category of each kind of statement. */
export const CATEGORY_OF_KIND: Readonly<Record<StatementKind, StatementCategory>> = {
  "select": "dql",
  "handler": "dql",
  "explain": "dql",
  "show": "dql",
  "describe-table": "dql",
  "checksum-table": "dql",
  "help": "dql",

  "insert": "dml",
  "replace": "dml",
  "update": "dml",
  "delete": "dml",
  "load-data": "dml",
  "load-xml": "dml",
  "call": "dml",
  "do": "dml",

  "create-table": "ddl",
  "alter-table": "ddl",
  "create-index": "ddl",
  "drop-index": "ddl",
  "drop-table": "ddl",
  "drop-view": "ddl",
  "drop-sequence": "ddl",
  "truncate-table": "ddl",
  "rename-table": "ddl",
  "import-table": "ddl",
  "create-database": "ddl",
  "alter-database": "ddl",
  "drop-database": "ddl",
  "create-view": "ddl",
  "alter-view": "ddl",
  "create-procedure": "ddl",
  "create-function": "ddl",
  "create-trigger": "ddl",
  "create-event": "ddl",
  "create-library": "ddl",
  "create-package": "ddl",
  "alter-procedure": "ddl",
  "alter-function": "ddl",
  "alter-event": "ddl",
  "alter-library": "ddl",
  "drop-procedure": "ddl",
  "drop-function": "ddl",
  "drop-trigger": "ddl",
  "drop-event": "ddl",
  "drop-library": "ddl",
  "drop-package": "ddl",
  "drop-server": "ddl",
  "drop-tablespace": "ddl",
  "drop-logfile-group": "ddl",
  "drop-resource-group": "ddl",
  "drop-spatial-reference-system": "ddl",
  "create-server": "ddl",
  "alter-server": "ddl",
  "create-tablespace": "ddl",
  "alter-tablespace": "ddl",
  "create-logfile-group": "ddl",
  "alter-logfile-group": "ddl",
  "create-resource-group": "ddl",
  "alter-resource-group": "ddl",
  "create-spatial-reference-system": "ddl",
  "create-sequence": "ddl",
  "alter-sequence": "ddl",
  "other-alter": "ddl",
  "other-create": "ddl",
  "other-drop": "ddl",

  "create-user": "dcl",
  "alter-user": "dcl",
  "drop-user": "dcl",
  "create-role": "dcl",
  "drop-role": "dcl",
  "rename-user": "dcl",
  "grant": "dcl",
  "revoke": "dcl",
  "set-password": "dcl",
  "set-default-role": "dcl",

  "begin": "tcl",
  "commit": "tcl",
  "rollback": "tcl",
  "savepoint": "tcl",
  "rollback-to-savepoint": "tcl",
  "release-savepoint": "tcl",
  "set-transaction": "tcl",
  "xa": "tcl",
  "lock-tables": "tcl",
  "unlock-tables": "tcl",

  "set": "session",
  "set-role": "session",
  "set-resource-group": "session",
  "use": "session",
  "prepare": "session",
  "execute": "session",
  "execute-immediate": "session",
  "deallocate-prepare": "session",
  "get-diagnostics": "session",
  "signal": "session",
  "resignal": "session",
  "empty": "session",

  "analyze-table": "server",
  "check-table": "server",
  "optimize-table": "server",
  "repair-table": "server",
  "cache-index": "server",
  "load-index": "server",
  "kill": "server",
  "flush": "server",
  "reset": "server",
  "purge-binary-logs": "server",
  "change-replication-source": "server",
  "change-replication-filter": "server",
  "start-replica": "server",
  "stop-replica": "server",
  "start-group-replication": "server",
  "stop-group-replication": "server",
  "install-plugin": "server",
  "uninstall-plugin": "server",
  "install-component": "server",
  "uninstall-component": "server",
  "binlog": "server",
  "lock-instance": "server",
  "unlock-instance": "server",
  "clone": "server",
  "alter-instance": "server",
  "shutdown": "server",
  "restart": "server",
  "backup": "server",
  "vitess": "server",

  "compound": "unknown",
  "unknown": "unknown",
};

/** Kinds of statement by category, each list in the table's order. */
export function kindsOf(category: StatementCategory): StatementKind[] {
  return (Object.keys(CATEGORY_OF_KIND) as StatementKind[])
    .filter((kind) => CATEGORY_OF_KIND[kind] === category);
}
