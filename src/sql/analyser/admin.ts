/** Transactions, prepared statements, KILL, FLUSH, RESET, PURGE, replication, plugins. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type {
  FlushDetail,
  InstallDetail,
  ObjectName,
  Option,
  PurgeDetail,
  ReplicationDetail,
  ResetDetail,
  Text,
  TransactionDetail,
  XaDetail,
} from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseList } from "./dml.ts";
import { parseRoot } from "./expressions.ts";
import type { ParsedDetail } from "./facts.ts";
import { parseOptionValue } from "./options.ts";
import { parseTableNames, writeTable } from "./tables.ts";

/** `START TRANSACTION ...`; both words are passed. */
export function parseStartTransaction(cursor: Cursor): TransactionDetail {
  let consistentSnapshot = false;
  let access: TransactionDetail["access"];
  do {
    if (cursor.take(K.WITH)) {
      cursor.expect(K.CONSISTENT);
      consistentSnapshot = cursor.expect(K.SNAPSHOT);
    } else if (cursor.take(K.READ)) {
      access = cursor.take(K.ONLY) ? "read-only" : cursor.expect(K.WRITE) ? "read-write" : undefined;
    }
  } while (cursor.takeKind(T.comma));
  return transaction("begin", true, consistentSnapshot, access, false, false);
}

function transaction(
  kind: TransactionDetail["kind"],
  startTransaction: boolean,
  consistentSnapshot: boolean,
  access: TransactionDetail["access"],
  chain: boolean,
  release: boolean,
): TransactionDetail {
  return { kind, startTransaction, consistentSnapshot, access, chain, release };
}

/** `BEGIN [WORK]`; BEGIN is passed. */
export function parseBegin(cursor: Cursor): TransactionDetail {
  cursor.take(K.WORK);
  return transaction("begin", false, false, undefined, false, false);
}

/** COMMIT, ROLLBACK and ROLLBACK TO; the verb is passed. */
export function parseEnd(cursor: Cursor, kind: "commit" | "rollback"): ParsedDetail {
  cursor.take(K.WORK);
  if (kind === "rollback" && cursor.take(K.TO)) {
    cursor.take(K.SAVEPOINT);
    return { kind: "rollback-to-savepoint", name: cursor.name() };
  }
  let chain = false;
  let release = false;
  if (cursor.take(K.AND)) chain = !cursor.take(K.NO) && cursor.word() === K.CHAIN;
  cursor.take(K.CHAIN);
  if (cursor.take2(K.NO, K.RELEASE)) release = false;
  else release = cursor.take(K.RELEASE);
  return transaction(kind, false, false, undefined, chain, release);
}

const XA_ACTIONS: Readonly<Record<string, XaDetail["action"]>> = {
  START: "start",
  BEGIN: "start",
  END: "end",
  PREPARE: "prepare",
  COMMIT: "commit",
  ROLLBACK: "rollback",
  RECOVER: "recover",
};

/** XA is passed. */
export function parseXa(cursor: Cursor): XaDetail {
  const action = cursor.done() ? undefined : XA_ACTIONS[cursor.takeName().text.toUpperCase()];
  if (action === undefined) cursor.unexpected();
  // The identifier and JOIN, RESUME, SUSPEND, ONE PHASE, CONVERT XID.
  cursor.skipRest();
  return { kind: "xa", action: action ?? "start" };
}

/** `PREPARE name FROM text`; PREPARE is passed. */
export function parsePrepare(cursor: Cursor): ParsedDetail {
  const name = cursor.name();
  cursor.expect(K.FROM);
  return { kind: "prepare", name, ...parseDynamicText(cursor) };
}

function parseDynamicText(cursor: Cursor) {
  cursor.clause = "argument";
  const from = parseRoot(cursor);
  // A string literal has the value and span that a text has.
  return from.type === "string" ? { text: from, from: undefined } : { text: undefined, from };
}

/** `EXECUTE name [USING @a, ...]`, `EXECUTE IMMEDIATE text`; EXECUTE is passed. */
export function parseExecute(cursor: Cursor): ParsedDetail {
  if (cursor.spelled("IMMEDIATE") && cursor.word(1) !== K.USING && cursor.peek(1) !== T.end) {
    cursor.at++;
    const dynamic = parseDynamicText(cursor);
    const using = cursor.take(K.USING) ? parseList(cursor) : NONE;
    return { kind: "execute-immediate", name: undefined, ...dynamic, using };
  }
  const name = cursor.name();
  const using = cursor.take(K.USING) ? parseList(cursor) : NONE;
  return { kind: "execute", name, text: undefined, from: undefined, using };
}

/** KILL is passed. */
export function parseKill(cursor: Cursor): ParsedDetail {
  // MariaDB: HARD, SOFT, QUERY ID, USER
  if (cursor.spelled("HARD") || cursor.spelled("SOFT")) cursor.at++;
  const what = cursor.take(K.QUERY) ? "query" : "connection";
  if (what === "connection") cursor.take(K.CONNECTION);
  if (cursor.spelled("ID")) cursor.at++;
  cursor.clause = "argument";
  if (cursor.take(K.USER)) {
    cursor.skipRest();
    return { kind: "kill", what, id: undefined };
  }
  return { kind: "kill", what, id: cursor.done() ? undefined : parseRoot(cursor) };
}

