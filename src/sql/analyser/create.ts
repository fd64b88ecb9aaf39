/** Which CREATE, ALTER or DROP it is. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Security, WordsDetail } from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { parseAlterTable } from "./ddl_alter.ts";
import { parseCreateTable } from "./ddl_create.ts";
import { parseCreateIndex, parseDropIndex } from "./ddl_indexes.ts";
import type { ParsedDetail } from "./facts.ts";
import { parseDatabase, parseDropObject, parseServer, parseStorageObject, parseView } from "./objects.ts";
import { parseDefiner, parseProgram, parseSecurity } from "./programs.ts";
import { parseDropTables } from "./tables.ts";
import { parseAccountList, parseUser } from "./users.ts";

/** What may stand between CREATE or ALTER and the word that names the object. */
interface Prefix extends Security {
  readonly orReplace: boolean;
  readonly temporary: boolean;
  readonly algorithm: string | undefined;
  readonly ignore: boolean;
  readonly json: boolean;
}

function parsePrefix(cursor: Cursor): Prefix {
  const orReplace = cursor.take2(K.OR, K.REPLACE);
  let temporary = false;
  let algorithm: string | undefined;
  let ignore = false;
  let json = false;
  let definer: Security["definer"];
  let security: Security["security"];
  for (;;) {
    switch (cursor.word()) {
      case K.TEMPORARY:
        temporary = true;
        break;
      case K.ALGORITHM:
        cursor.at++;
        cursor.takeKind(T.equal);
        algorithm = cursor.done() ? undefined : cursor.takeName().key;
        continue;
      case K.DEFINER:
        definer = parseDefiner(cursor);
        continue;
      case K.SQL:
        if (cursor.word(1) !== K.SECURITY) {
          return { orReplace, temporary, algorithm, ignore, json, definer, security };
        }
        security = parseSecurity(cursor);
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
        if (cursor.spelled("ONLINE") || cursor.spelled("OFFLINE")) break;
        return { orReplace, temporary, algorithm, ignore, json, definer, security };
    }
    cursor.at++;
  }
}

/** CREATE is next. */
export function parseCreate(cursor: Cursor): ParsedDetail {
  const from = cursor.at;
  cursor.at++;
  const prefix = parsePrefix(cursor);
  switch (cursor.word()) {
    case K.TABLE:
      return parseCreateTable(cursor, prefix.temporary, prefix.orReplace);
    case K.SPATIAL:
      if (cursor.word(1) === K.REFERENCE) {
        cursor.at += 3;
        return parseStorageObject(cursor, "create-spatial-reference-system");
      }
      return parseCreateIndex(cursor, cursor.starts[from]!, prefix.orReplace);
    case K.INDEX:
    case K.UNIQUE:
    case K.FULLTEXT:
    case K.VECTOR:
      return parseCreateIndex(cursor, cursor.starts[from]!, prefix.orReplace);
    case K.DATABASE:
    case K.SCHEMA:
      return parseDatabase(cursor, "create-database", prefix.orReplace);
    case K.VIEW:
      return parseView(cursor, "create-view", prefix);
    case K.PROCEDURE:
      return parseProgram(cursor, "create-procedure", prefix);
    case K.FUNCTION:
      return parseProgram(cursor, "create-function", prefix);
    case K.TRIGGER:
      return parseProgram(cursor, "create-trigger", prefix);
    case K.EVENT:
      return parseProgram(cursor, "create-event", prefix);
    case K.LIBRARY:
      return parseProgram(cursor, "create-library", prefix);
    case K.USER:
      return parseUser(cursor, "create-user", prefix.orReplace);
    case K.ROLE:
      return parseAccountList(cursor, "create-role");
    case K.SERVER:
      return parseServer(cursor, "create-server");
    case K.TABLESPACE:
      cursor.at++;
      return parseStorageObject(cursor, "create-tablespace");
    case K.UNDO:
      cursor.at += 2;
      return parseStorageObject(cursor, "create-tablespace");
    case K.LOGFILE:
      cursor.at += 2;
      return parseStorageObject(cursor, "create-logfile-group");
    case K.RESOURCE:
      cursor.at += 2;
      return parseStorageObject(cursor, "create-resource-group");
  }
  if (cursor.spelled("PACKAGE")) return parseProgram(cursor, "create-package", prefix);
  if (cursor.takeSpelled("SEQUENCE")) return parseStorageObject(cursor, "create-sequence");
  return other(cursor, from, "other-create");
}

