/** SELECT ... INTO, and the FIELDS and LINES clauses that it shares with LOAD DATA. */

import * as K from "../keyword_ids.ts";
import type { Expression, IntoTarget, Option, Text } from "../statement.ts";
import { T } from "../tokens.ts";
import { NONE } from "./block.ts";
import { parseOperand } from "./operands.ts";
import type { Walk } from "./walk.ts";

/** INTO is next. */
export function parseInto(walk: Walk): IntoTarget {
  const start = walk.start();
  walk.at++;
  const outfile = walk.take(K.OUTFILE);
  if (outfile || walk.take(K.DUMPFILE)) {
    const file: Text | undefined = walk.text();
    const charset = outfile ? parseCharset(walk) : undefined;
    const options = outfile ? parseFileOptions(walk) : NONE;
    const kind = outfile ? "outfile" : "dumpfile";
    return { start, end: walk.endFrom(start), kind, file, charset, variables: NONE, options };
  }
  const variables: Expression[] = [];
  do variables.push(parseOperand(walk)); while (walk.takeKind(T.comma));
  return {
    start,
    end: walk.lastEnd(),
    kind: "variables",
    file: undefined,
    charset: undefined,
    variables,
    options: NONE,
  };
}

/** `CHARACTER SET name` or `CHARSET name` where it is next, in lower case. */
export function parseCharset(walk: Walk): string | undefined {
  if (!walk.take2(K.CHARACTER, K.SET) && !walk.take(K.CHARSET) && !walk.take2(K.CHAR, K.SET)) {
    return undefined;
  }
  walk.takeKind(T.equal);
  return walk.word() === K.BINARY || walk.word() === K.DEFAULT ? walk.takeName().key : walk.nameOrText().key;
}

/** `FIELDS TERMINATED BY 'x' ...  LINES STARTING BY 'x' ...` */
export function parseFileOptions(walk: Walk): Option[] {
  const options: Option[] = [];
  for (;;) {
    const word = walk.word();
    if (word !== K.FIELDS && word !== K.COLUMNS && word !== K.LINES) return options;
    const group = word === K.LINES ? "LINES" : "FIELDS";
    walk.at++;
    for (;;) {
      const from = walk.at;
      walk.take(K.OPTIONALLY);
      const what = walk.word();
      if (what !== K.TERMINATED && what !== K.ENCLOSED && what !== K.ESCAPED && what !== K.STARTING) break;
      walk.at++;
      const name = `${group} ${walk.wordsBetween(from, walk.at)}`;
      walk.expect(K.BY);
      const text = walk.text();
      const start = walk.starts[from]!;
      const valueSpan = { start: text?.start ?? start, end: walk.endFrom(start) };
      options.push({ start, end: walk.endFrom(start), name, value: text?.value ?? "", valueSpan });
    }
  }
}
