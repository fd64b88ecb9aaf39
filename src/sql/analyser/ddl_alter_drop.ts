/** ALTER TABLE ... DROP. */

import * as K from "../keyword_ids.ts";
import type { AlterItem } from "../statement.ts";
import { NONE } from "./block.ts";
import type { Walk } from "./walk.ts";

/** DROP is next. */
export function parseDrop(walk: Walk): AlterItem {
  const start = walk.start();
  walk.at++;
  switch (walk.word()) {
    case K.PRIMARY:
      walk.at++;
      walk.expect(K.KEY);
      return { action: "drop-primary-key", start, end: walk.endFrom(start) };
    case K.INDEX:
    case K.KEY: {
      walk.at++;
      const ifExists = walk.take2(K.IF, K.EXISTS);
      // `PRIMARY` in backticks names the primary key.
      const name = walk.name();
      if (name.key === "primary") return { action: "drop-primary-key", start, end: walk.endFrom(start) };
      return { action: "drop-index", start, end: walk.endFrom(start), name, ifExists };
    }
    case K.FOREIGN: {
      walk.at++;
      walk.expect(K.KEY);
      const ifExists = walk.take2(K.IF, K.EXISTS);
      const name = walk.name();
      return { action: "drop-foreign-key", start, end: walk.endFrom(start), name, ifExists };
    }
    case K.CHECK: {
      walk.at++;
      const name = walk.name();
      return { action: "drop-check", start, end: walk.endFrom(start), name };
    }
    case K.CONSTRAINT: {
      walk.at++;
      const ifExists = walk.take2(K.IF, K.EXISTS);
      const name = walk.name();
      return { action: "drop-constraint", start, end: walk.endFrom(start), name, ifExists };
    }
    case K.PARTITION: {
      walk.at++;
      walk.take2(K.IF, K.EXISTS);
      const partitions = walk.nameSequence();
      return {
        action: "drop-partition",
        start,
        end: walk.lastEnd(),
        partitions,
        all: false,
        count: undefined,
        definitions: NONE,
        exchangeWith: undefined,
      };
    }
    case K.SYSTEM:
      if (!walk.spelled("VERSIONING", 1)) break;
      walk.at += 2;
      return { action: "other", start, end: walk.endFrom(start) };
  }
  walk.take(K.COLUMN);
  const ifExists = walk.take2(K.IF, K.EXISTS);
  const name = walk.name();
  if (!walk.take(K.CASCADE)) walk.take(K.RESTRICT);
  return { action: "drop-column", start, end: walk.endFrom(start), name, ifExists };
}
