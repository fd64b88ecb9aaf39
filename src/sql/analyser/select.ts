/** Query expressions: WITH, set operations, and the blocks they are made of. */

import * as K from "../keyword_ids.ts";
import type {
  BlockRole,
  CommonTable,
  Expression,
  Identifier,
  Locking,
  SelectItem,
  SetOperator,
  Subquery,
} from "../statement.ts";
import { T } from "../tokens.ts";
import { Block, NONE, Query } from "./block.ts";
import { parseWindow } from "./calls.ts";
import { parseExpression, parseRoot } from "./expressions.ts";
import { parseFrom } from "./from.ts";
import { parseInto } from "./into.ts";
import { P } from "./operators.ts";
import { parseLimit, parseOrderBy, parseSortings } from "./sorting.ts";
import { MAX_DEPTH, type Walk } from "./walk.ts";

/** Common table expressions in scope that are known by name. */
const MAX_CTES = 1000;

/** Whether a parenthesis and a query's first word are next. */
export function startsQuery(walk: Walk, ahead: number): boolean {
  if (walk.peek(ahead) !== T.leftParen) return false;
  const word = walk.word(ahead + 1);
  if (word === K.SELECT || word === K.WITH || word === K.TABLE) return true;
  return word === K.VALUES && (walk.word(ahead + 2) === K.ROW || walk.peek(ahead + 2) === T.leftParen) &&
    walk.clause !== "on-duplicate";
}

/** Whether parentheses, any number of them, lead to a query. Linear in their number. */
export function leadsToQuery(walk: Walk): boolean {
  let ahead = 0;
  while (walk.peek(ahead) === T.leftParen) ahead++;
  return ahead > 0 && startsQuery(walk, ahead - 1);
}

/** A query in parentheses as an expression. */
export function subquery(walk: Walk, role: BlockRole, exists: boolean, from?: number): Subquery {
  const start = from ?? walk.start();
  const { clause, block } = walk;
  const query = parenthesisedQuery(walk, role);
  walk.subqueries++;
  return { type: "subquery", start, end: walk.endFrom(start), clause, block, exists, query };
}

/** `( query )`, with what surrounds it kept as it was. */
export function parenthesisedQuery(walk: Walk, role: BlockRole): Query {
  walk.expectKind(T.leftParen);
  const query = nested(walk, role);
  walk.closeParen();
  return query;
}

/** A query within something else: the walk's place is restored after it. */
export function nested(walk: Walk, role: BlockRole): Query {
  if (walk.depth >= MAX_DEPTH) {
    const start = walk.start();
    walk.skipToClose();
    walk.problem("too-deep", start, walk.lastEnd(), "Nested more deeply than is followed");
    return new Query(role, start);
  }
  const { clause, block, aggregates, subqueries } = walk;
  walk.depth += 2;
  walk.queryDepth++;
  const query = parseQuery(walk, role);
  walk.queryDepth--;
  walk.depth -= 2;
  walk.clause = clause;
  walk.block = block;
  walk.aggregates = aggregates;
  walk.subqueries = subqueries;
  return query;
}

/** A whole query expression: WITH, blocks, set operators and what follows them. */
export function parseQuery(walk: Walk, role: BlockRole): Query {
  const query = new Query(role, walk.start());
  walk.queries.push(query);
  const scope = walk.cteScope.length;
  if (walk.word() === K.WITH) parseWith(walk, query);
  parseBody(walk, query, true);
  walk.cteScope.length = scope;
  return query;
}

/** Whether a set operator, or a clause of a whole query, is next: what stands before it in parentheses was a query. */
export function continuesQuery(walk: Walk): boolean {
  switch (walk.word()) {
    case K.UNION:
    case K.EXCEPT:
    case K.INTERSECT:
    case K.ORDER:
    case K.LIMIT:
      return true;
    default:
      return false;
  }
}

