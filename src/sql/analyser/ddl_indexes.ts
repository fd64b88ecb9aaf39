/** Index and foreign key definitions, and ALGORITHM and LOCK. */

import * as K from "../keyword_ids.ts";
import type {
  ForeignKeyDefinition,
  Identifier,
  IndexDefinition,
  IndexPart,
  OnlineOptions,
  Option,
  Text,
} from "../statement.ts";
import { T } from "../tokens.ts";
import { parseReferences } from "./ddl_columns.ts";
import { parseExpression } from "./expressions.ts";
import { parseOptionValue } from "./options.ts";
import { P } from "./operators.ts";
import type { Walk } from "./walk.ts";

/** Whether an index, a key or a constraint (not a column) is next in a table's list. */
export function isKeyDefinition(walk: Walk): boolean {
  switch (walk.word()) {
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
      return walk.word(1) === K.INDEX || walk.word(1) === K.KEY;
    default:
      return false;
  }
}

/** One index or foreign key; what may stand before it (CONSTRAINT name) is passed and given. */
export function parseKeyDefinition(
  walk: Walk,
  start: number,
  constraint: Identifier | undefined,
): IndexDefinition | ForeignKeyDefinition {
  let kind: IndexDefinition["kind"] = "index";
  switch (walk.word()) {
    case K.FOREIGN:
      return parseForeignKey(walk, start, constraint);
    case K.PRIMARY:
      walk.at++;
      walk.expect(K.KEY);
      return parseIndex(walk, start, "primary", constraint);
    case K.UNIQUE:
      kind = "unique";
      walk.at++;
      break;
    case K.FULLTEXT:
      kind = "fulltext";
      walk.at++;
      break;
    case K.SPATIAL:
      kind = "spatial";
      walk.at++;
      break;
    case K.VECTOR:
      kind = "vector";
      walk.at++;
      break;
  }
  if (!walk.take(K.INDEX)) walk.take(K.KEY);
  return parseIndex(walk, start, kind, constraint);
}

/** `[IF NOT EXISTS] [name] [USING type] (parts) options`. */
function parseIndex(
  walk: Walk,
  start: number,
  kind: IndexDefinition["kind"],
  constraint: Identifier | undefined,
): IndexDefinition {
  if (walk.word() === K.IF) walk.at += 3;
  let name: Identifier | undefined;
  if (walk.peek() !== T.leftParen && walk.word() !== K.USING && walk.word() !== K.TYPE && !walk.done()) {
    name = walk.name();
  }
  return finishIndex(walk, start, kind, name, constraint, parseIndexType(walk));
}

