/** FROM, UPDATE's and DELETE's tables: joins and their conditions, flattened, without recursion for parentheses. */

import * as K from "../keyword_ids.ts";
import type { Identifier, IndexHint, JoinKind } from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE, Reference } from "./block.ts";
import { parseExpression, parseRoot } from "./expressions.ts";
import { P } from "./operators.ts";
import { parenthesisedQuery, parseAlias, startsQuery } from "./select.ts";
import type { Walk } from "./walk.ts";

/** An open parenthesis of a join group, or the list itself. */
interface Level {
  /** Index of the first table of the group. */
  readonly first: number;
  /** Index of the first table since the last comma: what a RIGHT JOIN's left side begins with. */
  segment: number;
  /** The whole group stands on the side of an outer join that may be NULL. */
  readonly nullable: boolean;
  /** Joins that may still get an ON, innermost last; and how many of them are LEFT JOINs. */
  readonly pending: Reference[];
  pendingLeft: number;
  /** Tables before these are marked as standing left of a LEFT or a RIGHT JOIN. */
  preservedTo: number;
  nullableTo: number;
  /** Closed by `}`: ODBC's `{OJ ...}`. */
  readonly brace: boolean;
}

/** Table references up to the clause that follows; of TABLE t just one. Reads are registered. */
export function parseFrom(walk: Walk, single: boolean): Reference[] {
  const list = parseTables(walk, single);
  for (const reference of list) registerRead(walk, reference);
  return list;
}

/** Registers a stored table as read. */
export function registerRead(walk: Walk, reference: Reference): void {
  const { table, alias, start, end, cte } = reference;
  if (table === undefined || cte || reference.kind !== "table") return;
  walk.reads.push({ start, end, table, alias, block: walk.block });
}

/** Table references without registering reads. */
export function parseTables(walk: Walk, single: boolean): Reference[] {
  const list: Reference[] = [];
  const levels: Level[] = [newLevel(0, false, false)];
  let join: JoinKind = "first";
  let joinSpan: Reference["joinSpan"];
  for (;;) {
    let level = levels[levels.length - 1]!;
    for (;;) {
      const brace = walk.peek() === T.leftBrace;
      if (!brace && (walk.peek() !== T.leftParen || startsQuery(walk, 0))) break;
      walk.at++;
      if (brace && !walk.take(K.OJ)) walk.unexpected();
      const nullable = level.nullable || opensNullable(join, level);
      level = newLevel(list.length, nullable, brace);
      levels.push(level);
    }
    const reference = parseFactor(walk, join, levels.length - 1);
    reference.joinSpan = joinSpan;
    list.push(reference);
    const outer = levels.length > 1 && level.first === list.length - 1 ? levels[levels.length - 2]! : level;
    reference.nullable = level.nullable || opensNullable(join, outer);
    if (single) return list;
    const next = parseConditions(walk, list, levels);
    if (next === undefined) break;
    join = next.join;
    joinSpan = { start: next.start, end: walk.endFrom(next.start) };
    startJoin(list, levels[levels.length - 1]!, join);
  }
  for (let open = levels.length; open > 1; open--) {
    walk.unexpected();
    if (!levels[open - 1]!.brace) {
      walk.skipToClose();
      walk.takeKind(T.rightParen);
    }
  }
  return list;
}

function newLevel(first: number, nullable: boolean, brace: boolean): Level {
  return {
    first,
    segment: first,
    nullable,
    pending: [],
    pendingLeft: 0,
    preservedTo: first,
    nullableTo: first,
    brace,
  };
}

function opensNullable(join: JoinKind, level: Level): boolean {
  return join === "left" || join === "natural-left" || join === "full" ||
    level.pendingLeft > 0;
}

/** Marks what stands left of an outer join. */
function startJoin(list: Reference[], level: Level, join: JoinKind): void {
  if (join === "comma") {
    level.segment = level.preservedTo = level.nullableTo = list.length;
    level.pending.length = level.pendingLeft = 0;
    return;
  }
  const left = join === "left" || join === "natural-left";
  const right = join === "right" || join === "natural-right" || join === "full";
  // Each table is marked once for either, so that a chain of joins costs no more than its length.
  if (right) {
    for (let index = level.nullableTo; index < list.length; index++) {
      list[index]!.nullable = true;
      list[index]!.preserved = false;
    }
    level.nullableTo = level.preservedTo = list.length;
  } else if (left) {
    for (let index = level.preservedTo; index < list.length; index++) {
      if (!list[index]!.nullable) list[index]!.preserved = true;
    }
    level.preservedTo = list.length;
  }
}

