import { fileRule, NO_FILE_HITS, type StatementPlace } from "../../rule.ts";

/** LOCK TABLES without UNLOCK TABLES. */
export const lockWithoutUnlock = fileRule({
  code: "T011",
  name: "lock-without-unlock",
  group: "transaction",
  title: "LOCK TABLES without UNLOCK TABLES",
  score: 60,
  why: "The locks are held until the client disconnects, which a pooled connection may not do for hours.",
  fix: "End with UNLOCK TABLES.",
  fires: ["LOCK TABLES users WRITE; UPDATE users SET a = 1 WHERE id = 2"],
  quiet: ["LOCK TABLES users WRITE; UPDATE users SET a = 1 WHERE id = 2; UNLOCK TABLES"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/lock-tables.html"],
  open() {
    let locked: StatementPlace | undefined;
    return {
      statement(statement, place) {
        if (statement.kind === "lock-tables") locked = place;
        else if (statement.kind === "unlock-tables" || statement.kind === "begin") locked = undefined;
        return NO_FILE_HITS;
      },
      end: () =>
        locked === undefined
          ? NO_FILE_HITS
          : [{ place: locked, message: "These locks are never released in this file" }],
    };
  },
});
