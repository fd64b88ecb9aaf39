import { commitsImplicitly } from "../../implicit_commit.ts";
import { fileRule, NO_FILE_HITS } from "../../rule.ts";

/** BEGIN inside a transaction. */
export const nestedTransaction = fileRule({
  code: "T008",
  name: "nested-transaction",
  group: "transaction",
  title: "BEGIN inside a transaction",
  score: 45,
  why: "MySQL has no nested transactions: the second BEGIN commits the first.",
  fix: "Use SAVEPOINT for a part that may be rolled back alone.",
  fires: ["BEGIN; UPDATE t SET a = 1 WHERE id = 2; START TRANSACTION; COMMIT"],
  quiet: ["BEGIN; SAVEPOINT a; ROLLBACK TO a; COMMIT", "BEGIN; COMMIT; BEGIN; COMMIT"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html"],
  open() {
    let open = false;
    return {
      statement(statement, place) {
        if (statement.kind === "begin") {
          if (open) return [{ place, message: "Commits the transaction that is already open" }];
          open = true;
        } else if (statement.kind === "commit" || statement.kind === "rollback") open = statement.chain;
        else if (commitsImplicitly(statement)) open = false;
        return NO_FILE_HITS;
      },
      end: () => NO_FILE_HITS,
    };
  },
});
