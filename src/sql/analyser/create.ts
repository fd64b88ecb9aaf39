/** Which CREATE, ALTER or DROP it is. */

import * as K from "../keyword_ids.ts";
import type { PlainDetail as WordsDetail, Security } from "../statement.ts";
import { T } from "../tokens.ts";
import { parseAlterTable } from "./ddl_alter.ts";
import { parseCreateTable } from "./ddl_create.ts";
import { parseCreateIndex, parseDropIndex } from "./ddl_indexes.ts";
import type { PlainDetail } from "./facts.ts";
import { parseDatabase, parseDropObject, parseServer, parseStorageObject, parseView } from "./objects.ts";
import { parseDefiner, parseProgram, parseSecurity } from "./programs.ts";
import { parseDropTables } from "./tables.ts";
import { parseAccountList, parseUser } from "./users.ts";
import type { Walk } from "./walk.ts";

/** What may stand between CREATE or ALTER and the word that names the object. */
interface Prefix extends Security {
  readonly orReplace: boolean;
  readonly temporary: boolean;
  readonly algorithm: string | undefined;
  readonly ignore: boolean;
  readonly json: boolean;
}

function parsePrefix(walk: Walk): Prefix {
  const orReplace = walk.take2(K.OR, K.REPLACE);
  let temporary = false;
  let algorithm: string | undefined;
  let ignore = false;
  let json = false;
  let definer: Security["definer"];
  let security: Security["security"];
  for (;;) {
    switch (walk.word()) {
      case K.TEMPORARY:
        temporary = true;
        break;
      case K.ALGORITHM:
        walk.at++;
        walk.takeKind(T.equal);
        algorithm = walk.done() ? undefined : walk.takeName().key;
        continue;
      case K.DEFINER:
        definer = parseDefiner(walk);
        continue;
      case K.SQL:
        if (walk.word(1) !== K.SECURITY) {
          return { orReplace, temporary, algorithm, ignore, json, definer, security };
        }
        security = parseSecurity(walk);
        continue;
      case K.IGNORE:
        ignore = true;
        break;
      case K.JSON:
      case K.RELATIONAL:
      case K.DUALITY:
        json = true;
        break;
      case K.AGGREGATE:
      case K.MATERIALIZED:
      case K.EXTERNAL:
        break;
      default:
        if (walk.spelled("ONLINE") || walk.spelled("OFFLINE")) break;
        return { orReplace, temporary, algorithm, ignore, json, definer, security };
    }
    walk.at++;
  }
}

/** CREATE is next. */
export function parseCreate(walk: Walk): PlainDetail {
  const from = walk.at;
  walk.at++;
  const prefix = parsePrefix(walk);
  switch (walk.word()) {
    case K.TABLE:
      return parseCreateTable(walk, prefix.temporary, prefix.orReplace);
    case K.SPATIAL:
      if (walk.word(1) === K.REFERENCE) {
        walk.at += 3;
        return parseStorageObject(walk, "create-spatial-reference-system");
      }
      return parseCreateIndex(walk, walk.starts[from]!, prefix.orReplace);
    case K.INDEX:
    case K.UNIQUE:
    case K.FULLTEXT:
    case K.VECTOR:
      return parseCreateIndex(walk, walk.starts[from]!, prefix.orReplace);
    case K.DATABASE:
    case K.SCHEMA:
      return parseDatabase(walk, "create-database", prefix.orReplace);
    case K.VIEW:
      return parseView(walk, "create-view", prefix);
    case K.PROCEDURE:
      return parseProgram(walk, "create-procedure", prefix);
    case K.FUNCTION:
      return parseProgram(walk, "create-function", prefix);
    case K.TRIGGER:
      return parseProgram(walk, "create-trigger", prefix);
    case K.EVENT:
      return parseProgram(walk, "create-event", prefix);
    case K.LIBRARY:
      return parseProgram(walk, "create-library", prefix);
    case K.USER:
      return parseUser(walk, "create-user", prefix.orReplace);
    case K.ROLE:
      return parseAccountList(walk, "create-role");
    case K.SERVER:
      return parseServer(walk, "create-server");
    case K.TABLESPACE:
      walk.at++;
      return parseStorageObject(walk, "create-tablespace");
    case K.UNDO:
      walk.at += 2;
      return parseStorageObject(walk, "create-tablespace");
    case K.LOGFILE:
      walk.at += 2;
      return parseStorageObject(walk, "create-logfile-group");
    case K.RESOURCE:
      walk.at += 2;
      return parseStorageObject(walk, "create-resource-group");
  }
  if (walk.spelled("PACKAGE")) return parseProgram(walk, "create-package", prefix);
  if (walk.takeSpelled("SEQUENCE")) return parseStorageObject(walk, "create-sequence");
  return other(walk, from, "other-create");
}

