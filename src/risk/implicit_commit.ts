/** Statements that commit the open transaction before they run. */

import type { Statement, StatementKind } from "../sql/statement.ts";

const KINDS: ReadonlySet<StatementKind> = new Set([
  "alter-table",
  "create-index",
  "drop-index",
  "drop-view",
  "truncate-table",
  "rename-table",
  "create-database",
  "alter-database",
  "drop-database",
  "create-view",
  "alter-view",
  "create-procedure",
  "create-function",
  "create-trigger",
  "create-event",
  "alter-procedure",
  "alter-function",
  "alter-event",
  "drop-procedure",
  "drop-function",
  "drop-trigger",
  "drop-event",
  "create-user",
  "alter-user",
  "drop-user",
  "create-role",
  "drop-role",
  "rename-user",
  "grant",
  "revoke",
  "set-password",
  "lock-tables",
  "analyze-table",
  "optimize-table",
  "repair-table",
  "check-table",
  "install-plugin",
  "uninstall-plugin",
  "flush",
]);

/** Whether MySQL commits the open transaction before it runs the statement. */
export function commitsImplicitly(statement: Statement): boolean {
  if (statement.kind === "create-table" || statement.kind === "drop-table") return !statement.temporary;
  return KINDS.has(statement.kind);
}
