import { commitsImplicitly } from "../../implicit_commit.ts";
import { fileRule, NO_FILE_HITS } from "../../rule.ts";

/** DDL inside a transaction. */
export const ddlInTransaction = fileRule({
  code: "T007",
  name: "ddl-in-transaction",
  group: "transaction",
  title: "DDL inside a transaction",
  score: 50,
  why: "MySQL commits the transaction before the DDL, so neither it nor what came before can be rolled back.",
  fix: "Take the DDL out of the transaction and make each step safe to repeat.",
  fires: ["BEGIN; UPDATE t SET a = 1 WHERE id = 2; ALTER TABLE t ADD b INT; COMMIT"],
  quiet: [
    "ALTER TABLE t ADD b INT; BEGIN; UPDATE t SET a = 1 WHERE id = 2; COMMIT",
    "BEGIN; CREATE TEMPORARY TABLE x (id INT PRIMARY KEY); COMMIT",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html"],
  open() {
    let open = false;
    return {
      statement(statement, place) {
        if (statement.kind === "begin") open = true;
        else if (statement.kind === "commit" || statement.kind === "rollback") open = statement.chain;
        else if (open && commitsImplicitly(statement)) {
          open = false;
          return [{ place, span: statement.verb, message: "Commits the open transaction before it runs" }];
        }
        return NO_FILE_HITS;
      },
      end: () => NO_FILE_HITS,
    };
  },
});
