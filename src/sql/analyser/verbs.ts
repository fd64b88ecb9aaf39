/** Which statement a leading word begins. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { CommonTable, Statement } from "../statement.ts";
import {
  parseBegin,
  parseEnd,
  parseExecute,
  parseFlush,
  parseInstall,
  parseKill,
  parsePrepare,
  parsePurge,
  parseReplication,
  parseReset,
  parseStartTransaction,
  parseXa,
} from "./admin.ts";
import { parseDelete, parseUpdate } from "./change.ts";
import { parseAlter, parseCreate, parseDrop, words } from "./create.ts";
import type { Cursor } from "./cursor.ts";
import { parseCallStatement, parseDo, parseHandler, parseImport, parseLoad } from "./dml.ts";
import type { ParsedDetail } from "./facts.ts";
import { parseGrant } from "./grants.ts";
import { parseInsert } from "./insert.ts";
import { parseQuery, parseQueryAfterWith, parseWith } from "./query.ts";
import { parseSet } from "./set.ts";
import { parseExplain, parseShow } from "./show.ts";
import {
  isMaintenance,
  parseKeyCache,
  parseLockTables,
  parseMaintenance,
  parseRenameTable,
  parseTruncate,
} from "./tables.ts";
import { parseRenameUser } from "./users.ts";

/** What the verbs learn about the statement around them. */
export interface VerbContext {
  ctes: readonly CommonTable[];
  analyzed: boolean;
  /** Analyses the statement that the cursor stands on: what EXPLAIN is about. */
  readonly inner: () => Statement;
}

/** Parses the statement that begins where the cursor stands. */
export function parseByVerb(cursor: Cursor, context: VerbContext): ParsedDetail {
  switch (cursor.word()) {
    case K.SELECT:
    case K.TABLE:
    case K.VALUES:
      return { kind: "select", query: parseQuery(cursor, "top") };
    case K.INSERT:
    case K.REPLACE:
      return parseInsert(cursor);
    case K.UPDATE:
      return parseUpdate(cursor);
    case K.DELETE:
      return parseDelete(cursor);
    case K.WITH:
      return parseAfterWith(cursor, context);
    case K.SET:
      return parseSet(cursor, context.inner);
    case K.CREATE:
      return parseCreate(cursor);
    case K.ALTER:
      return parseAlter(cursor);
    case K.DROP:
      return parseDrop(cursor);
  }
  if (cursor.peek() === T.leftParen) return { kind: "select", query: parseQuery(cursor, "top") };
  if (cursor.done()) return { kind: "empty", words: "" };
  return parseDataVerb(cursor, context) ?? parseSessionVerb(cursor) ?? parseServerVerb(cursor) ??
    parseRare(cursor);
}

function parseAfterWith(cursor: Cursor, context: VerbContext): ParsedDetail {
  const start = cursor.start();
  const holder = { ctes: context.ctes, recursive: false };
  parseWith(cursor, holder);
  context.ctes = holder.ctes;
  switch (cursor.word()) {
    case K.UPDATE:
      return parseUpdate(cursor);
    case K.DELETE:
      return parseDelete(cursor);
    case K.INSERT:
    case K.REPLACE:
      return parseInsert(cursor);
    default:
      return { kind: "select", query: parseQueryAfterWith(cursor, "top", start, holder) };
  }
}

