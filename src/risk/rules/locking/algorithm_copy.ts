import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** ALGORITHM=COPY. */
export const algorithmCopy = statementRule({
  code: "L003",
  name: "algorithm-copy",
  group: "locking",
  title: "ALGORITHM=COPY",
  score: 75,
  why:
    "The table is copied row by row and writes wait until it is done, even where the server could do better.",
  fix:
    "Write ALGORITHM=INSTANT or ALGORITHM=INPLACE, LOCK=NONE: the server refuses what it cannot do that way.",
  fires: ["ALTER TABLE users ADD a INT, ALGORITHM=COPY", "CREATE INDEX i ON users (a) ALGORITHM = COPY"],
  quiet: ["ALTER TABLE users ADD a INT, ALGORITHM=INSTANT"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-table.html"],
  reads: "shape",
  kinds: ["alter-table", "create-index", "drop-index"],
  check(statement) {
    return statement.algorithm?.value === "copy"
      ? [hit(statement.algorithm, `Copies ${displayName(statement.table)} with writes blocked`)]
      : NO_HITS;
  },
});
