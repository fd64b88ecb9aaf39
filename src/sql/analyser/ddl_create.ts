/** CREATE TABLE. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
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
import type { Cursor } from "./cursor.ts";
import { parseCheck, parseColumn } from "./ddl_columns.ts";
import { isKeyDefinition, parseKeyDefinition, parseWait } from "./ddl_indexes.ts";
import { parsePartitioning } from "./ddl_partitions.ts";
import { isTableOption, parseOption } from "./options.ts";
import { leadsToQuery, parseQuery } from "./query.ts";

/** What a table's list may hold. */
export interface TableElements {
  readonly columns: ColumnDefinition[];
  readonly indexes: IndexDefinition[];
  readonly foreignKeys: ForeignKeyDefinition[];
  readonly checks: CheckDefinition[];
}

/** `TABLE ...`; what stands before TABLE is passed. */
export function parseCreateTable(cursor: Cursor, temporary: boolean, orReplace: boolean): CreateTableDetail {
  cursor.at++;
  const ifNotExists = cursor.word() === K.IF;
  if (ifNotExists) cursor.at += 3;
  const table = cursor.objectName();
  const { start, end } = table;
  cursor.writes.push({ start, end, action: "create", table, alias: undefined, unresolved: false });
  cursor.clause = "ddl";
  let like: ObjectName | undefined;
  const elements: TableElements = { columns: [], indexes: [], foreignKeys: [], checks: [] };
  if (cursor.take(K.LIKE)) {
    like = cursor.objectName();
  } else if (cursor.peek() === T.leftParen && cursor.word(1) === K.LIKE) {
    cursor.at += 2;
    like = cursor.objectName();
    cursor.closeParen();
  } else if (cursor.peek() === T.leftParen && !leadsToQuery(cursor)) {
    parseElements(cursor, elements);
  }
  if (like !== undefined) {
    cursor.readTable(like);
  }
  const options: Option[] = [];
  while (!cursor.done()) {
    // MariaDB: WITH SYSTEM VERSIONING
    if (cursor.word() === K.WITH && cursor.word(1) === K.SYSTEM) cursor.at += 3;
    else if (isTableOption(cursor)) options.push(parseOption(cursor));
    else break;
    cursor.takeKind(T.comma);
  }
  let partitioning: Partitioning | undefined;
  if (cursor.word() === K.PARTITION) {
    const partitionStart = cursor.start();
    cursor.at++;
    cursor.expect(K.BY);
    partitioning = parsePartitioning(cursor, partitionStart);
  }
  const duplicates = cursor.take(K.IGNORE) ? "ignore" : cursor.take(K.REPLACE) ? "replace" : undefined;
  cursor.take(K.AS);
  let query: CreateTableDetail["query"];
  const word = cursor.word();
  if (
    word === K.SELECT || word === K.WITH || word === K.TABLE || word === K.VALUES ||
    cursor.peek() === T.leftParen && leadsToQuery(cursor)
  ) query = parseQuery(cursor, "create-source");
  parseWait(cursor);
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
function parseElements(cursor: Cursor, into: TableElements): void {
  cursor.expectKind(T.leftParen);
  if (cursor.peek() === T.rightParen) cursor.unexpected();
  while (!cursor.done() && cursor.peek() !== T.rightParen) {
    parseElement(cursor, into);
    if (!cursor.nextInList()) break;
  }
  cursor.closeParen();
}

/** One column, index or constraint. */
export function parseElement(cursor: Cursor, into: TableElements): void {
  if (cursor.spelled("PERIOD") && cursor.word(1) === K.FOR) {
    // MariaDB: PERIOD FOR name (a, b)
    cursor.at += 2;
    cursor.name();
    cursor.skipGroup();
  } else if (isKeyDefinition(cursor)) {
    parseConstraint(cursor, into);
  } else {
    into.columns.push(parseColumn(cursor));
  }
}

/** `[CONSTRAINT [name]]` and the key or check that follows. */
export function parseConstraint(cursor: Cursor, into: TableElements): void {
  const start = cursor.start();
  if (cursor.word() === K.CHECK) {
    into.checks.push(parseCheck(cursor));
    return;
  }
  let constraint: Identifier | undefined;
  if (cursor.word() === K.CONSTRAINT) {
    const at = cursor.at;
    cursor.at++;
    if (cursor.word() === K.IF) cursor.at += 3;
    if (!isKeyDefinition(cursor)) constraint = cursor.name();
    if (cursor.word() === K.CHECK) {
      cursor.at = at;
      into.checks.push(parseCheck(cursor));
      return;
    }
  }
  const key = parseKeyDefinition(cursor, start, constraint);
  if (key.kind === "foreign") into.foreignKeys.push(key);
  else into.indexes.push(key);
}
