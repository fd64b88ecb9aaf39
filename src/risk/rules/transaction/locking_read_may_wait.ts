import { hit, statementRule } from "../../rule.ts";

/** Locking read that may wait. */
export const lockingReadMayWait = statementRule({
  code: "T003",
  name: "locking-read-may-wait",
  group: "transaction",
  title: "Locking read that may wait",
  score: 20,
  why: "It waits for other sessions' locks up to innodb_lock_wait_timeout, 50 seconds by default.",
  fix: "Where the caller can do something else, write NOWAIT or SKIP LOCKED.",
  fires: ["SELECT id FROM jobs WHERE state = 'new' FOR UPDATE"],
  quiet: [
    "SELECT id FROM jobs WHERE state = 'new' FOR UPDATE NOWAIT",
    "SELECT id FROM jobs WHERE state = 'new' LIMIT 1 FOR UPDATE",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-locking-reads.html"],
  reads: "shape",
  needs: "locking",
  kinds: ["select"],
  check(statement) {
    return statement.blocks.flatMap((block) =>
      block.where === undefined || block.limit !== undefined
        ? []
        : block.locking.filter((locking) => locking.wait === undefined || locking.wait === "wait").map((
          locking,
        ) => hit(locking, "Waits for other sessions' row locks"))
    );
  },
});
