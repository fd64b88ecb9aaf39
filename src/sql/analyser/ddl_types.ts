/** Data types as column definitions have them. */

import * as K from "../keyword_ids.ts";
import type { DataType, Text } from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseCharset } from "./into.ts";
import type { Walk } from "./walk.ts";

/** A type while its attributes, some of which stand among the column's, are read. */
export type TypeBuilder = { -readonly [P in keyof DataType]: DataType[P] };

/** Synonyms of types, by their words in lower case. */
const CANONICAL: Readonly<Record<string, string>> = {
  "bool": "tinyint",
  "boolean": "tinyint",
  "character": "char",
  "character varying": "varchar",
  "char varying": "varchar",
  "dec": "decimal",
  "double precision": "double",
  "fixed": "decimal",
  "float4": "float",
  "float8": "double",
  "geomcollection": "geometrycollection",
  "int1": "tinyint",
  "int2": "smallint",
  "int3": "mediumint",
  "int4": "int",
  "int8": "bigint",
  "integer": "int",
  "long": "mediumtext",
  "long char varying": "mediumtext",
  "long varbinary": "mediumblob",
  "long varchar": "mediumtext",
  "long varcharacter": "mediumtext",
  "middleint": "mediumint",
  "national char": "char",
  "national character": "char",
  "national char varying": "varchar",
  "national character varying": "varchar",
  "national varchar": "varchar",
  "national varcharacter": "varchar",
  "nchar": "char",
  "nchar varchar": "varchar",
  "nchar varcharacter": "varchar",
  "nchar varying": "varchar",
  "numeric": "decimal",
  "nvarchar": "varchar",
  "real": "double",
  "serial": "bigint",
  "varcharacter": "varchar",
};

/** A type with its length, sign and character set. */
export function parseType(walk: Walk): TypeBuilder {
  const start = walk.start();
  const from = walk.at;
  if (walk.peek() !== T.keyword && walk.peek() !== T.identifier) walk.unexpected();
  const first = walk.word();
  if (!walk.done()) walk.at++;
  if (
    first === K.NATIONAL || first === K.CHAR || first === K.CHARACTER || first === K.NCHAR || first === K.LONG
  ) {
    while (isTypeWord(walk)) walk.at++;
  } else if (first === K.DOUBLE) {
    walk.take(K.PRECISION);
  }
  const written = walk.wordsBetween(from, walk.at).toLowerCase();
  const type: TypeBuilder = {
    start,
    end: walk.lastEnd(),
    name: CANONICAL[written] ?? written,
    written,
    length: undefined,
    decimals: undefined,
    unsigned: first === K.SERIAL,
    zerofill: false,
    members: NONE,
    charset: first === K.NATIONAL || first === K.NCHAR || first === K.NVARCHAR ? "utf8mb3" : undefined,
    collation: undefined,
    srid: undefined,
    serial: first === K.SERIAL,
  };
  if (walk.peek() === T.leftParen) parseLength(walk, type, first === K.ENUM || first === K.SET);
  while (parseTypeAttribute(walk, type));
  type.end = walk.lastEnd();
  return type;
}

function isTypeWord(walk: Walk): boolean {
  switch (walk.word()) {
    case K.CHAR:
    case K.CHARACTER:
      // `CHAR CHARACTER SET x` is an attribute.
      return walk.word(1) !== K.SET;
    case K.VARCHAR:
    case K.VARCHARACTER:
    case K.VARBINARY:
    case K.VARYING:
      return true;
    default:
      return false;
  }
}

function parseLength(walk: Walk, type: TypeBuilder, members: boolean): void {
  walk.at++;
  if (members) {
    const list: Text[] = [];
    do {
      walk.takeKind(T.charsetIntroducer);
      const member = walk.text();
      if (member === undefined) break;
      list.push(member);
    } while (walk.takeKind(T.comma));
    type.members = list;
  } else if (walk.peek() !== T.rightParen) {
    type.length = walk.number();
    if (walk.takeKind(T.comma)) type.decimals = walk.number();
  }
  walk.closeParen();
}

/** One of the attributes that belong to the type; false where none is next. */
export function parseTypeAttribute(walk: Walk, type: TypeBuilder): boolean {
  switch (walk.word()) {
    case K.UNSIGNED:
      type.unsigned = true;
      break;
    case K.ZEROFILL:
      type.zerofill = true;
      type.unsigned = true;
      break;
    case K.SIGNED:
    case K.BINARY:
    case K.BYTE:
      break;
    case K.ASCII:
      type.charset = "latin1";
      break;
    case K.UNICODE:
      type.charset = "ucs2";
      break;
    case K.CHARSET:
    case K.CHARACTER:
    case K.CHAR:
      type.charset = parseCharset(walk);
      return type.charset !== undefined;
    case K.COLLATE:
      walk.at++;
      walk.takeKind(T.equal);
      type.collation = walk.word() === K.BINARY ? walk.takeName().key : walk.nameOrText().key;
      return true;
    case K.SRID:
      walk.at++;
      type.srid = walk.number();
      return true;
    default:
      return false;
  }
  walk.at++;
  return true;
}
