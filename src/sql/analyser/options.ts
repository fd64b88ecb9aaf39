/** Options of tables, partitions, databases and servers: `NAME [=] value`. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Option, Span } from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { decodeBytes } from "./nodes.ts";

/** `[=] value`, where the value is a word, a name, a string, a number or a list in parentheses. */
export function parseOptionValue(cursor: Cursor): { readonly value: string; readonly span: Span } {
  cursor.takeKind(T.equal);
  const start = cursor.start();
  const at = cursor.at;
  switch (cursor.peek()) {
    case T.leftParen:
      cursor.skipGroup();
      return {
        value: decodeBytes(cursor.source, start, cursor.lastEnd()),
        span: { start, end: cursor.endFrom(start) },
      };
    case T.string:
    case T.nationalString:
    case T.dollarString: {
      const text = cursor.text();
      return { value: text?.value ?? "", span: { start, end: cursor.endFrom(start) } };
    }
    case T.minus:
      cursor.at++;
      cursor.number();
      return {
        value: decodeBytes(cursor.source, start, cursor.lastEnd()),
        span: { start, end: cursor.endFrom(start) },
      };
    case T.keyword:
    case T.identifier:
    case T.quotedIdentifier: {
      const name = cursor.takeName();
      // AUTOEXTEND_SIZE = 64M is a number and a letter in one name; KEY_BLOCK_SIZE = 8 is not.
      return { value: name.text, span: { start, end: cursor.endFrom(start) } };
    }
    case T.end:
    case T.comma:
    case T.rightParen:
      cursor.unexpected();
      return { value: "", span: { start, end: start } };
    default:
      cursor.at = at + 1;
      return {
        value: decodeBytes(cursor.source, start, cursor.lastEnd()),
        span: { start, end: cursor.endFrom(start) },
      };
  }
}

/** One option whose first word is next; its name gets the words that belong to it. */
export function parseOption(cursor: Cursor): Option {
  const start = cursor.start();
  cursor.take(K.DEFAULT);
  let name: string;
  if (cursor.take2(K.CHARACTER, K.SET) || cursor.take(K.CHARSET) || cursor.take2(K.CHAR, K.SET)) {
    name = "CHARACTER SET";
  } else if (cursor.take2(K.DATA, K.DIRECTORY)) {
    name = "DATA DIRECTORY";
  } else if (cursor.take2(K.INDEX, K.DIRECTORY)) {
    name = "INDEX DIRECTORY";
  } else if (cursor.take2(K.READ, K.ONLY)) {
    name = "READ ONLY";
  } else if (cursor.take2(K.START, K.TRANSACTION)) {
    return {
      start,
      end: cursor.lastEnd(),
      name: "START TRANSACTION",
      value: "",
      valueSpan: { start, end: start },
    };
  } else if (cursor.word() === K.STORAGE && cursor.peek(1) !== T.equal && cursor.word(1) === K.ENGINE) {
    cursor.at += 2;
    name = "ENGINE";
  } else {
    name = cursor.done() ? "" : cursor.takeName().text.toUpperCase();
    if (name === "TYPE") name = "ENGINE";
  }
  const { value, span } = parseOptionValue(cursor);
  return { start, end: cursor.endFrom(start), name, value, valueSpan: span };
}

/** Whether a table option is next. */
export function isTableOption(cursor: Cursor): boolean {
  switch (cursor.word()) {
    case K.AUTO_INCREMENT:
    case K.AUTOEXTEND_SIZE:
    case K.AVG_ROW_LENGTH:
    case K.CHARSET:
    case K.CHECKSUM:
    case K.TABLE_CHECKSUM:
    case K.COLLATE:
    case K.COMMENT:
    case K.COMPRESSION:
    case K.CONNECTION:
    case K.DATA:
    case K.DELAY_KEY_WRITE:
    case K.ENCRYPTION:
    case K.ENGINE:
    case K.ENGINE_ATTRIBUTE:
    case K.INSERT_METHOD:
    case K.KEY_BLOCK_SIZE:
    case K.MAX_ROWS:
    case K.MIN_ROWS:
    case K.NODEGROUP:
    case K.PACK_KEYS:
    case K.PASSWORD:
    case K.ROW_FORMAT:
    case K.SECONDARY_ENGINE:
    case K.SECONDARY_ENGINE_ATTRIBUTE:
    case K.STATS_AUTO_RECALC:
    case K.STATS_PERSISTENT:
    case K.STATS_SAMPLE_PAGES:
    case K.STORAGE:
    case K.TABLESPACE:
    case K.TYPE:
    case K.UNION:
      return true;
    case K.CHARACTER:
    case K.CHAR:
      return cursor.word(1) === K.SET;
    case K.DEFAULT:
      return cursor.word(1) === K.CHARSET || cursor.word(1) === K.CHARACTER || cursor.word(1) === K.COLLATE ||
        cursor.word(1) === K.CHAR || cursor.word(1) === K.ENCRYPTION;
    case K.INDEX:
      return cursor.word(1) === K.DIRECTORY;
    case K.START:
      return cursor.word(1) === K.TRANSACTION;
  }
  // Options of other engines and of MariaDB: PAGE_COMPRESSED=1, TRANSACTIONAL=0.
  return cursor.isName() && cursor.peek(1) === T.equal;
}
