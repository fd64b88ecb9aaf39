/** Names as the rules compare and show them. */

import type { ObjectName } from "../sql/statement.ts";

/** A table's name in lower case without its schema: what tables are looked up by. */
export function tableKey(table: ObjectName): string {
  return table.name.key;
}

/** A table's name as written, with its schema, for a message. */
export function displayName(table: ObjectName): string {
  const name = table.name.text === "" ? "(no name)" : table.name.text;
  return table.schema === undefined ? name : `${table.schema.text}.${name}`;
}

/** Whether a set of lower-case names, with or without schema, has this table. */
export function namesTable(names: ReadonlySet<string>, table: ObjectName): boolean {
  if (names.size === 0) return false;
  if (names.has(table.name.key)) return true;
  return table.schema !== undefined && names.has(`${table.schema.key}.${table.name.key}`);
}
