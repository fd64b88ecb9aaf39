import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** INSERT ... ON DUPLICATE KEY UPDATE. */
export const upsert = statementRule({
  code: "T012",
  name: "upsert",
  group: "transaction",
  title: "INSERT ... ON DUPLICATE KEY UPDATE",
  score: 20,
  why:
    "It takes gap locks that deadlock under concurrency, and with two unique keys it is not certain which row it updates.",
  fix: "Keep it to tables with one unique key, and insert rows in a fixed order.",
  fires: ["INSERT INTO t (id, n) VALUES (1, 2) ON DUPLICATE KEY UPDATE n = n + 1"],
  quiet: ["INSERT INTO t (id, n) VALUES (1, 2)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html"],
  reads: "shape",
  kinds: ["insert"],
  check(statement) {
    return statement.onDuplicateSpan === undefined ? NO_HITS : [
      hit(
        statement.onDuplicateSpan,
        "Takes gap locks; with two unique keys the row it updates is not certain",
      ),
    ];
  },
});
