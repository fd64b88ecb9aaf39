import { DatabaseSync } from "node:sqlite";
import { MIGRATIONS } from "./schema.ts";
import { storeError, storeProblem } from "./store_error.ts";

/** How long a statement waits for another process's transaction, in ms. */
const BUSY_TIMEOUT_MS = 5000;

/** The database's file. */
export function databasePath(dataDir: string): string {
  return `${dataDir}/querycop.db`;
}

/** Opens the database for writing, makes it where there is none and brings its tables up to date. Throws StoreError. */
export function openDatabase(dataDir: string): DatabaseSync {
  const path = databasePath(dataDir);
  let database: DatabaseSync | undefined;
  try {
    Deno.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    createPrivately(path);
    database = new DatabaseSync(path);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    refuseNewer(database, path);
    database.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA journal_size_limit = 67108864;
      PRAGMA temp_store = MEMORY;
    `);
    migrate(database, path);
    return database;
  } catch (error) {
    database?.close();
    throw storeError(error, path);
  }
}

/**
 * SQLite would make the file readable for others; its side files take the mode from it. One that is there is not
 * touched: to close it here would end the locks of this process's other connections.
 */
function createPrivately(path: string): void {
  try {
    Deno.openSync(path, { createNew: true, write: true, mode: 0o600 }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Opens the database for reading alone. Throws StoreError; reason `missing` where there is none. */
export function openForReading(dataDir: string): DatabaseSync {
  const path = databasePath(dataDir);
  let database: DatabaseSync | undefined;
  try {
    Deno.statSync(path);
    database = openReadOnly(path);
    if (refuseNewer(database, path) < MIGRATIONS.length) {
      throw storeProblem(
        "failed",
        path,
        "it was made by an older querycop, whose successor has not opened it yet",
      );
    }
    return database;
  } catch (error) {
    database?.close();
    throw storeError(error, path);
  }
}

/** Where the directory cannot be written and nothing runs, SQLite reads only what it is told that nobody changes. */
function openReadOnly(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}; SELECT count(*) FROM sqlite_schema`);
    return database;
  } catch (error) {
    database.close();
    if (hasContent(`${path}-wal`)) throw error;
    const url = new URL(`file://${path.split("/").map(encodeURIComponent).join("/")}`);
    url.searchParams.set("immutable", "1");
    return new DatabaseSync(url, { readOnly: true });
  }
}

function hasContent(path: string): boolean {
  try {
    return Deno.statSync(path).size > 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** How many migrations it has had; throws where it has had more than there are. */
function refuseNewer(database: DatabaseSync, path: string): number {
  const version = Number(database.prepare("PRAGMA user_version").get()?.user_version ?? 0);
  if (version <= MIGRATIONS.length) return version;
  throw storeProblem(
    "newer",
    path,
    `it was made by a newer querycop (version ${version} of its tables, this one knows ${MIGRATIONS.length})`,
  );
}

function migrate(database: DatabaseSync, path: string): void {
  for (;;) {
    const done = inTransaction(database, () => {
      const version = refuseNewer(database, path);
      const step = MIGRATIONS[version];
      if (step === undefined) return true;
      database.exec(step);
      database.exec(`PRAGMA user_version = ${version + 1}`);
      return false;
    });
    if (done) return;
  }
}

/** Runs an action in a transaction that no other writer comes between; rolled back where it throws. */
export function inTransaction<T>(database: DatabaseSync, action: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = action();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite has rolled back by itself where the disk is full or fails.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
