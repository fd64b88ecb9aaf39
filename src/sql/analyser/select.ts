/** One query block: SELECT, TABLE or VALUES, with its clauses. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Expression, Identifier, Locking, SelectItem } from "../statement.ts";
import { Block, NONE, Query } from "./block.ts";
import { parseWindow } from "./calls.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression, parseRoot } from "./expressions.ts";
import { parseFrom } from "./from.ts";
import { parseInto } from "./into.ts";
import { P } from "./operators.ts";
import { parseGroupingSets, parseLimit, parseOrderBy, parseSortings } from "./sorting.ts";

/** One SELECT, TABLE or VALUES, up to but without ORDER BY and what follows. */
export function parseBlock(cursor: Cursor, query: Query): boolean {
  const word = cursor.word();
  if (word !== K.SELECT && word !== K.TABLE && word !== K.VALUES) {
    cursor.unexpected();
    return false;
  }
  const block = new Block(query.role, cursor.enclosing(), cursor.start(), cursor.columns);
  block.depth = cursor.queryDepth;
  cursor.blocks.push(block);
  query.blocks.push(block);
  cursor.at++;
  cursor.block = block;
  if (word === K.SELECT) parseSelect(cursor, block);
  else if (word === K.TABLE) parseTable(cursor, block);
  else parseValueRows(cursor, block);
  block.end = cursor.lastEnd();
  block.lastColumn = cursor.columns.length;
  return true;
}

function parseTable(cursor: Cursor, block: Block): void {
  block.form = "table";
  cursor.clause = "from";
  block.from = parseFrom(cursor, true);
}

/** `VALUES ROW(1, 2), ROW(3, 4)`, and MariaDB's `VALUES (1, 2)`. */
function parseValueRows(cursor: Cursor, block: Block): void {
  block.form = "values";
  cursor.clause = "values";
  do {
    cursor.take(K.ROW);
    cursor.expectKind(T.leftParen);
    block.rowCount++;
    const items: SelectItem[] = [];
    while (!cursor.done() && cursor.peek() !== T.rightParen) {
      const expression = block.rowCount <= 16 ? parseRoot(cursor) : parseExpression(cursor, P.lowest);
      if (block.rowCount === 1) {
        const { start, end } = expression;
        items.push({ start, end, expression, alias: undefined, hasAggregate: false, hasSubquery: false });
      }
      if (!cursor.takeKind(T.comma)) break;
    }
    cursor.closeParen();
    if (block.rowCount === 1) block.items = items;
  } while (cursor.takeKind(T.comma));
}

function parseSelect(cursor: Cursor, block: Block): void {
  parseModifiers(cursor, block);
  block.items = parseItems(cursor, "select");
  block.selectSpan = { start: block.start, end: cursor.endFrom(block.start) };
  if (cursor.word() === K.INTO) block.into = parseInto(cursor);
  if (cursor.take(K.FROM)) {
    cursor.clause = "from";
    if (cursor.word() === K.DUAL) {
      cursor.at++;
      block.fromDual = true;
    } else {
      block.from = parseFrom(cursor, false);
    }
  }
  if (cursor.word() === K.WHERE) {
    const start = cursor.start();
    cursor.at++;
    cursor.clause = "where";
    block.where = parseRoot(cursor);
    block.whereSpan = { start, end: cursor.endFrom(start) };
  }
  if (cursor.word() === K.GROUP) {
    cursor.at++;
    cursor.expect(K.BY);
    cursor.clause = "group-by";
    const grouped = cursor.word() === K.GROUPING && cursor.spelled("SETS", 1)
      ? parseGroupingSets(cursor)
      : parseSortings(cursor);
    block.groupBy = grouped;
    if (cursor.take2(K.WITH, K.ROLLUP)) block.rollup = true;
    const first = grouped[0]?.expression;
    if (first?.type === "call" && first.key === "rollup") block.rollup = true;
  }
  if (cursor.take(K.HAVING)) {
    cursor.clause = "having";
    block.having = parseRoot(cursor);
  }
  if (cursor.take(K.WINDOW)) {
    const windows: Identifier[] = [];
    do {
      windows.push(cursor.name());
      cursor.expect(K.AS);
      parseWindow(cursor);
    } while (cursor.takeKind(T.comma));
    block.windows = windows;
  }
  if (cursor.take(K.QUALIFY)) {
    cursor.clause = "having";
    block.qualify = parseRoot(cursor);
  }
}

function parseModifiers(cursor: Cursor, block: Block): void {
  for (;;) {
    switch (cursor.word()) {
      case K.DISTINCT:
      case K.DISTINCTROW:
        block.distinct = true;
        break;
      case K.ALL:
        break;
      case K.STRAIGHT_JOIN:
        block.straightJoin = true;
        break;
      case K.SQL_CALC_FOUND_ROWS:
        block.sqlCalcFoundRows = true;
        break;
      case K.HIGH_PRIORITY:
      case K.SQL_SMALL_RESULT:
      case K.SQL_BIG_RESULT:
      case K.SQL_BUFFER_RESULT:
      case K.SQL_NO_CACHE:
        addModifier(cursor, block);
        break;
      default:
        if (cursor.spelled("SQL_CACHE") && cursor.peek(1) !== T.comma) {
          addModifier(cursor, block);
          break;
        }
        return;
    }
    cursor.at++;
  }
}

