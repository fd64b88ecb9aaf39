import type { AccountName, StatementOf } from "../../../sql/statement.ts";
import { displayAccount, isAnyHost } from "../../accounts.ts";
import { statementRule } from "../../rule.ts";

/** Account that may come from any host. Only where an account comes to be: elsewhere `%` names one that exists. */
export const hostWildcard = statementRule({
  code: "A007",
  name: "host-wildcard",
  group: "admin",
  title: "Account that may come from any host",
  score: 60,
  why:
    "An account for `%`, which is also what a name without a host means, is open to every address that reaches the server.",
  fix: "Name the host or network the account is used from, for example 'app'@'10.1.%'.",
  fires: [
    "CREATE USER app IDENTIFIED BY RANDOM PASSWORD",
    "CREATE USER 'app'@'%' IDENTIFIED WITH auth_socket",
    "RENAME USER app@localhost TO app@'%'",
  ],
  quiet: [
    "CREATE USER 'app'@'10.1.%' IDENTIFIED BY RANDOM PASSWORD",
    "DROP USER 'app'@'%'",
    "GRANT SELECT ON shop.* TO 'app'@'%'",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/account-names.html"],
  reads: "text",
  kinds: ["create-user", "rename-user", "grant"],
  check(statement) {
    return newAccounts(statement).filter((account) => !account.current && isAnyHost(account.host)).map((
      account,
    ) => ({
      start: account.start,
      end: account.end,
      message: `The account ${displayAccount(account)} may log in from any host`,
    }));
  },
});

function newAccounts(
  statement: StatementOf<"create-user" | "rename-user" | "grant">,
): readonly AccountName[] {
  switch (statement.kind) {
    case "create-user":
      return statement.users.map((user) => user.account);
    case "rename-user":
      return statement.renames.map((rename) => rename.to);
    case "grant":
      // Old servers create the account where GRANT gives it a password.
      return statement.users.filter((user) => user.credentials.length > 0).map((user) => user.account);
  }
}
