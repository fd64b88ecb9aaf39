/** Which statement a leading word begins. */

import * as K from "../keyword_ids.ts";
import type { CommonTable } from "../statement.ts";
import { parseDelete, parseUpdate } from "./change.ts";
import { parseCallStatement, parseDo, parseHandler, parseImport, parseLoad } from "./dml.ts";
import type { PlainDetail } from "./facts.ts";
import { parseInsert } from "./insert.ts";
import { parseQuery, parseQueryAfterWith, parseWith } from "./select.ts";
import { T } from "../tokens.ts";
import type { Walk } from "./walk.ts";

/** What the verbs learn about the statement around them. */
export interface VerbContext {
  ctes: readonly CommonTable[];
  analyzed: boolean;
}

/** Parses the statement that begins where the walk stands. */
export function parseByVerb(walk: Walk, context: VerbContext): PlainDetail {
  switch (walk.word()) {
    case K.SELECT:
    case K.TABLE:
    case K.VALUES:
      return { kind: "select", query: parseQuery(walk, "top") };
    case K.INSERT:
    case K.REPLACE:
      return parseInsert(walk);
    case K.UPDATE:
      return parseUpdate(walk);
    case K.DELETE:
      return parseDelete(walk);
    case K.WITH:
      return parseAfterWith(walk, context);
    case K.LOAD:
      if (walk.word(1) === K.DATA || walk.word(1) === K.XML) return parseLoad(walk);
      break;
    case K.CALL:
      return parseCallStatement(walk);
    case K.DO:
      return parseDo(walk);
    case K.HANDLER:
      return parseHandler(walk);
    case K.IMPORT:
      return parseImport(walk);
  }
  if (walk.peek() === T.leftParen) return { kind: "select", query: parseQuery(walk, "top") };
  return { kind: "unknown", words: "" };
}

function parseAfterWith(walk: Walk, context: VerbContext): PlainDetail {
  const start = walk.start();
  const holder = { ctes: context.ctes, recursive: false };
  parseWith(walk, holder);
  context.ctes = holder.ctes;
  switch (walk.word()) {
    case K.UPDATE:
      return parseUpdate(walk);
    case K.DELETE:
      return parseDelete(walk);
    case K.INSERT:
    case K.REPLACE:
      return parseInsert(walk);
    default:
      return { kind: "select", query: parseQueryAfterWith(walk, "top", start, holder) };
  }
}
