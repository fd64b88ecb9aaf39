import type { StatementView } from "../risk/policy/policy.ts";

/**
 * What an approval of a statement's digest covers, sorted: each table that it names as `schema.table`. A statement that
 * names none, or perhaps others too, may reach anything of its schema: `schema.*`.
 */
export function coveredTables(
  { tables, tablesUncertain }: Pick<StatementView, "tables" | "tablesUncertain">,
  schema: string,
): readonly string[] {
  const named = tables.map((table) => `${table.schema ?? schema}.${table.name ?? "*"}`);
  if (tablesUncertain || named.length === 0) named.push(`${schema}.*`);
  return [...new Set(named)].sort();
}
