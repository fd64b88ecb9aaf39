/** SELECT ... INTO, and the FIELDS and LINES clauses that it shares with LOAD DATA. */

import * as K from "../lexer/keyword_ids.ts";
import { T } from "../lexer/tokens.ts";
import type { Expression, IntoTarget, Option, Text } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";
import { parseOperand } from "./operands.ts";

/** INTO is next. */
export function parseInto(cursor: Cursor): IntoTarget {
  const start = cursor.start();
  cursor.at++;
  const outfile = cursor.take(K.OUTFILE);
  if (outfile || cursor.take(K.DUMPFILE)) {
    const file: Text | undefined = cursor.text();
    const charset = outfile ? parseCharset(cursor) : undefined;
    const options = outfile ? parseFileOptions(cursor) : NONE;
    const kind = outfile ? "outfile" : "dumpfile";
    return { start, end: cursor.endFrom(start), kind, file, charset, variables: NONE, options };
  }
  const variables: Expression[] = [];
  do variables.push(parseOperand(cursor)); while (cursor.takeKind(T.comma));
  return {
    start,
    end: cursor.lastEnd(),
    kind: "variables",
    file: undefined,
    charset: undefined,
    variables,
    options: NONE,
  };
}

/** `CHARACTER SET name` or `CHARSET name` where it is next, in lower case. */
export function parseCharset(cursor: Cursor): string | undefined {
  if (!cursor.take2(K.CHARACTER, K.SET) && !cursor.take(K.CHARSET) && !cursor.take2(K.CHAR, K.SET)) {
    return undefined;
  }
  cursor.takeKind(T.equal);
  return cursor.word() === K.BINARY || cursor.word() === K.DEFAULT
    ? cursor.takeName().key
    : cursor.nameOrText().key;
}

/** `FIELDS TERMINATED BY 'x' ...  LINES STARTING BY 'x' ...` */
export function parseFileOptions(cursor: Cursor): Option[] {
  const options: Option[] = [];
  for (;;) {
    const word = cursor.word();
    if (word !== K.FIELDS && word !== K.COLUMNS && word !== K.LINES) return options;
    const group = word === K.LINES ? "LINES" : "FIELDS";
    cursor.at++;
    for (;;) {
      const from = cursor.at;
      cursor.take(K.OPTIONALLY);
      const what = cursor.word();
      if (what !== K.TERMINATED && what !== K.ENCLOSED && what !== K.ESCAPED && what !== K.STARTING) break;
      cursor.at++;
      const name = `${group} ${cursor.wordsBetween(from, cursor.at)}`;
      cursor.expect(K.BY);
      const text = cursor.text();
      const start = cursor.starts[from]!;
      const valueSpan = { start: text?.start ?? start, end: cursor.endFrom(start) };
      options.push({ start, end: cursor.endFrom(start), name, value: text?.value ?? "", valueSpan });
    }
  }
}
