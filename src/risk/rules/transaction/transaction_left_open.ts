import { fileRule, type StatementPlace } from "../../rule.ts";

/** Transaction without COMMIT or ROLLBACK. Whether the file's last BEGIN ever ends. */
export const transactionLeftOpen = fileRule({
  code: "T006",
  name: "transaction-left-open",
  group: "transaction",
  title: "Transaction without COMMIT or ROLLBACK",
  score: 45,
  why:
    "When the client disconnects the server rolls the transaction back, so the file's changes are silently lost.",
  fix: "End the transaction with COMMIT, or leave BEGIN to the migration runner.",
  fires: ["BEGIN; UPDATE t SET a = 1 WHERE id = 2", "START TRANSACTION; COMMIT; START TRANSACTION; SELECT 1"],
  quiet: ["BEGIN; UPDATE t SET a = 1 WHERE id = 2; COMMIT", "UPDATE t SET a = 1 WHERE id = 2"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/commit.html"],
  open() {
    let begun: StatementPlace | undefined;
    return {
      statement(statement, place) {
        if (statement.kind === "begin") begun = place;
        else if (statement.kind === "commit" || statement.kind === "rollback") {
          begun = statement.chain ? place : undefined;
        }
        return [];
      },
      end: () =>
        begun === undefined ? [] : [{
          place: begun,
          message: "This transaction has no COMMIT or ROLLBACK before the end of the file",
        }],
    };
  },
});