/** `((SELECT 1) UNION (SELECT 2))`: the inner parentheses were taken for a scalar subquery's. */
export function continueSubquery(walk: Walk, expression: Subquery): void {
  const { clause, block, aggregates, subqueries } = walk;
  walk.queryDepth++;
  parseBody(walk, expression.query as Query, false);
  walk.queryDepth--;
  walk.clause = clause;
  walk.block = block;
  walk.aggregates = aggregates;
  walk.subqueries = subqueries;
}

/** `WITH [RECURSIVE] name [(columns)] AS (query), ...`; WITH is next. Names stay in scope until the caller ends it. */
export function parseWith(walk: Walk, query: { ctes: readonly CommonTable[]; recursive: boolean }): void {
  walk.at++;
  const recursive = walk.take(K.RECURSIVE);
  const list: CommonTable[] = [];
  query.recursive = recursive;
  query.ctes = list;
  do {
    const name = walk.name();
    const entry = { key: name.key, used: false };
    const columns = walk.peek() === T.leftParen ? walk.nameList() : NONE;
    walk.expect(K.AS);
    // More names than anyone writes are taken for stored tables, so that looking one up stays cheap.
    const known = walk.cteScope.length < MAX_CTES;
    if (recursive && known) walk.cteScope.push(entry);
    const common = parenthesisedQuery(walk, "cte");
    if (!recursive && known) walk.cteScope.push(entry);
    list.push({
      start: name.start,
      end: walk.lastEnd(),
      name,
      columns,
      query: common,
      recursive: entry.used,
    });
    entry.used = false;
    // MariaDB: CYCLE columns RESTRICT
    if (walk.takeSpelled("CYCLE")) {
      walk.nameSequence();
      walk.take(K.RESTRICT);
    }
  } while (walk.takeKind(T.comma));
}

/** Blocks, set operators and parentheses in any arrangement, without recursion. */
function parseBody(walk: Walk, query: Query, wantsBlock: boolean): void {
  /** For each open level of parentheses, the index of its first block. */
  const levels = [0];
  for (;;) {
    if (wantsBlock) {
      while (walk.takeKind(T.leftParen)) levels.push(query.blocks.length);
      if (walk.word() === K.WITH) parseWith(walk, query);
      if (!parseBlock(walk, query)) break;
      wantsBlock = false;
    }
    parseTail(walk, query, levels[levels.length - 1]!);
    const operator = setOperator(walk);
    if (operator !== undefined) {
      if (query.operators.length === 0) query.operators = [];
      (query.operators as SetOperator[]).push(operator);
      wantsBlock = true;
    } else if (levels.length > 1 && walk.takeKind(T.rightParen)) {
      levels.pop();
    } else {
      break;
    }
  }
  // Parentheses left open were noted by whoever expected more; leave their groups.
  for (let open = levels.length; open > 1; open--) walk.closeParen();
  query.end = walk.lastEnd();
}

function setOperator(walk: Walk): SetOperator | undefined {
  const word = walk.word();
  const operator = word === K.UNION
    ? "union"
    : word === K.EXCEPT || walk.spelled("MINUS") && walk.options.dialect === "mariadb"
    ? "except"
    : word === K.INTERSECT
    ? "intersect"
    : undefined;
  if (operator === undefined) return undefined;
  const start = walk.start();
  walk.at++;
  const all = walk.take(K.ALL);
  const distinct = !all && walk.take(K.DISTINCT);
  return { start, end: walk.endFrom(start), operator, all, distinct };
}

/** One SELECT, TABLE or VALUES, up to but without ORDER BY and what follows. */
function parseBlock(walk: Walk, query: Query): boolean {
  const word = walk.word();
  if (word !== K.SELECT && word !== K.TABLE && word !== K.VALUES) {
    walk.unexpected();
    return false;
  }
  const block = new Block(query.role, walk.enclosing(), walk.start(), walk.columns);
  block.depth = walk.queryDepth;
  walk.blocks.push(block);
  query.blocks.push(block);
  walk.at++;
  walk.block = block;
  if (word === K.SELECT) parseSelect(walk, block);
  else if (word === K.TABLE) parseTable(walk, block);
  else parseValueRows(walk, block);
  block.end = walk.lastEnd();
  block.lastColumn = walk.columns.length;
  return true;
}