/** ON, USING and closing parentheses after a table, then the next join; undefined at the end of the list. */
function parseConditions(
  walk: Walk,
  list: Reference[],
  levels: Level[],
): { readonly join: JoinKind; readonly start: number } | undefined {
  let current = list[list.length - 1]!;
  addPending(levels[levels.length - 1]!, current);
  for (;;) {
    const level = levels[levels.length - 1]!;
    switch (walk.peek()) {
      case T.rightParen:
      case T.rightBrace:
        if (levels.length === 1) return undefined;
        walk.at++;
        levels.pop();
        current = list[level.first]!;
        if (current.join !== "first") addPending(levels[levels.length - 1]!, current);
        continue;
      case T.comma:
        walk.at++;
        return { join: "comma", start: walk.starts[walk.at - 1]! };
    }
    const word = walk.word();
    // INSERT ... SELECT ... FROM a JOIN b ON DUPLICATE KEY UPDATE: not the join's.
    if (word === K.ON && walk.word(1) === K.DUPLICATE && walk.word(2) === K.KEY) return undefined;
    if (word === K.ON || word === K.USING) {
      const target = level.pending.pop() ?? current;
      if (target.join === "left" && level.pendingLeft > 0) level.pendingLeft--;
      walk.at++;
      if (word === K.USING) {
        target.using = walk.nameList();
      } else {
        const clause = walk.clause;
        walk.clause = "on";
        const on = parseRoot(walk);
        walk.clause = clause;
        // A second ON for one join would be refused by MySQL; what comes first decides.
        target.on ??= on;
      }
      target.end = walk.lastEnd();
      continue;
    }
    return parseJoin(walk);
  }
}

function addPending(level: Level, reference: Reference): void {
  switch (reference.join) {
    case "inner":
    case "cross":
    case "straight":
    case "left":
    case "right":
    case "full":
      level.pending.push(reference);
      if (reference.join === "left") level.pendingLeft++;
  }
}

function parseJoin(walk: Walk): { readonly join: JoinKind; readonly start: number } | undefined {
  const start = walk.start();
  switch (walk.word()) {
    case K.JOIN:
      walk.at++;
      return { join: "inner", start };
    case K.INNER:
    case K.CROSS: {
      const join = walk.word() === K.CROSS ? "cross" : "inner";
      walk.at++;
      walk.expect(K.JOIN);
      return { join, start };
    }
    case K.STRAIGHT_JOIN:
      walk.at++;
      return { join: "straight", start };
    case K.LEFT:
    case K.RIGHT: {
      const join = walk.word() === K.LEFT ? "left" : "right";
      walk.at++;
      walk.take(K.OUTER);
      walk.expect(K.JOIN);
      return { join, start };
    }
    case K.NATURAL: {
      walk.at++;
      let join: JoinKind = "natural";
      if (walk.take(K.LEFT)) join = "natural-left";
      else if (walk.take(K.RIGHT)) join = "natural-right";
      else walk.take(K.INNER);
      walk.take(K.OUTER);
      walk.expect(K.JOIN);
      return { join, start };
    }
    case K.FULL:
      walk.at++;
      walk.take(K.OUTER);
      walk.expect(K.JOIN);
      return { join: "full", start };
    default:
      return undefined;
  }
}

