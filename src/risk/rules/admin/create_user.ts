import { displayAccount } from "../../accounts.ts";
import { statementRule } from "../../rule.ts";

/** CREATE USER. */
export const createUser = statementRule({
  code: "A005",
  name: "create-user",
  group: "admin",
  title: "CREATE USER",
  score: 50,
  why: "A new way into the server appears outside the place where access is managed.",
  fix: "Create accounts where access is managed; on PlanetScale, with branch passwords or roles.",
  fires: [
    "CREATE USER app@localhost IDENTIFIED BY RANDOM PASSWORD",
    "CREATE USER IF NOT EXISTS 'app'@'10.%'",
  ],
  quiet: ["SELECT user FROM users WHERE id = 1", "SHOW CREATE USER app"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-user.html"],
  reads: "text",
  kinds: ["create-user"],
  check(statement) {
    return statement.users.map(({ account }) => ({
      start: account.start,
      end: account.end,
      message: `Creates the account ${displayAccount(account)}`,
    }));
  },
});
