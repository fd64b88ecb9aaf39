/** DROP, TRUNCATE, RENAME, LOCK and maintenance of tables. */

import * as K from "../keyword_ids.ts";
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
import { T } from "../tokens.ts";
import { parseWait } from "./ddl_indexes.ts";
import { parseAlias } from "./select.ts";
import type { Walk } from "./walk.ts";

/** Registers a table that a statement writes as a whole. */
export function writeTable(walk: Walk, table: ObjectName, action: WriteAction, alias?: Identifier): void {
  walk.writes.push({ start: table.start, end: table.end, action, table, alias, unresolved: false });
}

/** `a, b.c, ...` */
export function parseTableNames(walk: Walk): ObjectName[] {
  const names: ObjectName[] = [];
  do names.push(walk.objectName()); while (walk.takeKind(T.comma));
  return names;
}

/** `[TEMPORARY] TABLE[S] | VIEW | SEQUENCE ...`; DROP is passed. */
export function parseDropTables(
  walk: Walk,
  kind: DropTableDetail["kind"],
  temporary: boolean,
): DropTableDetail {
  walk.at++;
  const ifExists = walk.take2(K.IF, K.EXISTS);
  const tables = parseTableNames(walk);
  for (const table of tables) writeTable(walk, table, "drop");
  parseWait(walk);
  if (!walk.take(K.RESTRICT)) walk.take(K.CASCADE);
  return { kind, temporary, ifExists, tables };
}

/** TRUNCATE is next; TABLE may be left out. */
export function parseTruncate(walk: Walk): TruncateDetail {
  walk.at++;
  walk.take(K.TABLE);
  const table = walk.objectName();
  writeTable(walk, table, "truncate");
  parseWait(walk);
  return { kind: "truncate-table", table };
}

/** RENAME TABLE; RENAME is passed. */
export function parseRenameTable(walk: Walk): RenameTableDetail {
  walk.at++;
  walk.take2(K.IF, K.EXISTS);
  const renames = [];
  do {
    const from = walk.objectName();
    parseWait(walk);
    walk.expect(K.TO);
    const to = walk.objectName();
    writeTable(walk, from, "rename");
    renames.push({ from, to });
  } while (walk.takeKind(T.comma));
  return { kind: "rename-table", renames };
}

/** `TABLE[S] t [AS a] READ | WRITE, ...`; LOCK is passed. */
export function parseLockTables(walk: Walk): LockTablesDetail {
  walk.at++;
  const tables = [];
  do {
    const table = walk.objectName();
    // READ is a reserved word, LOW_PRIORITY and WRITE too.
    const alias = parseAlias(walk, false);
    let mode: LockTablesDetail["tables"][number]["mode"] = "read";
    if (walk.take(K.LOW_PRIORITY)) {
      walk.expect(K.WRITE);
      mode = "low-priority-write";
    } else if (walk.take(K.WRITE)) {
      mode = "write";
    } else {
      walk.expect(K.READ);
      if (walk.take(K.LOCAL)) mode = "read-local";
    }
    writeTable(walk, table, "lock", alias);
    tables.push({ start: table.start, end: walk.endFrom(table.start), table, alias, mode });
  } while (walk.takeKind(T.comma));
  parseWait(walk);
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
export function isMaintenance(walk: Walk): boolean {
  if (!MAINTENANCE.has(walk.word())) return false;
  const binlogged = walk.word(1) === K.LOCAL || walk.word(1) === K.NO_WRITE_TO_BINLOG;
  const word = walk.word(binlogged ? 2 : 1);
  return word === K.TABLE || word === K.TABLES || word === K.VIEW;
}

/** One of them. */
export function parseMaintenance(walk: Walk): TableMaintenanceDetail {
  const kind = MAINTENANCE.get(walk.word()) ?? "check-table";
  walk.at++;
  if (!walk.take(K.NO_WRITE_TO_BINLOG)) walk.take(K.LOCAL);
  walk.at++;
  const tables = parseTableNames(walk);
  for (const table of tables) writeTable(walk, table, "maintain");
  // QUICK, EXTENDED, FOR UPGRADE, UPDATE HISTOGRAM ON c WITH n BUCKETS, PERSISTENT FOR ALL, ...
  if (MAINTENANCE_WORDS.has(walk.word()) || walk.spelled("PERSISTENT")) walk.at = walk.stop;
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
export function parseKeyCache(walk: Walk, kind: "cache-index" | "load-index"): TableMaintenanceDetail {
  walk.at++;
  if (kind === "load-index") {
    walk.expect(K.INTO);
    walk.expect(K.CACHE);
  }
  const tables: ObjectName[] = [];
  do {
    const table = walk.objectName();
    writeTable(walk, table, "maintain");
    tables.push(table);
    if (walk.take(K.PARTITION)) walk.skipGroup();
    if (walk.take(K.INDEX) || walk.take(K.KEY)) walk.skipGroup();
    walk.take2(K.IGNORE, K.LEAVES);
  } while (walk.takeKind(T.comma));
  if (kind === "cache-index") {
    walk.expect(K.IN);
    if (!walk.take(K.DEFAULT)) walk.name();
  }
  return { kind, tables };
}
