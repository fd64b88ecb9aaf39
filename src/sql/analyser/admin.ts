/** Transactions, prepared statements, KILL, FLUSH, RESET, PURGE, replication, plugins. */

import * as K from "../keyword_ids.ts";
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
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseList } from "./dml.ts";
import { parseRoot } from "./expressions.ts";
import type { PlainDetail } from "./facts.ts";
import { parseOptionValue } from "./options.ts";
import { parseTableNames, writeTable } from "./tables.ts";
import type { Walk } from "./walk.ts";

/** `START TRANSACTION ...`; both words are passed. */
export function parseStartTransaction(walk: Walk): TransactionDetail {
  let consistentSnapshot = false;
  let access: TransactionDetail["access"];
  do {
    if (walk.take(K.WITH)) {
      walk.expect(K.CONSISTENT);
      consistentSnapshot = walk.expect(K.SNAPSHOT);
    } else if (walk.take(K.READ)) {
      access = walk.take(K.ONLY) ? "read-only" : walk.expect(K.WRITE) ? "read-write" : undefined;
    }
  } while (walk.takeKind(T.comma));
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
export function parseBegin(walk: Walk): TransactionDetail {
  walk.take(K.WORK);
  return transaction("begin", false, false, undefined, false, false);
}

/** COMMIT, ROLLBACK and ROLLBACK TO; the verb is passed. */
export function parseEnd(walk: Walk, kind: "commit" | "rollback"): PlainDetail {
  walk.take(K.WORK);
  if (kind === "rollback" && walk.take(K.TO)) {
    walk.take(K.SAVEPOINT);
    return { kind: "rollback-to-savepoint", name: walk.name() };
  }
  let chain = false;
  let release = false;
  if (walk.take(K.AND)) chain = !walk.take(K.NO) && walk.word() === K.CHAIN;
  walk.take(K.CHAIN);
  if (walk.take2(K.NO, K.RELEASE)) release = false;
  else release = walk.take(K.RELEASE);
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
export function parseXa(walk: Walk): XaDetail {
  const action = walk.done() ? undefined : XA_ACTIONS[walk.takeName().text.toUpperCase()];
  if (action === undefined) walk.unexpected();
  // The identifier and JOIN, RESUME, SUSPEND, ONE PHASE, CONVERT XID.
  walk.at = walk.stop;
  return { kind: "xa", action: action ?? "start" };
}

/** `PREPARE name FROM text`; PREPARE is passed. */
export function parsePrepare(walk: Walk): PlainDetail {
  const name = walk.name();
  walk.expect(K.FROM);
  return { kind: "prepare", name, ...parseDynamicText(walk) };
}

function parseDynamicText(walk: Walk) {
  walk.clause = "argument";
  const from = parseRoot(walk);
  // A string literal has the value and span that a text has.
  return from.type === "string" ? { text: from, from: undefined } : { text: undefined, from };
}

/** `EXECUTE name [USING @a, ...]`, `EXECUTE IMMEDIATE text`; EXECUTE is passed. */
export function parseExecute(walk: Walk): PlainDetail {
  if (walk.spelled("IMMEDIATE") && walk.word(1) !== K.USING && walk.peek(1) !== T.end) {
    walk.at++;
    const dynamic = parseDynamicText(walk);
    const using = walk.take(K.USING) ? parseList(walk) : NONE;
    return { kind: "execute-immediate", name: undefined, ...dynamic, using };
  }
  const name = walk.name();
  const using = walk.take(K.USING) ? parseList(walk) : NONE;
  return { kind: "execute", name, text: undefined, from: undefined, using };
}

/** KILL is passed. */
export function parseKill(walk: Walk): PlainDetail {
  // MariaDB: HARD, SOFT, QUERY ID, USER
  if (walk.spelled("HARD") || walk.spelled("SOFT")) walk.at++;
  const what = walk.take(K.QUERY) ? "query" : "connection";
  if (what === "connection") walk.take(K.CONNECTION);
  if (walk.spelled("ID")) walk.at++;
  walk.clause = "argument";
  if (walk.take(K.USER)) {
    walk.at = walk.stop;
    return { kind: "kill", what, id: undefined };
  }
  return { kind: "kill", what, id: walk.done() ? undefined : parseRoot(walk) };
}

/** FLUSH is passed. */
export function parseFlush(walk: Walk): FlushDetail {
  if (!walk.take(K.NO_WRITE_TO_BINLOG)) walk.take(K.LOCAL);
  const what: string[] = [];
  let tables: readonly ObjectName[] = NONE;
  let withReadLock = false;
  let forExport = false;
  do {
    const from = walk.at;
    if (walk.word() === K.TABLES || walk.word() === K.TABLE) {
      walk.at++;
      what.push("TABLES");
      if (walk.isName()) {
        tables = parseTableNames(walk);
        for (const table of tables) writeTable(walk, table, "lock");
      }
      if (walk.take(K.WITH)) {
        walk.expect(K.READ);
        withReadLock = walk.expect(K.LOCK);
      } else if (walk.take(K.FOR)) {
        forExport = walk.expect(K.EXPORT);
      }
      // MariaDB: AND DISABLE CHECKPOINT
      if (walk.word() === K.AND) walk.at = walk.stop;
    } else {
      while (!walk.done() && walk.peek() !== T.comma && walk.word() !== K.FOR) walk.at++;
      what.push(walk.wordsBetween(from, walk.at));
      if (walk.take(K.FOR)) {
        walk.expect(K.CHANNEL);
        walk.nameOrText();
      }
    }
  } while (walk.takeKind(T.comma));
  return { kind: "flush", what, tables, withReadLock, forExport };
}

/** RESET is passed. */
export function parseReset(walk: Walk): ResetDetail {
  const what: string[] = [];
  do {
    const from = walk.at;
    while (!walk.done() && RESET_WORDS.has(walk.word())) walk.at++;
    if (walk.at === from) walk.unexpected();
    what.push(walk.wordsBetween(from, walk.at));
    // PERSIST IF EXISTS name; BINARY LOGS AND GTIDS TO n; REPLICA FOR CHANNEL 'c'
    if (what[what.length - 1] === "PERSIST" || walk.word() === K.TO || walk.word() === K.FOR) {
      while (!walk.done() && walk.peek() !== T.comma) walk.at++;
    }
  } while (walk.takeKind(T.comma));
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
export function parsePurge(walk: Walk): PurgeDetail {
  if (!walk.take(K.BINARY)) walk.expect(K.MASTER);
  walk.expect(K.LOGS);
  walk.clause = "argument";
  if (walk.take(K.TO)) return { kind: "purge-binary-logs", to: walk.text(), before: undefined };
  walk.expect(K.BEFORE);
  return { kind: "purge-binary-logs", to: undefined, before: parseRoot(walk) };
}

/** Replication statements' options: `NAME = value, ...`, and bare words. The verb's words are passed. */
export function parseReplication(walk: Walk, kind: ReplicationDetail["kind"]): ReplicationDetail {
  const options: Option[] = [];
  while (!walk.done()) {
    const start = walk.start();
    if (walk.peek(1) === T.equal && walk.peek() !== T.rightParen) {
      const name = walk.takeName().text.toUpperCase();
      const { value, span } = parseOptionValue(walk);
      options.push({ start, end: walk.endFrom(start), name, value, valueSpan: span });
    } else {
      walk.at++;
    }
  }
  return { kind, options };
}

/** INSTALL and UNINSTALL; the verb is passed. */
export function parseInstall(walk: Walk, install: boolean): InstallDetail {
  const components: Text[] = [];
  if (walk.take(K.COMPONENT)) {
    do {
      const component = walk.text();
      if (component === undefined) break;
      components.push(component);
    } while (walk.takeKind(T.comma));
    // SET variable = value
    if (walk.take(K.SET)) walk.at = walk.stop;
    const kind = install ? "install-component" : "uninstall-component";
    return { kind, name: undefined, library: undefined, components };
  }
  if (!walk.take(K.PLUGIN)) walk.expect(K.SONAME);
  const kind = install ? "install-plugin" : "uninstall-plugin";
  if (walk.peek() === T.string) return { kind, name: undefined, library: walk.text(), components };
  walk.take2(K.IF, K.EXISTS);
  const name = walk.name();
  const library = walk.take(K.SONAME) ? walk.text() : undefined;
  return { kind, name, library, components };
}
