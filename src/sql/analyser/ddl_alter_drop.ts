/** ALTER TABLE ... DROP. */

import * as K from "../lexer/keyword_ids.ts";
import type { AlterItem } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Cursor } from "./cursor.ts";

/** DROP is next. */
export function parseDrop(cursor: Cursor): AlterItem {
  const start = cursor.start();
  cursor.at++;
  switch (cursor.word()) {
    case K.PRIMARY:
      cursor.at++;
      cursor.expect(K.KEY);
      return { action: "drop-primary-key", start, end: cursor.endFrom(start) };
    case K.INDEX:
    case K.KEY: {
      cursor.at++;
      const ifExists = cursor.take2(K.IF, K.EXISTS);
      // `PRIMARY` in backticks names the primary key.
      const name = cursor.name();
      if (name.key === "primary") return { action: "drop-primary-key", start, end: cursor.endFrom(start) };
      return { action: "drop-index", start, end: cursor.endFrom(start), name, ifExists };
    }
    case K.FOREIGN: {
      cursor.at++;
      cursor.expect(K.KEY);
      const ifExists = cursor.take2(K.IF, K.EXISTS);
      const name = cursor.name();
      return { action: "drop-foreign-key", start, end: cursor.endFrom(start), name, ifExists };
    }
    case K.CHECK: {
      cursor.at++;
      const name = cursor.name();
      return { action: "drop-check", start, end: cursor.endFrom(start), name };
    }
    case K.CONSTRAINT: {
      cursor.at++;
      const ifExists = cursor.take2(K.IF, K.EXISTS);
      const name = cursor.name();
      return { action: "drop-constraint", start, end: cursor.endFrom(start), name, ifExists };
    }
    case K.PARTITION: {
      cursor.at++;
      cursor.take2(K.IF, K.EXISTS);
      const partitions = cursor.nameSequence();
      return {
        action: "drop-partition",
        start,
        end: cursor.lastEnd(),
        partitions,
        all: false,
        count: undefined,
        definitions: NONE,
        exchangeWith: undefined,
      };
    }
    case K.SYSTEM:
      if (!cursor.spelled("VERSIONING", 1)) break;
      cursor.at += 2;
      return { action: "other", start, end: cursor.endFrom(start) };
  }
  cursor.take(K.COLUMN);
  const ifExists = cursor.take2(K.IF, K.EXISTS);
  const name = cursor.name();
  if (!cursor.take(K.CASCADE)) cursor.take(K.RESTRICT);
  return { action: "drop-column", start, end: cursor.endFrom(start), name, ifExists };
}
