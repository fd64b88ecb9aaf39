import { fileRule, NO_FILE_HITS } from "../../rule.ts";

/** DDL without lock_wait_timeout. */
export const noLockWaitTimeout = fileRule({
  code: "L029",
  name: "no-lock-wait-timeout",
  group: "locking",
  title: "DDL without lock_wait_timeout",
  score: 10,
  why:
    "DDL waits for the table's metadata lock for up to a year, and every later query of the table queues behind it.",
  fix: "SET SESSION lock_wait_timeout = 5 before the DDL, and retry.",
  fires: ["ALTER TABLE users ADD a INT"],
  quiet: ["SET SESSION lock_wait_timeout = 5; ALTER TABLE users ADD a INT"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/metadata-locking.html"],
  optIn: true,
  open() {
    let settled = false;
    return {
      statement(statement, place) {
        if (settled) return NO_FILE_HITS;
        if (statement.kind === "set") {
          settled = statement.items.some((item) => item.name === "lock_wait_timeout");
        }
        if (
          statement.kind !== "alter-table" && statement.kind !== "create-index" &&
          statement.kind !== "drop-index"
        ) {
          return NO_FILE_HITS;
        }
        settled = true;
        return [{ place, span: statement.verb, message: "Waits for its metadata lock for up to a year" }];
      },
      end: () => NO_FILE_HITS,
    };
  },
});
