/** Index and foreign key definitions, and ALGORITHM and LOCK. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type {
  ForeignKeyDefinition,
  Identifier,
  IndexDefinition,
  IndexPart,
  OnlineOptions,
  Option,
  Text,
} from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { parseReferences } from "./ddl_columns.ts";
import { parseExpression } from "./expressions.ts";
import { P } from "./operators.ts";
import { parseOptionValue } from "./options.ts";

/** Whether an index, a key or a constraint (not a column) is next in a table's list. */
export function isKeyDefinition(cursor: Cursor): boolean {
  switch (cursor.word()) {
    case K.PRIMARY:
    case K.UNIQUE:
    case K.FOREIGN:
    case K.INDEX:
    case K.KEY:
    case K.FULLTEXT:
    case K.SPATIAL:
    case K.CONSTRAINT:
    case K.CHECK:
      return true;
    case K.VECTOR:
      // VECTOR INDEX of MariaDB, and a column named so.
      return cursor.word(1) === K.INDEX || cursor.word(1) === K.KEY;
    default:
      return false;
  }
}

/** One index or foreign key; what may stand before it (CONSTRAINT name) is passed and given. */
export function parseKeyDefinition(
  cursor: Cursor,
  start: number,
  constraint: Identifier | undefined,
): IndexDefinition | ForeignKeyDefinition {
  let kind: IndexDefinition["kind"] = "index";
  switch (cursor.word()) {
    case K.FOREIGN:
      return parseForeignKey(cursor, start, constraint);
    case K.PRIMARY:
      cursor.at++;
      cursor.expect(K.KEY);
      return parseIndex(cursor, start, "primary", constraint);
    case K.UNIQUE:
      kind = "unique";
      cursor.at++;
      break;
    case K.FULLTEXT:
      kind = "fulltext";
      cursor.at++;
      break;
    case K.SPATIAL:
      kind = "spatial";
      cursor.at++;
      break;
    case K.VECTOR:
      kind = "vector";
      cursor.at++;
      break;
  }
  if (!cursor.take(K.INDEX)) cursor.take(K.KEY);
  return parseIndex(cursor, start, kind, constraint);
}

/** `[IF NOT EXISTS] [name] [USING type] (parts) options`. */
function parseIndex(
  cursor: Cursor,
  start: number,
  kind: IndexDefinition["kind"],
  constraint: Identifier | undefined,
): IndexDefinition {
  if (cursor.word() === K.IF) cursor.at += 3;
  let name: Identifier | undefined;
  if (
    cursor.peek() !== T.leftParen && cursor.word() !== K.USING && cursor.word() !== K.TYPE && !cursor.done()
  ) {
    name = cursor.name();
  }
  return finishIndex(cursor, start, kind, name, constraint, parseIndexType(cursor));
}

/** `(parts) options` of an index whose name and type are passed. */
function finishIndex(
  cursor: Cursor,
  start: number,
  kind: IndexDefinition["kind"],
  name: Identifier | undefined,
  constraint: Identifier | undefined,
  type: string | undefined,
): IndexDefinition {
  const parts = parseParts(cursor);
  let using = type;
  let invisible = false;
  let comment: Text | undefined;
  const options: Option[] = [];
  for (;;) {
    const optionStart = cursor.start();
    switch (cursor.word()) {
      case K.USING:
      case K.TYPE:
        using = parseIndexType(cursor);
        continue;
      case K.VISIBLE:
      case K.INVISIBLE:
        invisible = cursor.word() === K.INVISIBLE;
        cursor.at++;
        continue;
      case K.COMMENT:
        cursor.at++;
        cursor.takeKind(T.equal);
        comment = cursor.text();
        continue;
      case K.WITH: {
        if (cursor.word(1) !== K.PARSER) break;
        cursor.at += 2;
        const parser = cursor.name();
        options.push({
          start: optionStart,
          end: cursor.lastEnd(),
          name: "WITH PARSER",
          value: parser.text,
          valueSpan: parser,
        });
        continue;
      }
      case K.KEY_BLOCK_SIZE:
      case K.ENGINE_ATTRIBUTE:
      case K.SECONDARY_ENGINE_ATTRIBUTE: {
        const optionName = cursor.takeName().text.toUpperCase();
        const { value, span } = parseOptionValue(cursor);
        options.push({ start: optionStart, end: cursor.lastEnd(), name: optionName, value, valueSpan: span });
        continue;
      }
    }
    // MariaDB: IGNORED, NOT IGNORED, CLUSTERING=YES, DISTANCE=EUCLIDEAN, M=6
    if (cursor.word() === K.NOT && cursor.spelled("IGNORED", 1)) cursor.at += 2;
    else if (cursor.takeSpelled("IGNORED")) invisible = true;
    else if (
      cursor.isName() && cursor.peek(1) === T.equal && kind !== "primary" && cursor.word() !== K.ALGORITHM
    ) {
      cursor.at++;
      parseOptionValue(cursor);
    } else break;
  }
  return {
    kind,
    start,
    end: cursor.endFrom(start),
    name,
    constraint,
    parts,
    using,
    invisible,
    comment,
    options,
  };
}

