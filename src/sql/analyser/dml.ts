/** LOAD DATA, LOAD XML, CALL, DO, HANDLER, IMPORT TABLE. */

import * as K from "../keyword_ids.ts";
import type {
  CallDetail,
  DoDetail,
  Expression,
  HandlerDetail,
  ImportTableDetail,
  LoadDetail,
  Text,
} from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseRoot } from "./expressions.ts";
import { parseAssignments } from "./insert.ts";
import { parseCharset, parseFileOptions } from "./into.ts";
import { parseColumnName, parseOperand } from "./operands.ts";
import { parseAlias, parseWhere } from "./select.ts";
import { parseLimit } from "./sorting.ts";
import type { Walk } from "./walk.ts";

/** LOAD is next, DATA or XML after it. */
export function parseLoad(walk: Walk): LoadDetail {
  const kind = walk.word(1) === K.XML ? "load-xml" : "load-data";
  walk.at += 2;
  let priority: LoadDetail["priority"];
  if (walk.take(K.LOW_PRIORITY)) priority = "low";
  else if (walk.take(K.CONCURRENT)) priority = "concurrent";
  const local = walk.take(K.LOCAL);
  // INFILE, and bulk loading's FROM {INFILE | URL | S3}.
  walk.take(K.FROM);
  if (!walk.take(K.INFILE) && !walk.take(K.URL) && !walk.take(K.S3)) walk.unexpected();
  const file = walk.text();
  while (!walk.done() && walk.word() !== K.INTO && walk.word() !== K.REPLACE && walk.word() !== K.IGNORE) {
    walk.at++;
  }
  const duplicates = walk.take(K.REPLACE) ? "replace" : walk.take(K.IGNORE) ? "ignore" : undefined;
  walk.expect(K.INTO);
  walk.expect(K.TABLE);
  const target = walk.objectName();
  const { start, end } = target;
  walk.writes.push({ start, end, action: "load", table: target, alias: undefined, unresolved: false });
  if (walk.take(K.PARTITION)) walk.nameList();
  const charset = parseCharset(walk);
  if (walk.word() === K.COMPRESSION) {
    walk.at++;
    walk.takeKind(T.equal);
    walk.text();
  }
  if (walk.word() === K.ROWS) {
    walk.at++;
    walk.expect(K.IDENTIFIED);
    walk.expect(K.BY);
    walk.text();
  }
  parseFileOptions(walk);
  if (walk.take(K.IGNORE)) {
    walk.number();
    if (!walk.take(K.LINES)) walk.expect(K.ROWS);
  }
  const columns: Expression[] = [];
  walk.clause = "set";
  if (walk.takeKind(T.leftParen)) {
    while (!walk.done() && walk.peek() !== T.rightParen) {
      columns.push(walk.peek() === T.userVariable ? parseOperand(walk) : parseColumnName(walk));
      if (!walk.takeKind(T.comma)) break;
    }
    walk.closeParen();
  }
  const assignments = walk.take(K.SET) ? parseAssignments(walk, "set") : NONE;
  parseBulkOptions(walk);
  return { kind, local, file, target, duplicates, priority, charset, columns, assignments };
}

/** `PARALLEL = n`, `MEMORY = size`, `ALGORITHM = BULK` of bulk loading. */
function parseBulkOptions(walk: Walk): void {
  for (;;) {
    const word = walk.word();
    if (word !== K.PARALLEL && word !== K.MEMORY && word !== K.ALGORITHM) return;
    walk.at++;
    walk.takeKind(T.equal);
    if (!walk.done()) walk.at++;
  }
}

/** CALL is next. */
export function parseCallStatement(walk: Walk): CallDetail {
  walk.at++;
  const routine = walk.objectName();
  walk.clause = "argument";
  let args: readonly Expression[] = NONE;
  if (walk.takeKind(T.leftParen)) {
    args = walk.peek() === T.rightParen ? NONE : parseList(walk);
    walk.closeParen();
  }
  return { kind: "call", routine, args };
}

/** `a, b, c`, each registered. */
export function parseList(walk: Walk): Expression[] {
  const list: Expression[] = [];
  do list.push(parseRoot(walk)); while (walk.takeKind(T.comma));
  return list;
}

/** DO is next. */
export function parseDo(walk: Walk): DoDetail {
  walk.at++;
  walk.clause = "select";
  const expressions: Expression[] = [];
  do {
    expressions.push(parseRoot(walk));
    parseAlias(walk, true);
  } while (walk.takeKind(T.comma));
  return { kind: "do", expressions };
}

/** HANDLER is next. */
export function parseHandler(walk: Walk): HandlerDetail {
  walk.at++;
  const table = walk.objectName();
  const { start, end } = table;
  walk.reads.push({ start, end, table, alias: undefined, block: undefined });
  if (walk.take(K.OPEN)) {
    parseAlias(walk, false);
    return { kind: "handler", action: "open", table, where: undefined, limit: undefined };
  }
  if (walk.take(K.CLOSE)) {
    return { kind: "handler", action: "close", table, where: undefined, limit: undefined };
  }
  walk.expect(K.READ);
  const step = walk.word();
  if (step === K.FIRST || step === K.NEXT) {
    walk.at++;
  } else {
    // An index and {FIRST | NEXT | PREV | LAST} or a comparison with a list of values.
    walk.name();
    const kind = walk.peek();
    if (
      kind === T.equal || kind === T.less || kind === T.greater || kind === T.lessOrEqual ||
      kind === T.greaterOrEqual
    ) {
      walk.at++;
      walk.expectKind(T.leftParen);
      walk.clause = "where";
      if (walk.peek() !== T.rightParen) parseList(walk);
      walk.closeParen();
    } else if (!walk.done()) walk.at++;
  }
  const where = parseWhere(walk)?.condition;
  return { kind: "handler", action: "read", table, where, limit: parseLimit(walk) };
}

/** IMPORT TABLE FROM 'file', ...; IMPORT is next. */
export function parseImport(walk: Walk): ImportTableDetail {
  walk.at++;
  walk.expect(K.TABLE);
  walk.expect(K.FROM);
  const files: Text[] = [];
  do {
    const file = walk.text();
    if (file === undefined) break;
    files.push(file);
  } while (walk.takeKind(T.comma));
  return { kind: "import-table", files };
}