/** Statements on data and tables. */
function parseDataVerb(cursor: Cursor, context: VerbContext): ParsedDetail | undefined {
  const next = cursor.word(1);
  switch (cursor.word()) {
    case K.LOAD:
      if (next === K.DATA || next === K.XML) return parseLoad(cursor);
      if (next === K.INDEX) {
        cursor.at++;
        return parseKeyCache(cursor, "load-index");
      }
      return undefined;
    case K.CALL:
      return parseCallStatement(cursor);
    case K.DO:
      return parseDo(cursor);
    case K.HANDLER:
      return parseHandler(cursor);
    case K.IMPORT:
      return parseImport(cursor);
    case K.TRUNCATE:
      return parseTruncate(cursor);
    case K.RENAME:
      cursor.at++;
      if (cursor.word() === K.USER) return parseRenameUser(cursor);
      if (cursor.word() !== K.TABLE && cursor.word() !== K.TABLES) cursor.unexpected();
      return parseRenameTable(cursor);
    case K.SHOW:
      cursor.at++;
      return parseShow(cursor);
    case K.EXPLAIN:
    case K.DESCRIBE:
    case K.DESC:
      cursor.at++;
      return parseExplain(cursor, context.inner);
    case K.ANALYZE:
    case K.CHECK:
    case K.CHECKSUM:
    case K.OPTIMIZE:
    case K.REPAIR:
      if (isMaintenance(cursor)) return parseMaintenance(cursor);
      if (cursor.word() !== K.ANALYZE) return undefined;
      return parseAnalyzed(cursor, context);
    case K.CACHE:
      cursor.at++;
      return parseKeyCache(cursor, "cache-index");
    default:
      return undefined;
  }
}

/** MariaDB's ANALYZE [FORMAT=JSON] statement, which does run it. */
function parseAnalyzed(cursor: Cursor, context: VerbContext): ParsedDetail {
  cursor.at++;
  if (cursor.word() === K.FORMAT) cursor.at += 3;
  context.analyzed = true;
  // One ANALYZE is enough: a second begins no statement.
  return cursor.word() === K.ANALYZE ? words(cursor, cursor.at, "unknown") : parseByVerb(cursor, context);
}

/** Transactions, locks, prepared statements. */
function parseSessionVerb(cursor: Cursor): ParsedDetail | undefined {
  const from = cursor.at;
  const next = cursor.word(1);
  switch (cursor.word()) {
    case K.START:
      if (next === K.TRANSACTION) {
        cursor.at += 2;
        return parseStartTransaction(cursor);
      }
      if (isReplica(cursor)) {
        cursor.at += 2;
        return parseReplication(cursor, "start-replica");
      }
      if (next === K.GROUP_REPLICATION) {
        cursor.at += 2;
        return parseReplication(cursor, "start-group-replication");
      }
      return undefined;
    case K.STOP:
      if (isReplica(cursor)) {
        cursor.at += 2;
        return parseReplication(cursor, "stop-replica");
      }
      if (next === K.GROUP_REPLICATION) {
        cursor.at += 2;
        return parseReplication(cursor, "stop-group-replication");
      }
      return undefined;
    case K.BEGIN:
      // BEGIN NOT ATOMIC, and a stored program's body.
      if (cursor.peek(1) !== T.end && next !== K.WORK) return words(cursor, from, "compound");
      cursor.at++;
      return parseBegin(cursor);
    case K.COMMIT:
      cursor.at++;
      return parseEnd(cursor, "commit");
    case K.ROLLBACK:
      cursor.at++;
      return parseEnd(cursor, "rollback");
    case K.SAVEPOINT:
      cursor.at++;
      return { kind: "savepoint", name: cursor.name() };
    case K.RELEASE:
      if (next !== K.SAVEPOINT) return undefined;
      cursor.at += 2;
      return { kind: "release-savepoint", name: cursor.name() };
    case K.XA:
      cursor.at++;
      return parseXa(cursor);
    case K.LOCK:
      cursor.at++;
      if (next === K.INSTANCE) return words(cursor, from, "lock-instance");
      if (next !== K.TABLES && next !== K.TABLE) cursor.unexpected();
      return parseLockTables(cursor);
    case K.UNLOCK:
      if (next === K.INSTANCE) return words(cursor, from, "unlock-instance");
      return words(cursor, from, "unlock-tables");
    case K.USE: {
      cursor.at++;
      return { kind: "use", schema: cursor.nameOrText() };
    }
    case K.PREPARE:
      cursor.at++;
      return parsePrepare(cursor);
    case K.EXECUTE:
      cursor.at++;
      return parseExecute(cursor);
    case K.DEALLOCATE:
      cursor.at++;
      cursor.expect(K.PREPARE);
      return { kind: "deallocate-prepare", name: cursor.name() };
    case K.GET:
      return words(cursor, from, "get-diagnostics");
    case K.SIGNAL:
      return words(cursor, from, "signal");
    case K.RESIGNAL:
      return words(cursor, from, "resignal");
    case K.HELP:
      return words(cursor, from, "help");
    default:
      return undefined;
  }
}

