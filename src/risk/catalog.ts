/** The server's own schemas. */

import { isSystemSchema } from "../sql/options.ts";
import type { ObjectName, QueryBlock } from "../sql/statement.ts";

/** Tables of mysql.* that hold accounts, privileges and credentials. */
const ACCOUNT_TABLES: ReadonlySet<string> = new Set([
  "user",
  "global_grants",
  "global_priv",
  "password_history",
  "default_roles",
  "role_edges",
  "proxies_priv",
  "slave_master_info",
  "servers",
]);

/** Whether a table belongs to the server rather than to an application. */
export function isCatalog(table: ObjectName): boolean {
  return isSystemSchema(table.schema?.key ?? "");
}

/** Whether a table holds accounts or credentials. */
export function isAccountTable(table: ObjectName): boolean {
  return table.schema?.key === "mysql" && ACCOUNT_TABLES.has(table.name.key);
}

/** Whether a block reads the server's own tables, and no other. */
export function readsCatalog(block: QueryBlock): boolean {
  return block.from.some(({ table }) => table !== undefined && isCatalog(table));
}

/** Whether a block reads an application's stored tables. */
export function readsUserTables(block: QueryBlock): boolean {
  return block.from.some(({ table, cte }) => table !== undefined && !cte && !isCatalog(table));
}
