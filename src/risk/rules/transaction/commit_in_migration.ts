import { fileRule, NO_FILE_HITS } from "../../rule.ts";

/** COMMIT or ROLLBACK without a BEGIN in the file. A file that begins its own transactions may end them. */
export const commitInMigration = fileRule({
  code: "T014",
  name: "commit-in-migration",
  group: "transaction",
  title: "COMMIT or ROLLBACK without a BEGIN in the file",
  score: 20,
  why:
    "It ends a transaction that somebody else began, usually the migration runner, whose rollback then rolls nothing back.",
  fix: "Leave the transaction to the runner, or begin it in this file.",
  fires: ["UPDATE t SET a = 1 WHERE id = 2; COMMIT"],
  quiet: ["BEGIN; UPDATE t SET a = 1 WHERE id = 2; COMMIT"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/commit.html"],
  open() {
    let own = false;
    return {
      statement(statement, place, context) {
        if (statement.kind === "begin") own = true;
        else if (statement.kind === "set" && statement.items.some((item) => item.name === "autocommit")) {
          own = true;
        } else if (
          !own && (statement.kind === "commit" || statement.kind === "rollback") &&
          context.file?.dump !== true
        ) {
          return [{ place, message: "Ends a transaction that this file did not begin" }];
        }
        return NO_FILE_HITS;
      },
      end: () => NO_FILE_HITS,
    };
  },
});
