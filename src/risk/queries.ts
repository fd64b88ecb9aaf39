/** Questions the rules ask of query blocks. */

import type {
  Limit,
  QueryBlock,
  QueryExpression,
  Sorting,
  Statement,
  TableReference,
} from "../sql/statement.ts";
import { isCatalog } from "./catalog.ts";

/** Whether a table of FROM is stored, and not one of the server's own. */
export function isUserTable(reference: TableReference): boolean {
  return reference.kind === "table" && !reference.cte &&
    (reference.table === undefined || !isCatalog(reference.table));
}

/** Whether a block gives one row at most: aggregates without GROUP BY, no FROM, or LIMIT 1. */
export function givesOneRow(block: QueryBlock): boolean {
  if (block.form !== "select") return block.form === "values" && block.rowCount <= 1;
  if (block.from.length === 0 || block.limit?.count.value === 1) return true;
  return block.groupBy.length === 0 && block.items.some((item) => item.hasAggregate);
}

/** Whether a query gives one row at most. */
export function queryGivesOneRow(query: QueryExpression): boolean {
  const [block] = query.blocks;
  return query.limit?.count.value === 1 ||
    (query.blocks.length === 1 && block !== undefined && givesOneRow(block));
}

/** The query expression a block is part of. */
export function queryOf(statement: Statement, block: QueryBlock): QueryExpression | undefined {
  return statement.queries.find((query) => query.blocks.includes(block));
}

/** Every LIMIT of queries: blocks' own and those of set operations. */
export function limitsOf(statement: Statement): readonly Limit[] {
  const limits: Limit[] = [];
  for (const block of statement.blocks) if (block.limit !== undefined) limits.push(block.limit);
  for (const query of statement.queries) {
    if (query.limit !== undefined && !limits.includes(query.limit)) limits.push(query.limit);
  }
  return limits;
}

/** Every ORDER BY, with the block it belongs to where it is a block's. */
export function sortingsOf(
  statement: Statement,
): readonly { sortings: readonly Sorting[]; block: QueryBlock | undefined }[] {
  const lists: { sortings: readonly Sorting[]; block: QueryBlock | undefined }[] = [];
  for (const block of statement.blocks) {
    if (block.orderBy.length > 0) lists.push({ sortings: block.orderBy, block });
  }
  for (const query of statement.queries) {
    if (query.orderBy.length > 0 && !lists.some((list) => list.sortings === query.orderBy)) {
      lists.push({ sortings: query.orderBy, block: undefined });
    }
  }
  if ((statement.kind === "update" || statement.kind === "delete") && statement.orderBy.length > 0) {
    lists.push({ sortings: statement.orderBy, block: undefined });
  }
  return lists;
}

/** The name a table of FROM goes by, lower case. */
export function aliasOf(reference: TableReference): string | undefined {
  return reference.alias?.key ?? reference.table?.name.key;
}