/** FLUSH is passed. */
export function parseFlush(cursor: Cursor): FlushDetail {
  if (!cursor.take(K.NO_WRITE_TO_BINLOG)) cursor.take(K.LOCAL);
  const what: string[] = [];
  let tables: readonly ObjectName[] = NONE;
  let withReadLock = false;
  let forExport = false;
  do {
    const from = cursor.at;
    if (cursor.word() === K.TABLES || cursor.word() === K.TABLE) {
      cursor.at++;
      what.push("TABLES");
      if (cursor.isName()) {
        tables = parseTableNames(cursor);
        for (const table of tables) writeTable(cursor, table, "lock");
      }
      if (cursor.take(K.WITH)) {
        cursor.expect(K.READ);
        withReadLock = cursor.expect(K.LOCK);
      } else if (cursor.take(K.FOR)) {
        forExport = cursor.expect(K.EXPORT);
      }
      // MariaDB: AND DISABLE CHECKPOINT
      if (cursor.word() === K.AND) cursor.skipRest();
    } else {
      while (!cursor.done() && cursor.peek() !== T.comma && cursor.word() !== K.FOR) cursor.at++;
      what.push(cursor.wordsBetween(from, cursor.at));
      if (cursor.take(K.FOR)) {
        cursor.expect(K.CHANNEL);
        cursor.nameOrText();
      }
    }
  } while (cursor.takeKind(T.comma));
  return { kind: "flush", what, tables, withReadLock, forExport };
}

/** RESET is passed. */
export function parseReset(cursor: Cursor): ResetDetail {
  const what: string[] = [];
  do {
    const from = cursor.at;
    while (!cursor.done() && RESET_WORDS.has(cursor.word())) cursor.at++;
    if (cursor.at === from) cursor.unexpected();
    what.push(cursor.wordsBetween(from, cursor.at));
    // PERSIST IF EXISTS name; BINARY LOGS AND GTIDS TO n; REPLICA FOR CHANNEL 'c'
    if (what[what.length - 1] === "PERSIST" || cursor.word() === K.TO || cursor.word() === K.FOR) {
      while (!cursor.done() && cursor.peek() !== T.comma) cursor.at++;
    }
  } while (cursor.takeKind(T.comma));
  return { kind: "reset", what };
}

const RESET_WORDS: ReadonlySet<number> = new Set([
  K.MASTER,
  K.BINARY,
  K.LOGS,
  K.AND,
  K.GTIDS,
  K.REPLICA,
  K.SLAVE,
  K.ALL,
  K.QUERY,
  K.CACHE,
  K.PERSIST,
]);

/** `BINARY | MASTER LOGS TO 'x' | BEFORE d`; PURGE is passed. */
export function parsePurge(cursor: Cursor): PurgeDetail {
  if (!cursor.take(K.BINARY)) cursor.expect(K.MASTER);
  cursor.expect(K.LOGS);
  cursor.clause = "argument";
  if (cursor.take(K.TO)) return { kind: "purge-binary-logs", to: cursor.text(), before: undefined };
  cursor.expect(K.BEFORE);
  return { kind: "purge-binary-logs", to: undefined, before: parseRoot(cursor) };
}

/** Replication statements' options: `NAME = value, ...`, and bare words. The verb's words are passed. */
export function parseReplication(cursor: Cursor, kind: ReplicationDetail["kind"]): ReplicationDetail {
  const options: Option[] = [];
  while (!cursor.done()) {
    const start = cursor.start();
    if (cursor.peek(1) === T.equal && cursor.peek() !== T.rightParen) {
      const name = cursor.takeName().text.toUpperCase();
      const { value, span } = parseOptionValue(cursor);
      options.push({ start, end: cursor.endFrom(start), name, value, valueSpan: span });
    } else {
      cursor.at++;
    }
  }
  return { kind, options };
}

/** INSTALL and UNINSTALL; the verb is passed. */
export function parseInstall(cursor: Cursor, install: boolean): InstallDetail {
  const components: Text[] = [];
  if (cursor.take(K.COMPONENT)) {
    do {
      const component = cursor.text();
      if (component === undefined) break;
      components.push(component);
    } while (cursor.takeKind(T.comma));
    // SET variable = value
    if (cursor.take(K.SET)) cursor.skipRest();
    const kind = install ? "install-component" : "uninstall-component";
    return { kind, name: undefined, library: undefined, components };
  }
  if (!cursor.take(K.PLUGIN)) cursor.expect(K.SONAME);
  const kind = install ? "install-plugin" : "uninstall-plugin";
  if (cursor.peek() === T.string) return { kind, name: undefined, library: cursor.text(), components };
  cursor.take2(K.IF, K.EXISTS);
  const name = cursor.name();
  const library = cursor.take(K.SONAME) ? cursor.text() : undefined;
  return { kind, name, library, components };
}