function parseFactor(walk: Walk, join: JoinKind, nesting: number): Reference {
  const reference = new Reference(walk.start(), join, nesting);
  const lateral = walk.take(K.LATERAL);
  if (walk.peek() === T.leftParen) {
    reference.kind = "derived";
    reference.lateral = lateral;
    reference.query = parenthesisedQuery(walk, lateral ? "lateral" : "derived");
    reference.alias = parseAlias(walk, false);
    if (walk.peek() === T.leftParen) walk.nameList();
  } else if (walk.word() === K.JSON_TABLE && walk.peek(1) === T.leftParen) {
    reference.kind = "json-table";
    walk.at += 2;
    // The document may be a column or a call; the path and COLUMNS hold no expression.
    walk.root(parseExpression(walk, P.lowest));
    walk.skipToClose();
    walk.closeParen();
    reference.alias = parseAlias(walk, false);
  } else {
    parseTableFactor(walk, reference);
  }
  reference.end = walk.endFrom(reference.start);
  return reference;
}

function parseTableFactor(walk: Walk, reference: Reference): void {
  const table = walk.objectName();
  if (walk.peek() === T.leftParen && !startsQuery(walk, 0) && table.name.end > table.name.start) {
    // A table function: none in MySQL, but vtgate, MariaDB's plugins and typos have them.
    reference.kind = "table-function";
    walk.skipGroup();
    reference.alias = parseAlias(walk, false);
    return;
  }
  reference.table = table;
  if (table.schema === undefined) reference.cte = walk.usesCte(table.name.key);
  if (walk.word() === K.PARTITION && walk.peek(1) === T.leftParen) {
    walk.at++;
    reference.partitions = walk.nameList();
  }
  // MariaDB: FOR SYSTEM_TIME AS OF ...
  if (walk.word() === K.FOR && walk.spelled("SYSTEM_TIME", 1)) parseSystemTime(walk);
  if (walk.word() !== K.FULL || walk.word(1) !== K.JOIN && walk.word(1) !== K.OUTER) {
    if (!startsClause(walk)) reference.alias = parseAlias(walk, false);
  }
  if (walk.word() === K.TABLESAMPLE) {
    walk.at++;
    walk.takeName();
    walk.skipGroup();
  }
  if (isHint(walk)) {
    const hints: IndexHint[] = [];
    while (isHint(walk)) {
      hints.push(parseHint(walk));
    }
    reference.indexHints = hints;
  }
}

/** Words that may be names but, after a table, begin a clause. */
function startsClause(walk: Walk): boolean {
  const word = walk.word();
  return word === K.RETURNING && walk.options.dialect === "mariadb" ||
    word === K.OFFSET && walk.peek(1) === T.integer;
}

function parseSystemTime(walk: Walk): void {
  walk.at += 2;
  if (walk.take(K.ALL)) return;
  if (walk.take2(K.AS, K.OF)) {
    walk.take(K.TIMESTAMP);
    if (walk.word() === K.TRANSACTION) walk.at++;
    walk.root(parseExpression(walk, P.bitOr));
    return;
  }
  const between = walk.take(K.BETWEEN);
  if (!between) walk.expect(K.FROM);
  walk.root(parseExpression(walk, P.bitOr));
  walk.expect(between ? K.AND : K.TO);
  walk.root(parseExpression(walk, P.bitOr));
}

function isHint(walk: Walk): boolean {
  const word = walk.word();
  if (word !== K.USE && word !== K.IGNORE && word !== K.FORCE) return false;
  return walk.word(1) === K.INDEX || walk.word(1) === K.KEY;
}

function parseHint(walk: Walk): IndexHint {
  const start = walk.start();
  const word = walk.word();
  const action = word === K.USE ? "use" : word === K.IGNORE ? "ignore" : "force";
  walk.at += 2;
  let purpose: IndexHint["purpose"];
  if (walk.take(K.FOR)) {
    if (walk.take(K.JOIN)) purpose = "join";
    else if (walk.take2(K.ORDER, K.BY)) purpose = "order-by";
    else if (walk.take2(K.GROUP, K.BY)) purpose = "group-by";
    else walk.unexpected();
  }
  const indexes: Identifier[] = [];
  walk.expectKind(T.leftParen);
  while (!walk.done() && walk.peek() !== T.rightParen) {
    // PRIMARY is a reserved word and an index's name.
    indexes.push(walk.word() === K.PRIMARY ? walk.takeName() : walk.name());
    if (!walk.takeKind(T.comma)) break;
  }
  walk.closeParen();
  return { start, end: walk.endFrom(start), action, purpose, indexes: indexes.length === 0 ? NONE : indexes };
}
