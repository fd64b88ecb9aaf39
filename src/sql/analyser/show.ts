/** SHOW, DESCRIBE and EXPLAIN. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { ExplainDetail, ObjectName, Option, ShowDetail, Statement } from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import type { ParsedDetail } from "./facts.ts";
import { QualifiedName } from "./nodes.ts";
import { parseOperand } from "./operands.ts";
import { parseOptionValue } from "./options.ts";
import { parseWhere } from "./select.ts";

/** Words of SHOW after which FROM or IN names a table, not a database. */
const OF_TABLE = /(^| )(COLUMNS|FIELDS|INDEX|INDEXES|KEYS)$/;

/** SHOW is passed. */
export function parseShow(cursor: Cursor): ShowDetail {
  const from = cursor.at;
  let object: ObjectName | undefined;
  while (!cursor.done() && !ENDS_WORDS.has(cursor.word()) && isWord(cursor)) {
    cursor.at++;
    const last = cursor.keywords[cursor.at - 1]!;
    if (cursor.at - from === 2 && cursor.keywords[from] === K.CREATE || last === K.CODE) break;
    if (cursor.peek() === T.dot) break;
  }
  const what = cursor.wordsBetween(from, cursor.at);
  if (what === "") cursor.unexpected();
  if (/^CREATE /.test(what) || / CODE$/.test(what)) {
    if (cursor.word() === K.IF) cursor.at += cursor.word(1) === K.NOT ? 3 : 2;
    if (cursor.isName()) object = cursor.objectName();
  } else if (OF_TABLE.test(what) && (cursor.take(K.FROM) || cursor.take(K.IN))) {
    object = cursor.objectName();
  }
  if (cursor.take(K.FROM) || cursor.take(K.IN)) {
    // The database, or a log's name.
    if (cursor.isName() || cursor.peek() === T.string) {
      const schema = cursor.nameOrText();
      if (object !== undefined) object = new QualifiedName(schema, object.name);
    }
  }
  if (object !== undefined && SHOWS_TABLE.test(what)) cursor.readTable(object);
  cursor.clause = "where";
  const like = cursor.take(K.LIKE) ? cursor.text() : undefined;
  const where = parseWhere(cursor)?.condition;
  // FOR user, FOR QUERY n, LIMIT, FROM position, statements of SHOW PARSE_TREE.
  if (what.startsWith("PARSE_TREE")) cursor.at = cursor.stop;
  else cursor.skipRest();
  return { kind: "show", what, object, like, where };
}

/** Words of SHOW whose object is a table, view or sequence. */
const SHOWS_TABLE = /^CREATE (TABLE|VIEW|SEQUENCE)$|(^| )(COLUMNS|FIELDS|INDEX|INDEXES|KEYS)$/;

const ENDS_WORDS: ReadonlySet<number> = new Set([K.FROM, K.IN, K.LIKE, K.WHERE, K.FOR, K.LIMIT]);

function isWord(cursor: Cursor): boolean {
  const kind = cursor.peek();
  return kind === T.keyword || kind === T.identifier;
}

/** EXPLAIN, DESCRIBE or DESC is passed. `inner` analyses the statement that is explained. */
export function parseExplain(cursor: Cursor, inner: () => Statement): ParsedDetail {
  let analyze = false;
  let format: string | undefined;
  let into: ExplainDetail["into"];
  const options: Option[] = [];
  for (;;) {
    const start = cursor.start();
    const word = cursor.word();
    if (word === K.ANALYZE && cursor.peek(1) !== T.end) {
      analyze = true;
      cursor.at++;
    } else if ((word === K.EXTENDED || word === K.PARTITIONS) && startsStatement(cursor, 1)) {
      cursor.at++;
    } else if (word === K.FORMAT && cursor.peek(1) === T.equal) {
      cursor.at++;
      const { value, span } = parseOptionValue(cursor);
      format = value.toLowerCase();
      options.push({ start, end: cursor.endFrom(start), name: "FORMAT", value, valueSpan: span });
    } else if (word === K.INTO) {
      cursor.at++;
      into = parseOperand(cursor);
    } else if (word === K.FOR && (cursor.word(1) === K.DATABASE || cursor.word(1) === K.SCHEMA)) {
      cursor.at += 2;
      cursor.name();
    } else {
      break;
    }
  }
  if (cursor.word() === K.FOR && cursor.word(1) === K.CONNECTION) {
    cursor.at += 2;
    cursor.number();
    return { kind: "explain", analyze, format, inner: undefined, into, options };
  }
  if (startsStatement(cursor, 0)) {
    const statement = inner();
    // The rows that the statement would change are left alone: it writes nothing.
    cursor.writes = [];
    return { kind: "explain", analyze, format, inner: statement, into, options };
  }
  const table = cursor.objectName();
  cursor.readTable(table);
  if (!cursor.done() && (cursor.isName() || cursor.peek() === T.string)) cursor.nameOrText();
  return { kind: "describe-table", table };
}

function startsStatement(cursor: Cursor, ahead: number): boolean {
  switch (cursor.word(ahead)) {
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
      return cursor.peek(ahead) === T.leftParen || cursor.word(ahead) === K.EXTENDED ||
        cursor.word(ahead) === K.PARTITIONS ||
        cursor.word(ahead) === K.FORMAT && cursor.peek(ahead + 1) === T.equal;
  }
}
