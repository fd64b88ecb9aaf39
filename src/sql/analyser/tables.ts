/** DROP, TRUNCATE, RENAME, LOCK and maintenance of tables. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type {
  DropTableDetail,
  Identifier,
  LockTablesDetail,
  ObjectName,
  RenameTableDetail,
  TableMaintenanceDetail,
  TruncateDetail,
  WriteAction,
} from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { parseWait } from "./ddl_indexes.ts";
import { parseAlias } from "./select.ts";

/** Registers a table that a statement writes as a whole. */
export function writeTable(cursor: Cursor, table: ObjectName, action: WriteAction, alias?: Identifier): void {
  cursor.writes.push({ start: table.start, end: table.end, action, table, alias, unresolved: false });
}

/** `a, b.c, ...` */
export function parseTableNames(cursor: Cursor): ObjectName[] {
  const names: ObjectName[] = [];
  do names.push(cursor.objectName()); while (cursor.takeKind(T.comma));
  return names;
}

/** `[TEMPORARY] TABLE[S] | VIEW | SEQUENCE ...`; DROP is passed. */
export function parseDropTables(
  cursor: Cursor,
  kind: DropTableDetail["kind"],
  temporary: boolean,
): DropTableDetail {
  cursor.at++;
  const ifExists = cursor.take2(K.IF, K.EXISTS);
  const tables = parseTableNames(cursor);
  for (const table of tables) writeTable(cursor, table, "drop");
  parseWait(cursor);
  if (!cursor.take(K.RESTRICT)) cursor.take(K.CASCADE);
  return { kind, temporary, ifExists, tables };
}

/** TRUNCATE is next; TABLE may be left out. */
export function parseTruncate(cursor: Cursor): TruncateDetail {
  cursor.at++;
  cursor.take(K.TABLE);
  const table = cursor.objectName();
  writeTable(cursor, table, "truncate");
  parseWait(cursor);
  return { kind: "truncate-table", table };
}

/** RENAME TABLE; RENAME is passed. */
export function parseRenameTable(cursor: Cursor): RenameTableDetail {
  cursor.at++;
  cursor.take2(K.IF, K.EXISTS);
  const renames = [];
  do {
    const from = cursor.objectName();
    parseWait(cursor);
    cursor.expect(K.TO);
    const to = cursor.objectName();
    writeTable(cursor, from, "rename");
    renames.push({ from, to });
  } while (cursor.takeKind(T.comma));
  return { kind: "rename-table", renames };
}

/** `TABLE[S] t [AS a] READ | WRITE, ...`; LOCK is passed. */
export function parseLockTables(cursor: Cursor): LockTablesDetail {
  cursor.at++;
  const tables = [];
  do {
    const table = cursor.objectName();
    // READ is a reserved word, LOW_PRIORITY and WRITE too.
    const alias = parseAlias(cursor, false);
    let mode: LockTablesDetail["tables"][number]["mode"] = "read";
    if (cursor.take(K.LOW_PRIORITY)) {
      cursor.expect(K.WRITE);
      mode = "low-priority-write";
    } else if (cursor.take(K.WRITE)) {
      mode = "write";
    } else {
      cursor.expect(K.READ);
      if (cursor.take(K.LOCAL)) mode = "read-local";
    }
    writeTable(cursor, table, "lock", alias);
    tables.push({ start: table.start, end: cursor.endFrom(table.start), table, alias, mode });
  } while (cursor.takeKind(T.comma));
  parseWait(cursor);
  return { kind: "lock-tables", tables };
}

const MAINTENANCE: ReadonlyMap<number, TableMaintenanceDetail["kind"]> = new Map([
  [K.ANALYZE, "analyze-table"],
  [K.CHECK, "check-table"],
  [K.CHECKSUM, "checksum-table"],
  [K.OPTIMIZE, "optimize-table"],
  [K.REPAIR, "repair-table"],
]);

/** Whether ANALYZE, CHECK, CHECKSUM, OPTIMIZE or REPAIR TABLE is next. */
export function isMaintenance(cursor: Cursor): boolean {
  if (!MAINTENANCE.has(cursor.word())) return false;
  const binlogged = cursor.word(1) === K.LOCAL || cursor.word(1) === K.NO_WRITE_TO_BINLOG;
  const word = cursor.word(binlogged ? 2 : 1);
  return word === K.TABLE || word === K.TABLES || word === K.VIEW;
}

/** One of them. */
export function parseMaintenance(cursor: Cursor): TableMaintenanceDetail {
  const kind = MAINTENANCE.get(cursor.word()) ?? "check-table";
  cursor.at++;
  if (!cursor.take(K.NO_WRITE_TO_BINLOG)) cursor.take(K.LOCAL);
  cursor.at++;
  const tables = parseTableNames(cursor);
  for (const table of tables) writeTable(cursor, table, "maintain");
  // QUICK, EXTENDED, FOR UPGRADE, UPDATE HISTOGRAM ON c WITH n BUCKETS, PERSISTENT FOR ALL, ...
  if (MAINTENANCE_WORDS.has(cursor.word()) || cursor.spelled("PERSISTENT")) cursor.skipRest();
  return { kind, tables };
}

const MAINTENANCE_WORDS: ReadonlySet<number> = new Set([
  K.QUICK,
  K.FAST,
  K.MEDIUM,
  K.EXTENDED,
  K.CHANGED,
  K.USE_FRM,
  K.FOR,
  K.UPDATE,
  K.DROP,
  K.FORCE,
]);

/** CACHE INDEX and LOAD INDEX INTO CACHE; the second word is next. */
export function parseKeyCache(cursor: Cursor, kind: "cache-index" | "load-index"): TableMaintenanceDetail {
  cursor.at++;
  if (kind === "load-index") {
    cursor.expect(K.INTO);
    cursor.expect(K.CACHE);
  }
  const tables: ObjectName[] = [];
  do {
    const table = cursor.objectName();
    writeTable(cursor, table, "maintain");
    tables.push(table);
    if (cursor.take(K.PARTITION)) cursor.skipGroup();
    if (cursor.take(K.INDEX) || cursor.take(K.KEY)) cursor.skipGroup();
    cursor.take2(K.IGNORE, K.LEAVES);
  } while (cursor.takeKind(T.comma));
  if (kind === "cache-index") {
    cursor.expect(K.IN);
    if (!cursor.take(K.DEFAULT)) cursor.name();
  }
  return { kind, tables };
}