/** ALTER is next. */
export function parseAlter(walk: Walk): PlainDetail {
  const from = walk.at;
  walk.at++;
  const prefix = parsePrefix(walk);
  switch (walk.word()) {
    case K.TABLE:
      return parseAlterTable(walk, prefix.ignore);
    case K.DATABASE:
    case K.SCHEMA:
      return parseDatabase(walk, "alter-database", false);
    case K.VIEW:
      return parseView(walk, "alter-view", prefix);
    case K.PROCEDURE:
      return parseProgram(walk, "alter-procedure", prefix);
    case K.FUNCTION:
      return parseProgram(walk, "alter-function", prefix);
    case K.EVENT:
      return parseProgram(walk, "alter-event", prefix);
    case K.LIBRARY:
      return parseProgram(walk, "alter-library", prefix);
    case K.USER:
      return parseUser(walk, "alter-user", false);
    case K.SERVER:
      return parseServer(walk, "alter-server");
    case K.TABLESPACE:
      walk.at++;
      return parseStorageObject(walk, "alter-tablespace");
    case K.UNDO:
      walk.at += 2;
      return parseStorageObject(walk, "alter-tablespace");
    case K.LOGFILE:
      walk.at += 2;
      return parseStorageObject(walk, "alter-logfile-group");
    case K.RESOURCE:
      walk.at += 2;
      return parseStorageObject(walk, "alter-resource-group");
    case K.INSTANCE:
      return words(walk, from, "alter-instance");
  }
  if (walk.takeSpelled("SEQUENCE")) return parseStorageObject(walk, "alter-sequence");
  if (walk.spelled("VSCHEMA") || walk.spelled("VITESS_MIGRATION")) return words(walk, from, "vitess");
  return other(walk, from, "other-alter");
}

/** DROP is next. */
export function parseDrop(walk: Walk): PlainDetail {
  const from = walk.at;
  walk.at++;
  const temporary = walk.take(K.TEMPORARY);
  const word = walk.word();
  switch (word) {
    case K.TABLE:
    case K.TABLES:
      return parseDropTables(walk, "drop-table", temporary);
    case K.VIEW:
      return parseDropTables(walk, "drop-view", temporary);
    case K.INDEX:
      return parseDropIndex(walk);
    case K.DATABASE:
    case K.SCHEMA:
      return parseDatabase(walk, "drop-database", false);
    case K.PROCEDURE:
      return dropObject(walk, 1, "drop-procedure");
    case K.FUNCTION:
      return dropObject(walk, 1, "drop-function");
    case K.TRIGGER:
      return dropObject(walk, 1, "drop-trigger");
    case K.EVENT:
      return dropObject(walk, 1, "drop-event");
    case K.LIBRARY:
      return dropObject(walk, 1, "drop-library");
    case K.SERVER:
      return dropObject(walk, 1, "drop-server");
    case K.USER:
      return parseAccountList(walk, "drop-user");
    case K.ROLE:
      return parseAccountList(walk, "drop-role");
    case K.TABLESPACE:
      return dropObject(walk, 1, "drop-tablespace");
    case K.UNDO:
      return dropObject(walk, 2, "drop-tablespace");
    case K.LOGFILE:
      return dropObject(walk, 2, "drop-logfile-group");
    case K.RESOURCE:
      return dropObject(walk, 2, "drop-resource-group");
    case K.SPATIAL:
      return dropObject(walk, 3, "drop-spatial-reference-system");
    case K.PREPARE:
      walk.at++;
      return { kind: "deallocate-prepare", name: walk.name() };
  }
  if (walk.spelled("PACKAGE")) return dropObject(walk, walk.spelled("BODY", 1) ? 2 : 1, "drop-package");
  if (walk.spelled("SEQUENCE")) return parseDropTables(walk, "drop-sequence", temporary);
  return other(walk, from, "other-drop");
}

function dropObject(walk: Walk, kindWords: number, kind: Parameters<typeof parseDropObject>[1]): PlainDetail {
  walk.at = Math.min(walk.at + kindWords, walk.stop);
  return parseDropObject(walk, kind);
}

/** A statement of which the leading words say all. */
export function words(walk: Walk, from: number, kind: WordsDetail["kind"]): WordsDetail {
  const shown = Math.min(walk.stop, from + 8);
  const text = walk.wordsBetween(from, shown);
  walk.at = walk.stop;
  return { kind, words: text };
}

/** A CREATE, ALTER or DROP of something not known. */
function other(walk: Walk, from: number, kind: "other-create" | "other-alter" | "other-drop"): WordsDetail {
  walk.unexpected();
  return words(walk, from, kind);
}
