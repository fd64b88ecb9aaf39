import { displayAccount } from "../../accounts.ts";
import { statementRule } from "../../rule.ts";

/** DROP USER or DROP ROLE. */
export const dropUser = statementRule({
  code: "A009",
  name: "drop-user",
  group: "admin",
  title: "DROP USER or DROP ROLE",
  score: 75,
  why:
    "Whatever still uses the account cannot log in again, its privileges are gone, and objects it defines stop working.",
  fix: "Lock the account first (ALTER USER ... ACCOUNT LOCK), wait, and drop it when nothing has missed it.",
  fires: ["DROP USER app", "DROP USER IF EXISTS 'a'@'%', 'b'@'%'", "DROP ROLE reader"],
  quiet: ["ALTER USER app ACCOUNT LOCK", "DROP TABLE user"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/drop-user.html"],
  reads: "text",
  kinds: ["drop-user", "drop-role"],
  check(statement) {
    const what = statement.kind === "drop-role" ? "role" : "account";
    return statement.accounts.map((account) => ({
      start: account.start,
      end: account.end,
      message: `Drops the ${what} ${displayAccount(account)}`,
    }));
  },
});
