import { fileRule, NO_FILE_HITS, type StatementPlace } from "../../rule.ts";

/** GET_LOCK without RELEASE_LOCK. */
export const namedLockNotReleased = fileRule({
  code: "T015",
  name: "named-lock-not-released",
  group: "transaction",
  title: "GET_LOCK without RELEASE_LOCK",
  score: 35,
  why: "The lock is held until the client disconnects, which a pooled connection may not do for hours.",
  fix: "Release it with RELEASE_LOCK, also when something fails.",
  fires: ["SELECT GET_LOCK('job', 5); SELECT 1"],
  quiet: ["SELECT GET_LOCK('job', 5); SELECT 1; DO RELEASE_LOCK('job')"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html"],
  open() {
    let held: StatementPlace | undefined;
    return {
      statement(statement, place) {
        for (const { key } of statement.calls) {
          if (key === "get_lock") held = place;
          else if (key === "release_lock" || key === "release_all_locks") held = undefined;
        }
        return NO_FILE_HITS;
      },
      end: () =>
        held === undefined
          ? NO_FILE_HITS
          : [{ place: held, message: "This lock is never released in this file" }],
    };
  },
});
