/** CREATE TABLE. */

import * as K from "../keyword_ids.ts";
import type {
  CheckDefinition,
  ColumnDefinition,
  CreateTableDetail,
  ForeignKeyDefinition,
  Identifier,
  IndexDefinition,
  ObjectName,
  Option,
  Partitioning,
} from "../statement.ts";
import { T } from "../tokens.ts";
import { parseCheck, parseColumn } from "./ddl_columns.ts";
import { isKeyDefinition, parseKeyDefinition, parseWait } from "./ddl_indexes.ts";
import { parsePartitioning } from "./ddl_partitions.ts";
import { isTableOption, parseOption } from "./options.ts";
import { leadsToQuery, parseQuery } from "./select.ts";
import type { Walk } from "./walk.ts";

/** What a table's list may hold. */
export interface TableElements {
  readonly columns: ColumnDefinition[];
  readonly indexes: IndexDefinition[];
  readonly foreignKeys: ForeignKeyDefinition[];
  readonly checks: CheckDefinition[];
}

/** `TABLE ...`; what stands before TABLE is passed. */
export function parseCreateTable(walk: Walk, temporary: boolean, orReplace: boolean): CreateTableDetail {
  walk.at++;
  const ifNotExists = walk.word() === K.IF;
  if (ifNotExists) walk.at += 3;
  const table = walk.objectName();
  const { start, end } = table;
  walk.writes.push({ start, end, action: "create", table, alias: undefined, unresolved: false });
  walk.clause = "ddl";
  let like: ObjectName | undefined;
  const elements: TableElements = { columns: [], indexes: [], foreignKeys: [], checks: [] };
  if (walk.take(K.LIKE)) {
    like = walk.objectName();
  } else if (walk.peek() === T.leftParen && walk.word(1) === K.LIKE) {
    walk.at += 2;
    like = walk.objectName();
    walk.closeParen();
  } else if (walk.peek() === T.leftParen && !leadsToQuery(walk)) {
    parseElements(walk, elements);
  }
  if (like !== undefined) {
    walk.reads.push({ start: like.start, end: like.end, table: like, alias: undefined, block: undefined });
  }
  const options: Option[] = [];
  while (!walk.done()) {
    // MariaDB: WITH SYSTEM VERSIONING
    if (walk.word() === K.WITH && walk.word(1) === K.SYSTEM) walk.at += 3;
    else if (isTableOption(walk)) options.push(parseOption(walk));
    else break;
    walk.takeKind(T.comma);
  }
  let partitioning: Partitioning | undefined;
  if (walk.word() === K.PARTITION) {
    const partitionStart = walk.start();
    walk.at++;
    walk.expect(K.BY);
    partitioning = parsePartitioning(walk, partitionStart);
  }
  const duplicates = walk.take(K.IGNORE) ? "ignore" : walk.take(K.REPLACE) ? "replace" : undefined;
  walk.take(K.AS);
  let query: CreateTableDetail["query"];
  const word = walk.word();
  if (
    word === K.SELECT || word === K.WITH || word === K.TABLE || word === K.VALUES ||
    walk.peek() === T.leftParen && leadsToQuery(walk)
  ) query = parseQuery(walk, "create-source");
  parseWait(walk);
  return {
    kind: "create-table",
    table,
    temporary,
    ifNotExists,
    orReplace,
    columns: elements.columns,
    indexes: elements.indexes,
    foreignKeys: elements.foreignKeys,
    checks: elements.checks,
    options,
    partitioning,
    like,
    query,
    duplicates,
  };
}

/** `(columns, indexes, constraints)`. */
export function parseElements(walk: Walk, into: TableElements): void {
  walk.expectKind(T.leftParen);
  while (!walk.done() && walk.peek() !== T.rightParen) {
    parseElement(walk, into);
    if (!walk.takeKind(T.comma)) break;
  }
  walk.closeParen();
}

/** One column, index or constraint. */
export function parseElement(walk: Walk, into: TableElements): void {
  if (walk.spelled("PERIOD") && walk.word(1) === K.FOR) {
    // MariaDB: PERIOD FOR name (a, b)
    walk.at += 2;
    walk.name();
    walk.skipGroup();
  } else if (isKeyDefinition(walk)) {
    parseConstraint(walk, into);
  } else {
    into.columns.push(parseColumn(walk));
  }
}

/** `[CONSTRAINT [name]]` and the key or check that follows. */
export function parseConstraint(walk: Walk, into: TableElements): void {
  const start = walk.start();
  if (walk.word() === K.CHECK) {
    into.checks.push(parseCheck(walk));
    return;
  }
  let constraint: Identifier | undefined;
  if (walk.word() === K.CONSTRAINT) {
    const at = walk.at;
    walk.at++;
    if (walk.word() === K.IF) walk.at += 3;
    if (!isKeyDefinition(walk)) constraint = walk.name();
    if (walk.word() === K.CHECK) {
      walk.at = at;
      into.checks.push(parseCheck(walk));
      return;
    }
  }
  const key = parseKeyDefinition(walk, start, constraint);
  if (key.kind === "foreign") into.foreignKeys.push(key);
  else into.indexes.push(key);
}
