/** Data types as column definitions have them. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { DataType, Text } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseCharset } from "./into.ts";

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

/** Types by their canonical names, MariaDB's among them. */
const TYPES: ReadonlySet<string> = new Set(
  ("tinyint smallint mediumint int bigint decimal float double bit date time datetime timestamp year char varchar binary " +
    "varbinary tinyblob blob mediumblob longblob tinytext text mediumtext longtext enum set json geometry point linestring " +
    "polygon multipoint multilinestring multipolygon geometrycollection vector " +
    "uuid inet4 inet6 xmltype number raw clob varchar2").split(" "),
);

/** Whether a column may have a type of this canonical name. */
export function isType(name: string): boolean {
  return TYPES.has(name);
}

/** A type with its length, sign and character set. */
export function parseType(cursor: Cursor): TypeBuilder {
  const start = cursor.start();
  const from = cursor.at;
  if (cursor.peek() !== T.keyword && cursor.peek() !== T.identifier) cursor.unexpected();
  const first = cursor.word();
  if (!cursor.done()) cursor.at++;
  if (
    first === K.NATIONAL || first === K.CHAR || first === K.CHARACTER || first === K.NCHAR || first === K.LONG
  ) {
    while (isTypeWord(cursor)) cursor.at++;
  } else if (first === K.DOUBLE) {
    cursor.take(K.PRECISION);
  }
  const written = cursor.wordsBetween(from, cursor.at).toLowerCase();
  const type: TypeBuilder = {
    start,
    end: cursor.lastEnd(),
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
  if (cursor.peek() === T.leftParen) parseLength(cursor, type, first === K.ENUM || first === K.SET);
  while (parseTypeAttribute(cursor, type));
  type.end = cursor.lastEnd();
  return type;
}

function isTypeWord(cursor: Cursor): boolean {
  switch (cursor.word()) {
    case K.CHAR:
    case K.CHARACTER:
      // `CHAR CHARACTER SET x` is an attribute.
      return cursor.word(1) !== K.SET;
    case K.VARCHAR:
    case K.VARCHARACTER:
    case K.VARBINARY:
    case K.VARYING:
      return true;
    default:
      return false;
  }
}

function parseLength(cursor: Cursor, type: TypeBuilder, members: boolean): void {
  cursor.at++;
  if (members) {
    const list: Text[] = [];
    do {
      cursor.takeKind(T.charsetIntroducer);
      const member = cursor.text();
      if (member === undefined) break;
      list.push(member);
    } while (cursor.takeKind(T.comma));
    type.members = list;
  } else if (cursor.peek() !== T.rightParen) {
    type.length = cursor.number();
    if (cursor.takeKind(T.comma)) type.decimals = cursor.number();
  }
  cursor.closeParen();
}

/** One of the attributes that belong to the type; false where none is next. */
export function parseTypeAttribute(cursor: Cursor, type: TypeBuilder): boolean {
  switch (cursor.word()) {
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
      type.charset = parseCharset(cursor);
      return type.charset !== undefined;
    case K.COLLATE:
      cursor.at++;
      cursor.takeKind(T.equal);
      type.collation = cursor.word() === K.BINARY ? cursor.takeName().key : cursor.nameOrText().key;
      return true;
    case K.SRID:
      cursor.at++;
      type.srid = cursor.number();
      return true;
    default:
      return false;
  }
  cursor.at++;
  return true;
}