/** `(parts) options` of an index whose name and type are passed. */
export function finishIndex(
  walk: Walk,
  start: number,
  kind: IndexDefinition["kind"],
  name: Identifier | undefined,
  constraint: Identifier | undefined,
  type: string | undefined,
): IndexDefinition {
  const parts = parseParts(walk);
  let using = type;
  let invisible = false;
  let comment: Text | undefined;
  const options: Option[] = [];
  for (;;) {
    const optionStart = walk.start();
    switch (walk.word()) {
      case K.USING:
      case K.TYPE:
        using = parseIndexType(walk);
        continue;
      case K.VISIBLE:
      case K.INVISIBLE:
        invisible = walk.word() === K.INVISIBLE;
        walk.at++;
        continue;
      case K.COMMENT:
        walk.at++;
        walk.takeKind(T.equal);
        comment = walk.text();
        continue;
      case K.WITH: {
        if (walk.word(1) !== K.PARSER) break;
        walk.at += 2;
        const parser = walk.name();
        options.push({
          start: optionStart,
          end: walk.lastEnd(),
          name: "WITH PARSER",
          value: parser.text,
          valueSpan: parser,
        });
        continue;
      }
      case K.KEY_BLOCK_SIZE:
      case K.ENGINE_ATTRIBUTE:
      case K.SECONDARY_ENGINE_ATTRIBUTE: {
        const optionName = walk.takeName().text.toUpperCase();
        const { value, span } = parseOptionValue(walk);
        options.push({ start: optionStart, end: walk.lastEnd(), name: optionName, value, valueSpan: span });
        continue;
      }
    }
    // MariaDB: IGNORED, NOT IGNORED, CLUSTERING=YES, DISTANCE=EUCLIDEAN, M=6
    if (walk.word() === K.NOT && walk.spelled("IGNORED", 1)) walk.at += 2;
    else if (walk.takeSpelled("IGNORED")) invisible = true;
    else if (walk.isName() && walk.peek(1) === T.equal && kind !== "primary" && walk.word() !== K.ALGORITHM) {
      walk.at++;
      parseOptionValue(walk);
    } else break;
  }
  return {
    kind,
    start,
    end: walk.endFrom(start),
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
export function parseIndexType(walk: Walk): string | undefined {
  if (!walk.take(K.USING) && !walk.take(K.TYPE)) return undefined;
  return walk.done() ? undefined : walk.takeName().key;
}

function parseParts(walk: Walk): IndexPart[] {
  const parts: IndexPart[] = [];
  walk.expectKind(T.leftParen);
  const clause = walk.clause;
  walk.clause = "ddl";
  while (!walk.done() && walk.peek() !== T.rightParen) {
    const start = walk.start();
    let column: Identifier | undefined;
    let prefix: number | undefined;
    let expression: IndexPart["expression"];
    if (walk.peek() === T.leftParen) {
      expression = walk.root(parseExpression(walk, P.lowest));
    } else {
      column = walk.name();
      if (walk.takeKind(T.leftParen)) {
        prefix = walk.number();
        walk.closeParen();
      }
    }
    const direction = walk.take(K.ASC) ? "asc" : walk.take(K.DESC) ? "desc" : undefined;
    // MariaDB: WITHOUT OVERLAPS
    if (walk.word() === K.WITHOUT) walk.at += 2;
    parts.push({ start, end: walk.endFrom(start), column, prefix, expression, direction });
    if (!walk.takeKind(T.comma)) break;
  }
  walk.closeParen();
  walk.clause = clause;
  return parts;
}

function parseForeignKey(
  walk: Walk,
  start: number,
  constraint: Identifier | undefined,
): ForeignKeyDefinition {
  walk.at++;
  walk.expect(K.KEY);
  if (walk.word() === K.IF) walk.at += 3;
  const name = walk.peek() === T.leftParen ? undefined : walk.name();
  const columns = walk.nameList();
  if (walk.word() !== K.REFERENCES) walk.unexpected();
  const references = parseReferences(walk);
  return { kind: "foreign", start, end: walk.endFrom(start), constraint, name, columns, references };
}

type Online = { -readonly [Q in keyof OnlineOptions]: OnlineOptions[Q] };

/** `ALGORITHM [=] x` or `LOCK [=] x` where one is next. */
export function parseOnlineOption(walk: Walk, into: Online): boolean {
  const word = walk.word();
  if (word !== K.ALGORITHM && word !== K.LOCK) return false;
  const start = walk.start();
  walk.at++;
  const { value } = parseOptionValue(walk);
  const written = value.toLowerCase();
  const end = walk.lastEnd();
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
export function parseCreateIndex(walk: Walk, start: number, orReplace: boolean) {
  const kind = walk.take(K.UNIQUE)
    ? "unique"
    : walk.take(K.FULLTEXT)
    ? "fulltext"
    : walk.take(K.SPATIAL)
    ? "spatial"
    : walk.take(K.VECTOR)
    ? "vector"
    : "index";
  walk.expect(K.INDEX);
  const ifNotExists = walk.word() === K.IF;
  if (ifNotExists) walk.at += 3;
  const name = walk.name();
  const type = parseIndexType(walk);
  walk.expect(K.ON);
  const table = walk.objectName();
  const index = finishIndex(walk, start, kind, name, undefined, type);
  const online: Online = { algorithm: undefined, lock: undefined };
  parseWait(walk);
  while (parseOnlineOption(walk, online));
  walk.writes.push({
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
export function parseWait(walk: Walk): void {
  if (walk.take(K.WAIT)) walk.number();
  else walk.take(K.NOWAIT);
}

/** `INDEX name ON table options`; DROP is passed. */
export function parseDropIndex(walk: Walk) {
  walk.at++;
  const ifExists = walk.word() === K.IF;
  if (ifExists) walk.at += 2;
  const name = walk.word() === K.PRIMARY ? walk.takeName() : walk.name();
  walk.expect(K.ON);
  const table = walk.objectName();
  const online: Online = { algorithm: undefined, lock: undefined };
  parseWait(walk);
  while (parseOnlineOption(walk, online));
  walk.writes.push({
    start: table.start,
    end: table.end,
    action: "index",
    table,
    alias: undefined,
    unresolved: false,
  });
  return { kind: "drop-index", table, name, ifExists, ...online } as const;
}
