import { hit, statementRule } from "../../rule.ts";
import { switchOf } from "../../variables.ts";

/** SET autocommit = 0. */
export const autocommitOff = statementRule({
  code: "T005",
  name: "autocommit-off",
  group: "transaction",
  title: "SET autocommit = 0",
  score: 45,
  why:
    "From the next statement on a transaction is always open, so locks and old row versions stay until somebody commits.",
  fix: "Leave autocommit on and begin a transaction where one is needed.",
  fires: ["SET autocommit = 0", "SET @@session.autocommit = OFF"],
  quiet: ["SET autocommit = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-autocommit-commit-rollback.html"],
  reads: "text",
  kinds: ["set"],
  check(statement, context) {
    return statement.items.flatMap((item) =>
      item.target === "system" && item.name === "autocommit" && switchOf(item) === false
        ? [
          hit(
            item,
            "Leaves a transaction open from the next statement on",
            context.file?.dump === true ? 5 : undefined,
          ),
        ]
        : []
    );
  },
});
