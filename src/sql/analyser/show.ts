/** SHOW, DESCRIBE and EXPLAIN. */

import * as K from "../keyword_ids.ts";
import type { ExplainDetail, ObjectName, Option, ShowDetail, Statement } from "../statement.ts";
import { T } from "../tokens.ts";
import type { PlainDetail } from "./facts.ts";
import { parseOperand } from "./operands.ts";
import { parseOptionValue } from "./options.ts";
import { parseWhere } from "./select.ts";
import type { Walk } from "./walk.ts";

/** Words of SHOW after which FROM or IN names a table, not a database. */
const OF_TABLE = /(^| )(COLUMNS|FIELDS|INDEX|INDEXES|KEYS)$/;

/** SHOW is passed. */
export function parseShow(walk: Walk): ShowDetail {
  const from = walk.at;
  let object: ObjectName | undefined;
  while (!walk.done() && !ENDS_WORDS.has(walk.word()) && isWord(walk)) {
    walk.at++;
    const last = walk.keywords[walk.at - 1]!;
    if (walk.at - from === 2 && walk.keywords[from] === K.CREATE || last === K.CODE) break;
    if (walk.peek() === T.dot) break;
  }
  const what = walk.wordsBetween(from, walk.at);
  if (what === "") walk.unexpected();
  if (/^CREATE /.test(what) || / CODE$/.test(what)) {
    if (walk.word() === K.IF) walk.at += walk.word(1) === K.NOT ? 3 : 2;
    if (walk.isName()) object = walk.objectName();
  } else if (OF_TABLE.test(what) && (walk.take(K.FROM) || walk.take(K.IN))) {
    object = walk.objectName();
    walk.reads.push({
      start: object.start,
      end: object.end,
      table: object,
      alias: undefined,
      block: undefined,
    });
  }
  if (walk.take(K.FROM) || walk.take(K.IN)) {
    // The database, or a log's name.
    if (walk.isName() || walk.peek() === T.string) walk.nameOrText();
  }
  walk.clause = "where";
  const like = walk.take(K.LIKE) ? walk.text() : undefined;
  const where = parseWhere(walk)?.condition;
  // FOR user, FOR QUERY n, LIMIT, FROM position, statements of SHOW PARSE_TREE.
  walk.at = walk.stop;
  return { kind: "show", what, object, like, where };
}

const ENDS_WORDS: ReadonlySet<number> = new Set([K.FROM, K.IN, K.LIKE, K.WHERE, K.FOR, K.LIMIT]);

function isWord(walk: Walk): boolean {
  const kind = walk.peek();
  return kind === T.keyword || kind === T.identifier;
}

/** EXPLAIN, DESCRIBE or DESC is passed. `inner` analyses the statement that is explained. */
export function parseExplain(walk: Walk, inner: () => Statement): PlainDetail {
  let analyze = false;
  let format: string | undefined;
  let into: ExplainDetail["into"];
  const options: Option[] = [];
  for (;;) {
    const start = walk.start();
    const word = walk.word();
    if (word === K.ANALYZE && walk.peek(1) !== T.end) {
      analyze = true;
      walk.at++;
    } else if ((word === K.EXTENDED || word === K.PARTITIONS) && startsStatement(walk, 1)) {
      walk.at++;
    } else if (word === K.FORMAT && walk.peek(1) === T.equal) {
      walk.at++;
      const { value, span } = parseOptionValue(walk);
      format = value.toLowerCase();
      options.push({ start, end: walk.endFrom(start), name: "FORMAT", value, valueSpan: span });
    } else if (word === K.INTO) {
      walk.at++;
      into = parseOperand(walk);
    } else if (word === K.FOR && (walk.word(1) === K.DATABASE || walk.word(1) === K.SCHEMA)) {
      walk.at += 2;
      walk.name();
    } else {
      break;
    }
  }
  if (walk.word() === K.FOR && walk.word(1) === K.CONNECTION) {
    walk.at += 2;
    walk.number();
    return { kind: "explain", analyze, format, inner: undefined, into, options };
  }
  if (startsStatement(walk, 0)) {
    const statement = inner();
    // The rows that the statement would change are left alone: it writes nothing.
    walk.writes = [];
    return { kind: "explain", analyze, format, inner: statement, into, options };
  }
  const table = walk.objectName();
  walk.reads.push({ start: table.start, end: table.end, table, alias: undefined, block: undefined });
  if (!walk.done() && (walk.isName() || walk.peek() === T.string)) walk.nameOrText();
  return { kind: "describe-table", table };
}

function startsStatement(walk: Walk, ahead: number): boolean {
  switch (walk.word(ahead)) {
    case K.SELECT:
    case K.INSERT:
    case K.REPLACE:
    case K.UPDATE:
    case K.DELETE:
    case K.TABLE:
    case K.WITH:
    case K.VALUES:
      return true;
    default:
      return walk.peek(ahead) === T.leftParen || walk.word(ahead) === K.EXTENDED ||
        walk.word(ahead) === K.PARTITIONS ||
        walk.word(ahead) === K.FORMAT && walk.peek(ahead + 1) === T.equal;
  }
}