/** Whether REPLICA or SLAVE is next but one, also MariaDB's ALL SLAVES and SLAVE 'name'. */
function isReplica(cursor: Cursor): boolean {
  const next = cursor.word(1);
  if (next === K.REPLICA || next === K.SLAVE) return true;
  return next === K.ALL && (cursor.spelled("SLAVES", 2) || cursor.spelled("REPLICAS", 2));
}

/** Accounts, replication, the server itself. */
function parseServerVerb(cursor: Cursor): ParsedDetail | undefined {
  const from = cursor.at;
  const next = cursor.word(1);
  switch (cursor.word()) {
    case K.GRANT:
    case K.REVOKE:
      if (cursor.spelled("VITESS_MIGRATION", 1)) return words(cursor, from, "vitess");
      return parseGrant(cursor);
    case K.KILL:
      cursor.at++;
      return parseKill(cursor);
    case K.FLUSH:
      cursor.at++;
      return parseFlush(cursor);
    case K.RESET:
      cursor.at++;
      return parseReset(cursor);
    case K.PURGE:
      cursor.at++;
      return parsePurge(cursor);
    case K.CHANGE: {
      const filter = next === K.REPLICATION && cursor.word(2) === K.FILTER;
      if (next !== K.MASTER && next !== K.REPLICATION && !cursor.spelled("MASTER", 1)) {
        // MariaDB: CHANGE MASTER 'name' TO
        if (cursor.word(2) !== K.MASTER) return undefined;
      }
      cursor.at += 2;
      return parseReplication(cursor, filter ? "change-replication-filter" : "change-replication-source");
    }
    case K.INSTALL:
    case K.UNINSTALL: {
      const install = cursor.word() === K.INSTALL;
      cursor.at++;
      return parseInstall(cursor, install);
    }
    case K.BINLOG:
      cursor.at++;
      return { kind: "binlog", event: cursor.text() };
    case K.CLONE:
      return words(cursor, from, "clone");
    case K.SHUTDOWN:
      return words(cursor, from, "shutdown");
    case K.RESTART:
      return words(cursor, from, "restart");
    case K.BACKUP:
      return words(cursor, from, "backup");
    default:
      return undefined;
  }
}

/** Words that begin a statement in a stored program, in MariaDB or in Vitess, and what begins none. */
function parseRare(cursor: Cursor): ParsedDetail {
  const from = cursor.at;
  switch (cursor.word()) {
    case K.IF:
    case K.CASE:
    case K.LOOP:
    case K.REPEAT:
    case K.WHILE:
    case K.DECLARE:
    case K.OPEN:
    case K.CLOSE:
    case K.FETCH:
    case K.RETURN:
    case K.LEAVE:
    case K.ITERATE:
    case K.END:
    case K.FOR:
      return words(cursor, from, "compound");
    case K.STREAM:
      return words(cursor, from, "vitess");
  }
  if (cursor.spelled("REVERT") || cursor.spelled("VEXPLAIN") || cursor.spelled("VSTREAM")) {
    return words(cursor, from, "vitess");
  }
  // A label: `name: LOOP`
  if (cursor.isName() && cursor.peek(1) === T.colon) return words(cursor, from, "compound");
  const end = cursor.ends[cursor.at]!;
  cursor.problem("unknown-statement", cursor.start(), end, "No statement begins with this word");
  return words(cursor, from, "unknown");
}
