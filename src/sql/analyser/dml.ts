/** LOAD DATA, LOAD XML, CALL, DO, HANDLER, IMPORT TABLE. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type {
  CallDetail,
  DoDetail,
  Expression,
  HandlerDetail,
  ImportTableDetail,
  LoadDetail,
  Text,
} from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseRoot } from "./expressions.ts";
import { parseAssignments } from "./insert.ts";
import { parseCharset, parseFileOptions } from "./into.ts";
import { parseColumnName, parseOperand } from "./operands.ts";
import { parseAlias, parseWhere } from "./select.ts";
import { parseLimit } from "./sorting.ts";

/** LOAD is next, DATA or XML after it. */
export function parseLoad(cursor: Cursor): LoadDetail {
  const kind = cursor.word(1) === K.XML ? "load-xml" : "load-data";
  cursor.at += 2;
  let priority: LoadDetail["priority"];
  if (cursor.take(K.LOW_PRIORITY)) priority = "low";
  else if (cursor.take(K.CONCURRENT)) priority = "concurrent";
  const local = cursor.take(K.LOCAL);
  // INFILE, and bulk loading's FROM {INFILE | URL | S3}.
  cursor.take(K.FROM);
  if (!cursor.take(K.INFILE) && !cursor.take(K.URL) && !cursor.take(K.S3)) cursor.unexpected();
  const file = cursor.text();
  while (
    !cursor.done() && cursor.word() !== K.INTO && cursor.word() !== K.REPLACE && cursor.word() !== K.IGNORE
  ) {
    cursor.at++;
  }
  const duplicates = cursor.take(K.REPLACE) ? "replace" : cursor.take(K.IGNORE) ? "ignore" : undefined;
  cursor.expect(K.INTO);
  cursor.expect(K.TABLE);
  const target = cursor.objectName();
  const { start, end } = target;
  cursor.writes.push({ start, end, action: "load", table: target, alias: undefined, unresolved: false });
  if (cursor.take(K.PARTITION)) cursor.nameList();
  const charset = parseCharset(cursor);
  if (cursor.word() === K.COMPRESSION) {
    cursor.at++;
    cursor.takeKind(T.equal);
    cursor.text();
  }
  if (cursor.word() === K.ROWS) {
    cursor.at++;
    cursor.expect(K.IDENTIFIED);
    cursor.expect(K.BY);
    cursor.text();
  }
  parseFileOptions(cursor);
  if (cursor.take(K.IGNORE)) {
    cursor.number();
    if (!cursor.take(K.LINES)) cursor.expect(K.ROWS);
  }
  const columns: Expression[] = [];
  cursor.clause = "set";
  if (cursor.takeKind(T.leftParen)) {
    while (!cursor.done() && cursor.peek() !== T.rightParen) {
      columns.push(cursor.peek() === T.userVariable ? parseOperand(cursor) : parseColumnName(cursor));
      if (!cursor.takeKind(T.comma)) break;
    }
    cursor.closeParen();
  }
  const assignments = cursor.take(K.SET) ? parseAssignments(cursor, "set") : NONE;
  parseBulkOptions(cursor);
  return { kind, local, file, target, duplicates, priority, charset, columns, assignments };
}

/** `PARALLEL = n`, `MEMORY = size`, `ALGORITHM = BULK` of bulk loading. */
function parseBulkOptions(cursor: Cursor): void {
  for (;;) {
    const word = cursor.word();
    if (word !== K.PARALLEL && word !== K.MEMORY && word !== K.ALGORITHM) return;
    cursor.at++;
    cursor.takeKind(T.equal);
    if (!cursor.done()) cursor.at++;
  }
}

/** CALL is next. */
export function parseCallStatement(cursor: Cursor): CallDetail {
  cursor.at++;
  const routine = cursor.objectName();
  cursor.clause = "argument";
  let args: readonly Expression[] = NONE;
  if (cursor.takeKind(T.leftParen)) {
    args = cursor.peek() === T.rightParen ? NONE : parseList(cursor);
    cursor.closeParen();
  }
  return { kind: "call", routine, args };
}

/** `a, b, c`, each registered. */
export function parseList(cursor: Cursor): Expression[] {
  const list: Expression[] = [];
  do list.push(parseRoot(cursor)); while (cursor.takeKind(T.comma));
  return list;
}

/** DO is next. */
export function parseDo(cursor: Cursor): DoDetail {
  cursor.at++;
  cursor.clause = "select";
  const expressions: Expression[] = [];
  do {
    expressions.push(parseRoot(cursor));
    parseAlias(cursor, true);
  } while (cursor.takeKind(T.comma));
  return { kind: "do", expressions };
}

/** HANDLER is next. */
export function parseHandler(cursor: Cursor): HandlerDetail {
  cursor.at++;
  const table = cursor.objectName();
  cursor.readTable(table);
  if (cursor.take(K.OPEN)) {
    parseAlias(cursor, false);
    return { kind: "handler", action: "open", table, where: undefined, limit: undefined };
  }
  if (cursor.take(K.CLOSE)) {
    return { kind: "handler", action: "close", table, where: undefined, limit: undefined };
  }
  cursor.expect(K.READ);
  const step = cursor.word();
  if (step === K.FIRST || step === K.NEXT) {
    cursor.at++;
  } else {
    // An index and {FIRST | NEXT | PREV | LAST} or a comparison with a list of values.
    cursor.name();
    const kind = cursor.peek();
    if (
      kind === T.equal || kind === T.less || kind === T.greater || kind === T.lessOrEqual ||
      kind === T.greaterOrEqual
    ) {
      cursor.at++;
      cursor.expectKind(T.leftParen);
      cursor.clause = "where";
      if (cursor.peek() !== T.rightParen) parseList(cursor);
      cursor.closeParen();
    } else if (!cursor.done()) cursor.at++;
  }
  const where = parseWhere(cursor)?.condition;
  return { kind: "handler", action: "read", table, where, limit: parseLimit(cursor) };
}

/** IMPORT TABLE FROM 'file', ...; IMPORT is next. */
export function parseImport(cursor: Cursor): ImportTableDetail {
  cursor.at++;
  cursor.expect(K.TABLE);
  cursor.expect(K.FROM);
  const files: Text[] = [];
  do {
    const file = cursor.text();
    if (file === undefined) break;
    files.push(file);
  } while (cursor.takeKind(T.comma));
  return { kind: "import-table", files };
}