/** ALTER is next. */
export function parseAlter(cursor: Cursor): ParsedDetail {
  const from = cursor.at;
  cursor.at++;
  const prefix = parsePrefix(cursor);
  switch (cursor.word()) {
    case K.TABLE:
      return parseAlterTable(cursor, prefix.ignore);
    case K.DATABASE:
    case K.SCHEMA:
      return parseDatabase(cursor, "alter-database", false);
    case K.VIEW:
      return parseView(cursor, "alter-view", prefix);
    case K.PROCEDURE:
      return parseProgram(cursor, "alter-procedure", prefix);
    case K.FUNCTION:
      return parseProgram(cursor, "alter-function", prefix);
    case K.EVENT:
      return parseProgram(cursor, "alter-event", prefix);
    case K.LIBRARY:
      return parseProgram(cursor, "alter-library", prefix);
    case K.USER:
      return parseUser(cursor, "alter-user", false);
    case K.SERVER:
      return parseServer(cursor, "alter-server");
    case K.TABLESPACE:
      cursor.at++;
      return parseStorageObject(cursor, "alter-tablespace");
    case K.UNDO:
      cursor.at += 2;
      return parseStorageObject(cursor, "alter-tablespace");
    case K.LOGFILE:
      cursor.at += 2;
      return parseStorageObject(cursor, "alter-logfile-group");
    case K.RESOURCE:
      cursor.at += 2;
      return parseStorageObject(cursor, "alter-resource-group");
    case K.INSTANCE:
      return words(cursor, from, "alter-instance");
  }
  if (cursor.takeSpelled("SEQUENCE")) return parseStorageObject(cursor, "alter-sequence");
  if (cursor.spelled("VSCHEMA") || cursor.spelled("VITESS_MIGRATION")) return words(cursor, from, "vitess");
  return other(cursor, from, "other-alter");
}

/** DROP is next. */
export function parseDrop(cursor: Cursor): ParsedDetail {
  const from = cursor.at;
  cursor.at++;
  const temporary = cursor.take(K.TEMPORARY);
  const word = cursor.word();
  switch (word) {
    case K.TABLE:
    case K.TABLES:
      return parseDropTables(cursor, "drop-table", temporary);
    case K.VIEW:
      return parseDropTables(cursor, "drop-view", temporary);
    case K.INDEX:
      return parseDropIndex(cursor);
    case K.DATABASE:
    case K.SCHEMA:
      return parseDatabase(cursor, "drop-database", false);
    case K.PROCEDURE:
      return dropObject(cursor, 1, "drop-procedure");
    case K.FUNCTION:
      return dropObject(cursor, 1, "drop-function");
    case K.TRIGGER:
      return dropObject(cursor, 1, "drop-trigger");
    case K.EVENT:
      return dropObject(cursor, 1, "drop-event");
    case K.LIBRARY:
      return dropObject(cursor, 1, "drop-library");
    case K.SERVER:
      return dropObject(cursor, 1, "drop-server");
    case K.USER:
      return parseAccountList(cursor, "drop-user");
    case K.ROLE:
      return parseAccountList(cursor, "drop-role");
    case K.TABLESPACE:
      return dropObject(cursor, 1, "drop-tablespace");
    case K.UNDO:
      return dropObject(cursor, 2, "drop-tablespace");
    case K.LOGFILE:
      return dropObject(cursor, 2, "drop-logfile-group");
    case K.RESOURCE:
      return dropObject(cursor, 2, "drop-resource-group");
    case K.SPATIAL:
      return dropObject(cursor, 3, "drop-spatial-reference-system");
    case K.PREPARE:
      cursor.at++;
      return { kind: "deallocate-prepare", name: cursor.name() };
  }
  if (cursor.spelled("PACKAGE")) return dropObject(cursor, cursor.spelled("BODY", 1) ? 2 : 1, "drop-package");
  if (cursor.spelled("SEQUENCE")) return parseDropTables(cursor, "drop-sequence", temporary);
  return other(cursor, from, "other-drop");
}

function dropObject(
  cursor: Cursor,
  kindWords: number,
  kind: Parameters<typeof parseDropObject>[1],
): ParsedDetail {
  cursor.at = Math.min(cursor.at + kindWords, cursor.stop);
  return parseDropObject(cursor, kind);
}

/** A statement of which the leading words say all. */
export function words(cursor: Cursor, from: number, kind: WordsDetail["kind"]): WordsDetail {
  const shown = Math.min(cursor.stop, from + 8);
  const text = cursor.wordsBetween(from, shown);
  // A compound statement's are read as a body is.
  if (kind === "compound" || kind === "unknown") cursor.at = cursor.stop;
  else cursor.skipRest();
  return { kind, words: text };
}

/** A CREATE, ALTER or DROP of something not known. */
function other(
  cursor: Cursor,
  from: number,
  kind: "other-create" | "other-alter" | "other-drop",
): WordsDetail {
  cursor.unexpected();
  return words(cursor, from, kind);
}