function parseTable(walk: Walk, block: Block): void {
  block.form = "table";
  walk.clause = "from";
  block.from = parseFrom(walk, true);
}

/** `VALUES ROW(1, 2), ROW(3, 4)`, and MariaDB's `VALUES (1, 2)`. */
function parseValueRows(walk: Walk, block: Block): void {
  block.form = "values";
  walk.clause = "values";
  do {
    walk.take(K.ROW);
    walk.expectKind(T.leftParen);
    block.rowCount++;
    const items: SelectItem[] = [];
    while (!walk.done() && walk.peek() !== T.rightParen) {
      const expression = block.rowCount <= 16 ? parseRoot(walk) : parseExpression(walk, P.lowest);
      if (block.rowCount === 1) {
        const { start, end } = expression;
        items.push({ start, end, expression, alias: undefined, hasAggregate: false, hasSubquery: false });
      }
      if (!walk.takeKind(T.comma)) break;
    }
    walk.closeParen();
    if (block.rowCount === 1) block.items = items;
  } while (walk.takeKind(T.comma));
}

function parseSelect(walk: Walk, block: Block): void {
  parseModifiers(walk, block);
  block.items = parseItems(walk, "select");
  block.selectSpan = { start: block.start, end: walk.endFrom(block.start) };
  if (walk.word() === K.INTO) block.into = parseInto(walk);
  if (walk.take(K.FROM)) {
    walk.clause = "from";
    if (walk.word() === K.DUAL) {
      walk.at++;
      block.fromDual = true;
    } else {
      block.from = parseFrom(walk, false);
    }
  }
  if (walk.word() === K.WHERE) {
    const start = walk.start();
    walk.at++;
    walk.clause = "where";
    block.where = parseRoot(walk);
    block.whereSpan = { start, end: walk.endFrom(start) };
  }
  if (walk.word() === K.GROUP) {
    walk.at++;
    walk.expect(K.BY);
    walk.clause = "group-by";
    const grouped = parseSortings(walk);
    block.groupBy = grouped;
    if (walk.take2(K.WITH, K.ROLLUP)) block.rollup = true;
    const first = grouped[0]?.expression;
    if (first?.type === "call" && first.key === "rollup") block.rollup = true;
  }
  if (walk.take(K.HAVING)) {
    walk.clause = "having";
    block.having = parseRoot(walk);
  }
  if (walk.take(K.WINDOW)) {
    const windows: Identifier[] = [];
    do {
      windows.push(walk.name());
      walk.expect(K.AS);
      parseWindow(walk);
    } while (walk.takeKind(T.comma));
    block.windows = windows;
  }
  if (walk.take(K.QUALIFY)) {
    walk.clause = "having";
    block.qualify = parseRoot(walk);
  }
}

function parseModifiers(walk: Walk, block: Block): void {
  for (;;) {
    switch (walk.word()) {
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
        addModifier(walk, block);
        break;
      default:
        if (walk.spelled("SQL_CACHE") && walk.peek(1) !== T.comma) {
          addModifier(walk, block);
          break;
        }
        return;
    }
    walk.at++;
  }
}

function addModifier(walk: Walk, block: Block): void {
  block.modifiers = [...block.modifiers, walk.wordsBetween(walk.at, walk.at + 1)];
}

/** A select list, also RETURNING's. */
export function parseItems(walk: Walk, clause: "select" | "returning"): SelectItem[] {
  walk.clause = clause;
  const items: SelectItem[] = [];
  do {
    walk.aggregates = 0;
    walk.subqueries = 0;
    const expression = parseRoot(walk);
    const hasAggregate = walk.aggregates > 0;
    const hasSubquery = walk.subqueries > 0;
    const alias = parseAlias(walk, true);
    items.push({
      start: expression.start,
      end: walk.lastEnd(),
      expression,
      alias,
      hasAggregate,
      hasSubquery,
    });
  } while (walk.takeKind(T.comma));
  return items;
}