/** USING or TYPE with a type, in lower case. */
function parseIndexType(cursor: Cursor): string | undefined {
  if (!cursor.take(K.USING) && !cursor.take(K.TYPE)) return undefined;
  return cursor.done() ? undefined : cursor.takeName().key;
}

function parseParts(cursor: Cursor): IndexPart[] {
  const parts: IndexPart[] = [];
  cursor.expectKind(T.leftParen);
  const clause = cursor.clause;
  cursor.clause = "ddl";
  if (cursor.peek() === T.rightParen) cursor.unexpected();
  while (!cursor.done() && cursor.peek() !== T.rightParen) {
    const start = cursor.start();
    let column: Identifier | undefined;
    let prefix: number | undefined;
    let expression: IndexPart["expression"];
    if (cursor.peek() === T.leftParen) {
      expression = cursor.root(parseExpression(cursor, P.lowest));
    } else {
      column = cursor.name();
      if (cursor.takeKind(T.leftParen)) {
        prefix = cursor.number();
        cursor.closeParen();
      }
    }
    const direction = cursor.take(K.ASC) ? "asc" : cursor.take(K.DESC) ? "desc" : undefined;
    // MariaDB: WITHOUT OVERLAPS
    if (cursor.word() === K.WITHOUT) cursor.at += 2;
    parts.push({ start, end: cursor.endFrom(start), column, prefix, expression, direction });
    if (!cursor.nextInList()) break;
  }
  cursor.closeParen();
  cursor.clause = clause;
  return parts;
}

function parseForeignKey(
  cursor: Cursor,
  start: number,
  constraint: Identifier | undefined,
): ForeignKeyDefinition {
  cursor.at++;
  cursor.expect(K.KEY);
  if (cursor.word() === K.IF) cursor.at += 3;
  const name = cursor.peek() === T.leftParen ? undefined : cursor.name();
  const columns = cursor.nameList();
  if (cursor.word() !== K.REFERENCES) cursor.unexpected();
  const references = parseReferences(cursor);
  return { kind: "foreign", start, end: cursor.endFrom(start), constraint, name, columns, references };
}

type Online = { -readonly [Q in keyof OnlineOptions]: OnlineOptions[Q] };

/** `ALGORITHM [=] x` or `LOCK [=] x` where one is next. */
export function parseOnlineOption(cursor: Cursor, into: Online): boolean {
  const word = cursor.word();
  if (word !== K.ALGORITHM && word !== K.LOCK) return false;
  const start = cursor.start();
  cursor.at++;
  const { value } = parseOptionValue(cursor);
  const written = value.toLowerCase();
  const end = cursor.lastEnd();
  if (word === K.ALGORITHM) {
    for (const algorithm of ["default", "instant", "inplace", "copy", "nocopy"] as const) {
      if (algorithm === written) into.algorithm = { start, end, value: algorithm };
    }
  } else {
    for (const lock of ["default", "none", "shared", "exclusive"] as const) {
      if (lock === written) into.lock = { start, end, value: lock };
    }
  }
  return true;
}

/** `CREATE [UNIQUE | FULLTEXT | SPATIAL] INDEX name ON table (parts) options` from the kind word on. */
export function parseCreateIndex(cursor: Cursor, start: number, orReplace: boolean) {
  const kind = cursor.take(K.UNIQUE)
    ? "unique"
    : cursor.take(K.FULLTEXT)
    ? "fulltext"
    : cursor.take(K.SPATIAL)
    ? "spatial"
    : cursor.take(K.VECTOR)
    ? "vector"
    : "index";
  cursor.expect(K.INDEX);
  const ifNotExists = cursor.word() === K.IF;
  if (ifNotExists) cursor.at += 3;
  const name = cursor.name();
  const type = parseIndexType(cursor);
  cursor.expect(K.ON);
  const table = cursor.objectName();
  const index = finishIndex(cursor, start, kind, name, undefined, type);
  const online: Online = { algorithm: undefined, lock: undefined };
  parseWait(cursor);
  while (parseOnlineOption(cursor, online));
  cursor.writes.push({
    start: table.start,
    end: table.end,
    action: "index",
    table,
    alias: undefined,
    unresolved: false,
  });
  return { kind: "create-index", table, index, ifNotExists, orReplace, ...online } as const;
}

/** MariaDB: WAIT n, NOWAIT. */
export function parseWait(cursor: Cursor): void {
  if (cursor.take(K.WAIT)) cursor.number();
  else cursor.take(K.NOWAIT);
}

/** `INDEX name ON table options`; DROP is passed. */
export function parseDropIndex(cursor: Cursor) {
  cursor.at++;
  const ifExists = cursor.word() === K.IF;
  if (ifExists) cursor.at += 2;
  const name = cursor.word() === K.PRIMARY ? cursor.takeName() : cursor.name();
  cursor.expect(K.ON);
  const table = cursor.objectName();
  const online: Online = { algorithm: undefined, lock: undefined };
  parseWait(cursor);
  while (parseOnlineOption(cursor, online));
  cursor.writes.push({
    start: table.start,
    end: table.end,
    action: "index",
    table,
    alias: undefined,
    unresolved: false,
  });
  return { kind: "drop-index", table, name, ifExists, ...online } as const;
}
