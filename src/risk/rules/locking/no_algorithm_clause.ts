import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** ALTER TABLE without ALGORITHM or LOCK. */
export const noAlgorithmClause = statementRule({
  code: "L026",
  name: "no-algorithm-clause",
  group: "locking",
  title: "ALTER TABLE without ALGORITHM or LOCK",
  score: 12,
  why: "Without them the server silently falls back to copying the table; with them it refuses instead.",
  fix: "End the statement with ALGORITHM=INSTANT, or ALGORITHM=INPLACE, LOCK=NONE.",
  fires: ["ALTER TABLE users ADD a INT", "CREATE INDEX i ON users (a)"],
  quiet: ["ALTER TABLE users ADD a INT, ALGORITHM=INSTANT", "ALTER TABLE users ADD KEY (a), LOCK=NONE"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-table.html"],
  optIn: true,
  reads: "shape",
  kinds: ["alter-table", "create-index", "drop-index"],
  check(statement) {
    if (statement.algorithm !== undefined || statement.lock !== undefined) return NO_HITS;
    return [hit(statement.verb, "The server may fall back to copying the table without saying so")];
  },
});
