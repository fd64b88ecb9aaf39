/** CREATE, ALTER and DROP of everything but tables, indexes and accounts. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type {
  DatabaseDetail,
  DropObjectDetail,
  Identifier,
  Option,
  Security,
  ServerDetail,
  StorageObjectDetail,
  ViewDetail,
} from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseWait } from "./ddl_indexes.ts";
import { parseOption, parseOptionValue } from "./options.ts";
import { leadsToQuery, parseQuery } from "./query.ts";

/** `DATABASE | SCHEMA ...`; the verb is passed. */
export function parseDatabase(
  cursor: Cursor,
  kind: DatabaseDetail["kind"],
  orReplace: boolean,
): DatabaseDetail {
  cursor.at++;
  const ifNotExists = cursor.word() === K.IF && cursor.word(1) === K.NOT;
  if (ifNotExists) cursor.at += 3;
  const ifExists = cursor.take2(K.IF, K.EXISTS);
  let name: Identifier | undefined;
  // ALTER DATABASE may leave the name out.
  if (kind !== "alter-database" || cursor.isName() && !isDatabaseOption(cursor)) name = cursor.name();
  const options: Option[] = [];
  while (!cursor.done() && isDatabaseOption(cursor)) options.push(parseOption(cursor));
  // ALTER DATABASE d UPGRADE DATA DIRECTORY NAME, of old
  if (cursor.word() === K.UPGRADE) cursor.skipRest();
  return { kind, name, ifExists, ifNotExists, orReplace, options };
}

function isDatabaseOption(cursor: Cursor): boolean {
  switch (cursor.word()) {
    case K.CHARSET:
    case K.COLLATE:
    case K.DEFAULT:
    case K.ENCRYPTION:
    case K.COMMENT:
      return true;
    case K.CHARACTER:
    case K.CHAR:
      return cursor.word(1) === K.SET;
    case K.READ:
      return cursor.word(1) === K.ONLY;
    default:
      return false;
  }
}

/** `VIEW name ...`; what stands before VIEW is passed. */
export function parseView(
  cursor: Cursor,
  kind: ViewDetail["kind"],
  given: Security & {
    readonly orReplace: boolean;
    readonly algorithm: string | undefined;
    readonly json: boolean;
  },
): ViewDetail {
  cursor.at++;
  const ifNotExists = cursor.word() === K.IF && cursor.word(1) === K.NOT;
  if (ifNotExists) cursor.at += 3;
  cursor.take2(K.IF, K.EXISTS);
  const view = cursor.objectName();
  cursor.writes.push({
    start: view.start,
    end: view.end,
    action: kind === "create-view" ? "create" : "alter",
    table: view,
    alias: undefined,
    unresolved: false,
  });
  const columns = cursor.peek() === T.leftParen && !leadsToQuery(cursor) ? cursor.nameList() : NONE;
  cursor.expect(K.AS);
  const query = cursor.done() ? undefined : parseQuery(cursor, "view");
  let checkOption = false;
  if (cursor.take(K.WITH)) {
    if (!cursor.take(K.CASCADED)) cursor.take(K.LOCAL);
    checkOption = cursor.expect(K.CHECK) && cursor.expect(K.OPTION);
  }
  const { orReplace, algorithm, definer, security, json } = given;
  return {
    kind,
    orReplace,
    ifNotExists,
    view,
    algorithm,
    columns,
    query,
    checkOption,
    jsonDuality: json,
    definer,
    security,
  };
}

/** `PROCEDURE | FUNCTION | ... [IF EXISTS] name`; DROP is passed, and the words of the kind with it. */
export function parseDropObject(cursor: Cursor, kind: DropObjectDetail["kind"]): DropObjectDetail {
  const ifExists = cursor.take2(K.IF, K.EXISTS);
  const name = kind === "drop-spatial-reference-system" && cursor.peek() === T.integer
    ? unnamed(cursor)
    : kind === "drop-server"
    ? { ...unqualified(cursor) }
    : cursor.objectName();
  parseWait(cursor);
  cursor.take(K.FORCE);
  if (cursor.word() === K.ENGINE || cursor.word() === K.STORAGE) parseOption(cursor);
  return { kind, name, ifExists };
}

function unnamed(cursor: Cursor) {
  const name = cursor.takeName();
  return { start: name.start, end: name.end, schema: undefined, name };
}

function unqualified(cursor: Cursor) {
  const name = cursor.nameOrText();
  return { start: name.start, end: name.end, schema: undefined, name };
}

/** `SERVER name FOREIGN DATA WRAPPER x OPTIONS (...)`; the verb is passed. */
export function parseServer(cursor: Cursor, kind: ServerDetail["kind"]): ServerDetail {
  cursor.at++;
  if (cursor.word() === K.IF) cursor.at += 3;
  const name = cursor.nameOrText();
  let wrapper: string | undefined;
  if (cursor.take(K.FOREIGN)) {
    cursor.expect(K.DATA);
    cursor.expect(K.WRAPPER);
    wrapper = cursor.nameOrText().key;
  }
  cursor.expect(K.OPTIONS);
  cursor.expectKind(T.leftParen);
  const options: Option[] = [];
  while (!cursor.done() && cursor.peek() !== T.rightParen) {
    const start = cursor.start();
    const optionName = cursor.takeName().text.toUpperCase();
    const { value, span } = parseOptionValue(cursor);
    options.push({ start, end: cursor.endFrom(start), name: optionName, value, valueSpan: span });
    if (!cursor.takeKind(T.comma)) break;
  }
  cursor.closeParen();
  return { kind, name, wrapper, options };
}

/** Tablespaces, log file groups, resource groups, SRSs, sequences: their name; what follows is passed over. */
export function parseStorageObject(cursor: Cursor, kind: StorageObjectDetail["kind"]): StorageObjectDetail {
  if (cursor.word() === K.IF) cursor.at += cursor.word(1) === K.NOT ? 3 : 2;
  const numbered = kind === "create-spatial-reference-system" && cursor.peek() === T.integer;
  const name = numbered ? unnamed(cursor) : cursor.done() ? undefined : cursor.objectName();
  cursor.skipRest();
  return { kind, name };
}