/** `[AS] name`; a string may be one where `texts` says so. */
export function parseAlias(walk: Walk, texts: boolean): Identifier | undefined {
  if (walk.take(K.AS)) return texts ? walk.nameOrText() : walk.name();
  const kind = walk.peek();
  if (kind === T.identifier || kind === T.quotedIdentifier || texts && kind === T.string) {
    return walk.takeName();
  }
  return kind === T.keyword && walk.isName() ? walk.takeName() : undefined;
}

/** ORDER BY, LIMIT, PROCEDURE, INTO and the locking clauses: of the one block of this level, or of the whole. */
function parseTail(walk: Walk, query: Query, firstBlock: number): void {
  const block = query.blocks.length - firstBlock === 1 ? query.blocks[firstBlock]! : undefined;
  const last = query.blocks[query.blocks.length - 1]!;
  walk.block = last;
  for (;;) {
    switch (walk.word()) {
      case K.ORDER: {
        const orderBy = parseOrderBy(walk) ?? NONE;
        if (block !== undefined && block.orderBy.length === 0) block.orderBy = orderBy;
        else query.orderBy = orderBy;
        break;
      }
      case K.LIMIT:
      case K.FETCH:
      case K.OFFSET: {
        const limit = parseLimit(walk);
        if (limit === undefined) return;
        if (block !== undefined && block.limit === undefined) block.limit = limit;
        else query.limit = limit;
        break;
      }
      case K.PROCEDURE:
        walk.at++;
        last.procedure = walk.name();
        walk.skipGroup();
        break;
      case K.INTO:
        last.into = parseInto(walk);
        break;
      case K.FOR: {
        const word = walk.word(1);
        if (word !== K.UPDATE && word !== K.SHARE) return;
        last.locking = [...last.locking, parseLocking(walk)];
        break;
      }
      case K.LOCK:
        if (walk.word(1) !== K.IN) return;
        last.locking = [...last.locking, parseLocking(walk)];
        break;
      default:
        last.end = Math.max(last.end, block === undefined ? 0 : walk.lastEnd());
        last.lastColumn = walk.columns.length;
        return;
    }
  }
}

/** `FOR UPDATE`, `FOR SHARE`, `LOCK IN SHARE MODE` with what qualifies them. */
function parseLocking(walk: Walk): Locking {
  const start = walk.start();
  let strength: "update" | "share" = "share";
  let of: readonly Identifier[] = NONE;
  const legacy = walk.take(K.LOCK);
  if (legacy) {
    walk.at++;
    walk.expect(K.SHARE);
    walk.expect(K.MODE);
  } else {
    walk.at++;
    if (walk.word() === K.UPDATE) strength = "update";
    walk.at++;
    if (walk.take(K.OF)) of = tableNames(walk);
  }
  let wait: Locking["wait"];
  if (walk.take(K.NOWAIT)) wait = "nowait";
  else if (walk.take2(K.SKIP, K.LOCKED)) wait = "skip-locked";
  else if (walk.take(K.WAIT)) {
    wait = "wait";
    walk.number();
  }
  return { start, end: walk.endFrom(start), strength, legacy, of, wait };
}

function tableNames(walk: Walk): Identifier[] {
  const names: Identifier[] = [];
  do names.push(walk.objectName().name); while (walk.takeKind(T.comma));
  return names;
}

/** The WHERE of a statement that is no query: its condition and span. */
export function parseWhere(walk: Walk): { condition: Expression; start: number; end: number } | undefined {
  if (walk.word() !== K.WHERE) return undefined;
  const start = walk.start();
  walk.at++;
  const clause = walk.clause;
  walk.clause = "where";
  const condition = parseRoot(walk);
  walk.clause = clause;
  return { condition, start, end: walk.endFrom(start) };
}

/** A query whose WITH clause is passed already. */
export function parseQueryAfterWith(
  walk: Walk,
  role: BlockRole,
  start: number,
  given: { readonly ctes: readonly CommonTable[]; readonly recursive: boolean },
): Query {
  const query = new Query(role, start);
  query.ctes = given.ctes;
  query.recursive = given.recursive;
  walk.queries.push(query);
  parseBody(walk, query, true);
  return query;
}
