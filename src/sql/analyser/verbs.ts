/** Which statement a leading word begins. */

import * as K from "../keyword_ids.ts";
import type { CommonTable, Statement } from "../statement.ts";
import { T } from "../tokens.ts";
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
import { parseCallStatement, parseDo, parseHandler, parseImport, parseLoad } from "./dml.ts";
import type { PlainDetail } from "./facts.ts";
import { parseGrant } from "./grants.ts";
import { parseInsert } from "./insert.ts";
import { parseQuery, parseQueryAfterWith, parseWith } from "./select.ts";
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
import type { Walk } from "./walk.ts";

/** What the verbs learn about the statement around them. */
export interface VerbContext {
  ctes: readonly CommonTable[];
  analyzed: boolean;
  /** Analyses the statement that the walk stands on: what EXPLAIN is about. */
  readonly inner: () => Statement;
}

/** Parses the statement that begins where the walk stands. */
export function parseByVerb(walk: Walk, context: VerbContext): PlainDetail {
  switch (walk.word()) {
    case K.SELECT:
    case K.TABLE:
    case K.VALUES:
      return { kind: "select", query: parseQuery(walk, "top") };
    case K.INSERT:
    case K.REPLACE:
      return parseInsert(walk);
    case K.UPDATE:
      return parseUpdate(walk);
    case K.DELETE:
      return parseDelete(walk);
    case K.WITH:
      return parseAfterWith(walk, context);
    case K.SET:
      return parseSet(walk, context.inner);
    case K.CREATE:
      return parseCreate(walk);
    case K.ALTER:
      return parseAlter(walk);
    case K.DROP:
      return parseDrop(walk);
  }
  if (walk.peek() === T.leftParen) return { kind: "select", query: parseQuery(walk, "top") };
  if (walk.done()) return { kind: "empty", words: "" };
  return parseDataVerb(walk, context) ?? parseSessionVerb(walk) ?? parseServerVerb(walk) ?? parseRare(walk);
}

function parseAfterWith(walk: Walk, context: VerbContext): PlainDetail {
  const start = walk.start();
  const holder = { ctes: context.ctes, recursive: false };
  parseWith(walk, holder);
  context.ctes = holder.ctes;
  switch (walk.word()) {
    case K.UPDATE:
      return parseUpdate(walk);
    case K.DELETE:
      return parseDelete(walk);
    case K.INSERT:
    case K.REPLACE:
      return parseInsert(walk);
    default:
      return { kind: "select", query: parseQueryAfterWith(walk, "top", start, holder) };
  }
}

/** Statements on data and tables. */
function parseDataVerb(walk: Walk, context: VerbContext): PlainDetail | undefined {
  const next = walk.word(1);
  switch (walk.word()) {
    case K.LOAD:
      if (next === K.DATA || next === K.XML) return parseLoad(walk);
      if (next === K.INDEX) {
        walk.at++;
        return parseKeyCache(walk, "load-index");
      }
      return undefined;
    case K.CALL:
      return parseCallStatement(walk);
    case K.DO:
      return parseDo(walk);
    case K.HANDLER:
      return parseHandler(walk);
    case K.IMPORT:
      return parseImport(walk);
    case K.TRUNCATE:
      return parseTruncate(walk);
    case K.RENAME:
      walk.at++;
      if (walk.word() === K.USER) return parseRenameUser(walk);
      if (walk.word() !== K.TABLE && walk.word() !== K.TABLES) walk.unexpected();
      return parseRenameTable(walk);
    case K.SHOW:
      walk.at++;
      return parseShow(walk);
    case K.EXPLAIN:
    case K.DESCRIBE:
    case K.DESC:
      walk.at++;
      return parseExplain(walk, context.inner);
    case K.ANALYZE:
    case K.CHECK:
    case K.CHECKSUM:
    case K.OPTIMIZE:
    case K.REPAIR:
      if (isMaintenance(walk)) return parseMaintenance(walk);
      if (walk.word() !== K.ANALYZE) return undefined;
      return parseAnalyzed(walk, context);
    case K.CACHE:
      walk.at++;
      return parseKeyCache(walk, "cache-index");
    default:
      return undefined;
  }
}

/** MariaDB's ANALYZE [FORMAT=JSON] statement, which does run it. */
function parseAnalyzed(walk: Walk, context: VerbContext): PlainDetail {
  walk.at++;
  if (walk.word() === K.FORMAT) walk.at += 3;
  context.analyzed = true;
  // One ANALYZE is enough: a second begins no statement.
  return walk.word() === K.ANALYZE ? words(walk, walk.at, "unknown") : parseByVerb(walk, context);
}

