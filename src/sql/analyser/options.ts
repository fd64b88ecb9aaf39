/** Options of tables, partitions, databases and servers: `NAME [=] value`. */

import * as K from "../keyword_ids.ts";
import type { Option, Span } from "../statement.ts";
import { T } from "../tokens.ts";
import { decodeBytes } from "./nodes.ts";
import type { Walk } from "./walk.ts";

/** `[=] value`, where the value is a word, a name, a string, a number or a list in parentheses. */
export function parseOptionValue(walk: Walk): { readonly value: string; readonly span: Span } {
  walk.takeKind(T.equal);
  const start = walk.start();
  const at = walk.at;
  switch (walk.peek()) {
    case T.leftParen:
      walk.skipGroup();
      return {
        value: decodeBytes(walk.source, start, walk.lastEnd()),
        span: { start, end: walk.endFrom(start) },
      };
    case T.string:
    case T.nationalString:
    case T.dollarString: {
      const text = walk.text();
      return { value: text?.value ?? "", span: { start, end: walk.endFrom(start) } };
    }
    case T.minus:
      walk.at++;
      walk.number();
      return {
        value: decodeBytes(walk.source, start, walk.lastEnd()),
        span: { start, end: walk.endFrom(start) },
      };
    case T.keyword:
    case T.identifier:
    case T.quotedIdentifier: {
      const name = walk.takeName();
      // AUTOEXTEND_SIZE = 64M is a number and a letter in one name; KEY_BLOCK_SIZE = 8 is not.
      return { value: name.text, span: { start, end: walk.endFrom(start) } };
    }
    case T.end:
    case T.comma:
    case T.rightParen:
      walk.unexpected();
      return { value: "", span: { start, end: start } };
    default:
      walk.at = at + 1;
      return {
        value: decodeBytes(walk.source, start, walk.lastEnd()),
        span: { start, end: walk.endFrom(start) },
      };
  }
}

/** One option whose first word is next; its name gets the words that belong to it. */
export function parseOption(walk: Walk): Option {
  const start = walk.start();
  walk.take(K.DEFAULT);
  let name: string;
  if (walk.take2(K.CHARACTER, K.SET) || walk.take(K.CHARSET) || walk.take2(K.CHAR, K.SET)) {
    name = "CHARACTER SET";
  } else if (walk.take2(K.DATA, K.DIRECTORY)) {
    name = "DATA DIRECTORY";
  } else if (walk.take2(K.INDEX, K.DIRECTORY)) {
    name = "INDEX DIRECTORY";
  } else if (walk.take2(K.READ, K.ONLY)) {
    name = "READ ONLY";
  } else if (walk.take2(K.START, K.TRANSACTION)) {
    return {
      start,
      end: walk.lastEnd(),
      name: "START TRANSACTION",
      value: "",
      valueSpan: { start, end: start },
    };
  } else if (walk.word() === K.STORAGE && walk.peek(1) !== T.equal && walk.word(1) === K.ENGINE) {
    walk.at += 2;
    name = "ENGINE";
  } else {
    name = walk.done() ? "" : walk.takeName().text.toUpperCase();
    if (name === "TYPE") name = "ENGINE";
  }
  const { value, span } = parseOptionValue(walk);
  return { start, end: walk.endFrom(start), name, value, valueSpan: span };
}

/** Whether a table option is next. */
export function isTableOption(walk: Walk): boolean {
  switch (walk.word()) {
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
      return walk.word(1) === K.SET;
    case K.DEFAULT:
      return walk.word(1) === K.CHARSET || walk.word(1) === K.CHARACTER || walk.word(1) === K.COLLATE ||
        walk.word(1) === K.CHAR || walk.word(1) === K.ENCRYPTION;
    case K.INDEX:
      return walk.word(1) === K.DIRECTORY;
    case K.START:
      return walk.word(1) === K.TRANSACTION;
  }
  // Options of other engines and of MariaDB: PAGE_COMPRESSED=1, TRANSACTIONAL=0.
  return walk.isName() && walk.peek(1) === T.equal;
}