function addModifier(cursor: Cursor, block: Block): void {
  block.modifiers = [...block.modifiers, cursor.wordsBetween(cursor.at, cursor.at + 1)];
}

/** A select list, also RETURNING's. */
export function parseItems(cursor: Cursor, clause: "select" | "returning"): SelectItem[] {
  cursor.clause = clause;
  const items: SelectItem[] = [];
  do {
    cursor.aggregates = 0;
    cursor.subqueries = 0;
    const expression = parseRoot(cursor);
    const hasAggregate = cursor.aggregates > 0;
    const hasSubquery = cursor.subqueries > 0;
    const alias = parseAlias(cursor, true);
    items.push({
      start: expression.start,
      end: cursor.lastEnd(),
      expression,
      alias,
      hasAggregate,
      hasSubquery,
    });
  } while (cursor.takeKind(T.comma));
  return items;
}

/** `[AS] name`; a string may be one where `texts` says so. */
export function parseAlias(cursor: Cursor, texts: boolean): Identifier | undefined {
  if (cursor.take(K.AS)) return texts ? cursor.nameOrText() : cursor.name();
  const kind = cursor.peek();
  if (kind === T.identifier || kind === T.quotedIdentifier || texts && kind === T.string) {
    return cursor.takeName();
  }
  return kind === T.keyword && cursor.isName() ? cursor.takeName() : undefined;
}

/** ORDER BY, LIMIT, PROCEDURE, INTO and the locking clauses: of the one block of this level, or of the whole. */
export function parseTail(cursor: Cursor, query: Query, firstBlock: number): void {
  const block = query.blocks.length - firstBlock === 1 ? query.blocks[firstBlock]! : undefined;
  const last = query.blocks[query.blocks.length - 1]!;
  cursor.block = last;
  for (;;) {
    switch (cursor.word()) {
      case K.ORDER: {
        const orderBy = parseOrderBy(cursor) ?? NONE;
        if (block !== undefined && block.orderBy.length === 0) block.orderBy = orderBy;
        else query.orderBy = orderBy;
        break;
      }
      case K.LIMIT:
      case K.FETCH:
      case K.OFFSET: {
        const limit = parseLimit(cursor);
        if (limit === undefined) return;
        if (block !== undefined && block.limit === undefined) block.limit = limit;
        else query.limit = limit;
        break;
      }
      case K.PROCEDURE:
        cursor.at++;
        last.procedure = cursor.name();
        cursor.skipGroup();
        break;
      case K.INTO:
        last.into = parseInto(cursor);
        break;
      case K.FOR: {
        const word = cursor.word(1);
        if (word !== K.UPDATE && word !== K.SHARE) return;
        last.locking = [...last.locking, parseLocking(cursor)];
        break;
      }
      case K.LOCK:
        if (cursor.word(1) !== K.IN) return;
        last.locking = [...last.locking, parseLocking(cursor)];
        break;
      default:
        last.end = Math.max(last.end, block === undefined ? 0 : cursor.lastEnd());
        last.lastColumn = cursor.columns.length;
        return;
    }
  }
}

/** `FOR UPDATE`, `FOR SHARE`, `LOCK IN SHARE MODE` with what qualifies them. */
function parseLocking(cursor: Cursor): Locking {
  const start = cursor.start();
  let strength: "update" | "share" = "share";
  let of: readonly Identifier[] = NONE;
  const legacy = cursor.take(K.LOCK);
  if (legacy) {
    cursor.at++;
    cursor.expect(K.SHARE);
    cursor.expect(K.MODE);
  } else {
    cursor.at++;
    if (cursor.word() === K.UPDATE) strength = "update";
    cursor.at++;
    if (cursor.take(K.OF)) of = tableNames(cursor);
  }
  let wait: Locking["wait"];
  if (cursor.take(K.NOWAIT)) wait = "nowait";
  else if (cursor.take2(K.SKIP, K.LOCKED)) wait = "skip-locked";
  else if (cursor.take(K.WAIT)) {
    wait = "wait";
    cursor.number();
  }
  return { start, end: cursor.endFrom(start), strength, legacy, of, wait };
}

function tableNames(cursor: Cursor): Identifier[] {
  const names: Identifier[] = [];
  do names.push(cursor.objectName().name); while (cursor.takeKind(T.comma));
  return names;
}

/** The WHERE of a statement that is no query: its condition and span. */
export function parseWhere(
  cursor: Cursor,
): { condition: Expression; start: number; end: number } | undefined {
  if (cursor.word() !== K.WHERE) return undefined;
  const start = cursor.start();
  cursor.at++;
  const clause = cursor.clause;
  cursor.clause = "where";
  const condition = parseRoot(cursor);
  cursor.clause = clause;
  return { condition, start, end: cursor.endFrom(start) };
}
