/** CREATE, ALTER and DROP of everything but tables, indexes and accounts. */

import * as K from "../keyword_ids.ts";
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
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseOption, parseOptionValue } from "./options.ts";
import { leadsToQuery, parseQuery } from "./select.ts";
import { parseWait } from "./ddl_indexes.ts";
import type { Walk } from "./walk.ts";

/** `DATABASE | SCHEMA ...`; the verb is passed. */
export function parseDatabase(walk: Walk, kind: DatabaseDetail["kind"], orReplace: boolean): DatabaseDetail {
  walk.at++;
  const ifNotExists = walk.word() === K.IF && walk.word(1) === K.NOT;
  if (ifNotExists) walk.at += 3;
  const ifExists = walk.take2(K.IF, K.EXISTS);
  let name: Identifier | undefined;
  // ALTER DATABASE may leave the name out.
  if (kind !== "alter-database" || walk.isName() && !isDatabaseOption(walk)) name = walk.name();
  const options: Option[] = [];
  while (!walk.done() && isDatabaseOption(walk)) options.push(parseOption(walk));
  // ALTER DATABASE d UPGRADE DATA DIRECTORY NAME, of old
  if (walk.word() === K.UPGRADE) walk.at = walk.stop;
  return { kind, name, ifExists, ifNotExists, orReplace, options };
}

function isDatabaseOption(walk: Walk): boolean {
  switch (walk.word()) {
    case K.CHARSET:
    case K.COLLATE:
    case K.DEFAULT:
    case K.ENCRYPTION:
    case K.COMMENT:
      return true;
    case K.CHARACTER:
    case K.CHAR:
      return walk.word(1) === K.SET;
    case K.READ:
      return walk.word(1) === K.ONLY;
    default:
      return false;
  }
}

/** `VIEW name ...`; what stands before VIEW is passed. */
export function parseView(
  walk: Walk,
  kind: ViewDetail["kind"],
  given: Security & {
    readonly orReplace: boolean;
    readonly algorithm: string | undefined;
    readonly json: boolean;
  },
): ViewDetail {
  walk.at++;
  const ifNotExists = walk.word() === K.IF && walk.word(1) === K.NOT;
  if (ifNotExists) walk.at += 3;
  walk.take2(K.IF, K.EXISTS);
  const view = walk.objectName();
  walk.writes.push({
    start: view.start,
    end: view.end,
    action: kind === "create-view" ? "create" : "alter",
    table: view,
    alias: undefined,
    unresolved: false,
  });
  const columns = walk.peek() === T.leftParen && !leadsToQuery(walk) ? walk.nameList() : NONE;
  walk.expect(K.AS);
  const query = walk.done() ? undefined : parseQuery(walk, "view");
  let checkOption = false;
  if (walk.take(K.WITH)) {
    if (!walk.take(K.CASCADED)) walk.take(K.LOCAL);
    checkOption = walk.expect(K.CHECK) && walk.expect(K.OPTION);
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
export function parseDropObject(walk: Walk, kind: DropObjectDetail["kind"]): DropObjectDetail {
  const ifExists = walk.take2(K.IF, K.EXISTS);
  const name = kind === "drop-spatial-reference-system" && walk.peek() === T.integer
    ? unnamed(walk)
    : kind === "drop-server"
    ? { ...unqualified(walk) }
    : walk.objectName();
  parseWait(walk);
  walk.take(K.FORCE);
  if (walk.word() === K.ENGINE || walk.word() === K.STORAGE) parseOption(walk);
  return { kind, name, ifExists };
}

function unnamed(walk: Walk) {
  const name = walk.takeName();
  return { start: name.start, end: name.end, schema: undefined, name };
}

function unqualified(walk: Walk) {
  const name = walk.nameOrText();
  return { start: name.start, end: name.end, schema: undefined, name };
}

/** `SERVER name FOREIGN DATA WRAPPER x OPTIONS (...)`; the verb is passed. */
export function parseServer(walk: Walk, kind: ServerDetail["kind"]): ServerDetail {
  walk.at++;
  if (walk.word() === K.IF) walk.at += 3;
  const name = walk.nameOrText();
  let wrapper: string | undefined;
  if (walk.take(K.FOREIGN)) {
    walk.expect(K.DATA);
    walk.expect(K.WRAPPER);
    wrapper = walk.nameOrText().key;
  }
  walk.expect(K.OPTIONS);
  walk.expectKind(T.leftParen);
  const options: Option[] = [];
  while (!walk.done() && walk.peek() !== T.rightParen) {
    const start = walk.start();
    const optionName = walk.takeName().text.toUpperCase();
    const { value, span } = parseOptionValue(walk);
    options.push({ start, end: walk.endFrom(start), name: optionName, value, valueSpan: span });
    if (!walk.takeKind(T.comma)) break;
  }
  walk.closeParen();
  return { kind, name, wrapper, options };
}

/** Tablespaces, log file groups, resource groups, SRSs, sequences: their name; what follows is passed over. */
export function parseStorageObject(walk: Walk, kind: StorageObjectDetail["kind"]): StorageObjectDetail {
  if (walk.word() === K.IF) walk.at += walk.word(1) === K.NOT ? 3 : 2;
  const numbered = kind === "create-spatial-reference-system" && walk.peek() === T.integer;
  const name = numbered ? unnamed(walk) : walk.done() ? undefined : walk.objectName();
  walk.at = walk.stop;
  return { kind, name };
}
