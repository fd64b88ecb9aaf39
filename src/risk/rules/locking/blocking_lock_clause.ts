import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** LOCK=SHARED or LOCK=EXCLUSIVE. */
export const blockingLockClause = statementRule({
  code: "L004",
  name: "blocking-lock-clause",
  group: "locking",
  title: "LOCK=SHARED or LOCK=EXCLUSIVE",
  score: 70,
  why: "Writes, and with EXCLUSIVE reads too, wait until the change is done.",
  fix: "Write LOCK=NONE: the server refuses what it cannot do that way.",
  fires: ["ALTER TABLE users ADD INDEX (a), LOCK=EXCLUSIVE", "CREATE INDEX i ON users (a) LOCK SHARED"],
  quiet: ["ALTER TABLE users ADD INDEX (a), LOCK=NONE"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-table.html"],
  reads: "shape",
  kinds: ["alter-table", "create-index", "drop-index"],
  check(statement) {
    const { lock } = statement;
    if (lock?.value !== "shared" && lock?.value !== "exclusive") return NO_HITS;
    return [
      hit(
        lock,
        `Blocks ${lock.value === "shared" ? "writes to" : "reads and writes of"} ${
          displayName(statement.table)
        }`,
      ),
    ];
  },
});
