/** Which column of which table a reference means, as far as the schema is known. */

import type { ColumnReference, Statement, TableReference } from "../sql/statement.ts";
import { tableKey } from "./names.ts";
import type { RuleContext } from "./options.ts";
import { aliasOf } from "./queries.ts";
import { type ColumnFacts, EMPTY_SCHEMA } from "./schema_facts.ts";

/** The facts of a referenced column; undefined where the schema does not tell for certain. */
export function columnFacts(
  statement: Statement,
  column: ColumnReference,
  context: RuleContext,
): ColumnFacts | undefined {
  if (context.schema === EMPTY_SCHEMA) return undefined;
  const tables = tablesInScope(statement, column);
  if (column.table !== undefined) {
    const qualifier = column.table.key;
    const table = tables.find((reference) => aliasOf(reference) === qualifier)?.table;
    return table === undefined
      ? undefined
      : context.schema.table(tableKey(table))?.columns.get(column.name.key);
  }
  let found: ColumnFacts | undefined;
  for (const { table } of tables) {
    const known = table === undefined ? undefined : context.schema.table(tableKey(table));
    // A table that is not known may have a column of this name as well.
    if (known === undefined) return undefined;
    const facts = known.columns.get(column.name.key);
    if (facts === undefined) continue;
    if (found !== undefined) return undefined;
    found = facts;
  }
  return found;
}

/** The tables of the block or statement that a reference stands in. */
export function tablesInScope(statement: Statement, column: ColumnReference): readonly TableReference[] {
  if (column.block !== undefined) return column.block.from;
  return statement.kind === "update" || statement.kind === "delete" ? statement.tables : [];
}
