/** VALUES (..), (..): every row counted, few kept, so that a statement of a million rows costs neither time nor memory. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Expression, ValueRow, ValueRows } from "../statement.ts";
import type { Cursor } from "./cursor.ts";
import { parseExpression } from "./expressions.ts";
import { P } from "./operators.ts";

/** Rows whose values are kept whatever they are. */
const KEPT_ROWS = 16;

/** The rows after VALUES; `listed` is how many columns the column list names. */
export function parseRows(cursor: Cursor, listed: number | undefined): ValueRows {
  const start = cursor.start();
  const clause = cursor.clause;
  cursor.clause = "values";
  const rows: ValueRow[] = [];
  let rowCount = 0;
  let width = 0;
  let mismatch: ValueRows["mismatch"];
  do {
    const rowStart = cursor.start();
    cursor.take(K.ROW);
    let count = rowCount < KEPT_ROWS ? -1 : plainRow(cursor);
    if (count < 0) {
      const values = parseRow(cursor);
      rows.push({ start: rowStart, end: cursor.lastEnd(), index: rowCount, values });
      count = values.length;
    }
    if (rowCount === 0) width = count;
    const expected = listed === undefined || listed === 0 ? width : listed;
    // `VALUES ()` takes every column's default, whatever the list says when there is none.
    if (count !== expected && mismatch === undefined && !(listed === 0 && count === 0)) {
      mismatch = { start: rowStart, end: cursor.lastEnd(), row: rowCount, width: count, expected };
    }
    rowCount++;
  } while (cursor.takeKind(T.comma));
  cursor.clause = clause;
  return { start, end: cursor.endFrom(start), rowCount, rows, width, mismatch };
}

/** Passes a row of nothing but literals and gives their number; -1, and nothing passed, where it holds anything else. */
function plainRow(cursor: Cursor): number {
  const { kind, keywords, stop } = cursor;
  let at = cursor.at;
  if (at >= stop || kind[at] !== T.leftParen) return -1;
  let count = 0;
  for (;;) {
    at++;
    if (at < stop && kind[at] === T.minus) at++;
    if (at + 1 >= stop) return -1;
    switch (kind[at]) {
      case T.integer:
      case T.decimal:
      case T.float:
      case T.string:
      case T.hexLiteral:
      case T.bitLiteral:
      case T.placeholder:
        break;
      case T.keyword: {
        const keyword = keywords[at];
        if (keyword !== K.NULL && keyword !== K.DEFAULT && keyword !== K.TRUE && keyword !== K.FALSE) {
          return -1;
        }
        break;
      }
      case T.charsetIntroducer:
        if (kind[at + 1] !== T.string && kind[at + 1] !== T.hexLiteral) return -1;
        at++;
        break;
      default:
        return -1;
    }
    at++;
    count++;
    if (at >= stop) return -1;
    if (kind[at] === T.comma) continue;
    if (kind[at] !== T.rightParen) return -1;
    cursor.at = at + 1;
    return count;
  }
}

function parseRow(cursor: Cursor): Expression[] {
  const values: Expression[] = [];
  if (!cursor.takeKind(T.leftParen)) {
    // `VALUES ?` and `VALUES :rows`: a list bound as a whole.
    values.push(parseExpression(cursor, P.lowest));
    return values;
  }
  while (!cursor.done() && cursor.peek() !== T.rightParen) {
    const value = parseExpression(cursor, P.lowest);
    if (!isLiteral(value)) cursor.root(value);
    values.push(value);
    if (!cursor.nextInList()) break;
  }
  cursor.closeParen();
  return values;
}

function isLiteral(value: Expression): boolean {
  switch (value.type) {
    case "number":
    case "string":
    case "null":
    case "placeholder":
    case "default":
    case "hex":
    case "bit":
    case "boolean":
      return true;
    default:
      return false;
  }
}