/** Transactions, locks, prepared statements. */
function parseSessionVerb(walk: Walk): PlainDetail | undefined {
  const from = walk.at;
  const next = walk.word(1);
  switch (walk.word()) {
    case K.START:
      if (next === K.TRANSACTION) {
        walk.at += 2;
        return parseStartTransaction(walk);
      }
      if (isReplica(walk)) {
        walk.at += 2;
        return parseReplication(walk, "start-replica");
      }
      if (next === K.GROUP_REPLICATION) {
        walk.at += 2;
        return parseReplication(walk, "start-group-replication");
      }
      return undefined;
    case K.STOP:
      if (isReplica(walk)) {
        walk.at += 2;
        return parseReplication(walk, "stop-replica");
      }
      if (next === K.GROUP_REPLICATION) {
        walk.at += 2;
        return parseReplication(walk, "stop-group-replication");
      }
      return undefined;
    case K.BEGIN:
      // BEGIN NOT ATOMIC, and a stored program's body.
      if (walk.peek(1) !== T.end && next !== K.WORK) return words(walk, from, "compound");
      walk.at++;
      return parseBegin(walk);
    case K.COMMIT:
      walk.at++;
      return parseEnd(walk, "commit");
    case K.ROLLBACK:
      walk.at++;
      return parseEnd(walk, "rollback");
    case K.SAVEPOINT:
      walk.at++;
      return { kind: "savepoint", name: walk.name() };
    case K.RELEASE:
      if (next !== K.SAVEPOINT) return undefined;
      walk.at += 2;
      return { kind: "release-savepoint", name: walk.name() };
    case K.XA:
      walk.at++;
      return parseXa(walk);
    case K.LOCK:
      walk.at++;
      if (next === K.INSTANCE) return words(walk, from, "lock-instance");
      if (next !== K.TABLES && next !== K.TABLE) walk.unexpected();
      return parseLockTables(walk);
    case K.UNLOCK:
      if (next === K.INSTANCE) return words(walk, from, "unlock-instance");
      return words(walk, from, "unlock-tables");
    case K.USE: {
      walk.at++;
      return { kind: "use", schema: walk.nameOrText() };
    }
    case K.PREPARE:
      walk.at++;
      return parsePrepare(walk);
    case K.EXECUTE:
      walk.at++;
      return parseExecute(walk);
    case K.DEALLOCATE:
      walk.at++;
      walk.expect(K.PREPARE);
      return { kind: "deallocate-prepare", name: walk.name() };
    case K.GET:
      return words(walk, from, "get-diagnostics");
    case K.SIGNAL:
      return words(walk, from, "signal");
    case K.RESIGNAL:
      return words(walk, from, "resignal");
    case K.HELP:
      return words(walk, from, "help");
    default:
      return undefined;
  }
}

/** Whether REPLICA or SLAVE is next but one, also MariaDB's ALL SLAVES and SLAVE 'name'. */
function isReplica(walk: Walk): boolean {
  const next = walk.word(1);
  if (next === K.REPLICA || next === K.SLAVE) return true;
  return next === K.ALL && (walk.spelled("SLAVES", 2) || walk.spelled("REPLICAS", 2));
}

/** Accounts, replication, the server itself. */
function parseServerVerb(walk: Walk): PlainDetail | undefined {
  const from = walk.at;
  const next = walk.word(1);
  switch (walk.word()) {
    case K.GRANT:
    case K.REVOKE:
      if (walk.spelled("VITESS_MIGRATION", 1)) return words(walk, from, "vitess");
      return parseGrant(walk);
    case K.KILL:
      walk.at++;
      return parseKill(walk);
    case K.FLUSH:
      walk.at++;
      return parseFlush(walk);
    case K.RESET:
      walk.at++;
      return parseReset(walk);
    case K.PURGE:
      walk.at++;
      return parsePurge(walk);
    case K.CHANGE: {
      const filter = next === K.REPLICATION && walk.word(2) === K.FILTER;
      if (next !== K.MASTER && next !== K.REPLICATION && !walk.spelled("MASTER", 1)) {
        // MariaDB: CHANGE MASTER 'name' TO
        if (walk.word(2) !== K.MASTER) return undefined;
      }
      walk.at += 2;
      return parseReplication(walk, filter ? "change-replication-filter" : "change-replication-source");
    }
    case K.INSTALL:
    case K.UNINSTALL: {
      const install = walk.word() === K.INSTALL;
      walk.at++;
      return parseInstall(walk, install);
    }
    case K.BINLOG:
      walk.at++;
      return { kind: "binlog", event: walk.text() };
    case K.CLONE:
      return words(walk, from, "clone");
    case K.SHUTDOWN:
      return words(walk, from, "shutdown");
    case K.RESTART:
      return words(walk, from, "restart");
    case K.BACKUP:
      return words(walk, from, "backup");
    default:
      return undefined;
  }
}

/** Words that begin a statement in a stored program, in MariaDB or in Vitess, and what begins none. */
function parseRare(walk: Walk): PlainDetail {
  const from = walk.at;
  switch (walk.word()) {
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
      return words(walk, from, "compound");
    case K.STREAM:
      return words(walk, from, "vitess");
  }
  if (walk.spelled("REVERT") || walk.spelled("VEXPLAIN") || walk.spelled("VSTREAM")) {
    return words(walk, from, "vitess");
  }
  // A label: `name: LOOP`
  if (walk.isName() && walk.peek(1) === T.colon) return words(walk, from, "compound");
  const end = walk.ends[walk.at]!;
  walk.problem("unknown-statement", walk.start(), end, "No statement begins with this word");
  return words(walk, from, "unknown");
}
