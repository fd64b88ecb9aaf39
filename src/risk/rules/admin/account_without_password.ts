import type { Option } from "../../../sql/statement.ts";
import { displayAccount, isOpen, userSpecifications } from "../../accounts.ts";
import type { Hit } from "../../rule.ts";
import { statementRule } from "../../rule.ts";

/** What an account without a password scores that has to show a certificate. */
const CERTIFIED_SCORE = 30;

/** An account that anyone may use. A locked account lets nobody in, and a plugin such as auth_socket needs no password. */
export const accountWithoutPassword = statementRule({
  code: "A006",
  name: "account-without-password",
  group: "admin",
  title: "Account without a password",
  score: 92,
  why: "Anyone who reaches the server from an allowed host logs in by knowing the name alone.",
  fix:
    "Set a password (IDENTIFIED BY RANDOM PASSWORD makes one), name a plugin that authenticates, or create it locked.",
  fires: [
    "CREATE USER app",
    "CREATE USER 'app'@'%' IDENTIFIED BY ''",
    "ALTER USER app IDENTIFIED WITH mysql_native_password BY ''",
    "SET PASSWORD FOR app = ''",
    "CREATE USER app ACCOUNT LOCK ACCOUNT UNLOCK",
    "GRANT SELECT ON shop.* TO app IDENTIFIED BY ''",
  ],
  quiet: [
    "CREATE USER app IDENTIFIED BY RANDOM PASSWORD",
    "CREATE USER app IDENTIFIED WITH auth_socket",
    "CREATE USER app ACCOUNT LOCK",
    "ALTER USER app ACCOUNT UNLOCK",
    "GRANT SELECT ON shop.* TO app",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/assigning-passwords.html"],
  reads: "text",
  kinds: ["create-user", "alter-user", "grant", "set-password"],
  check(statement) {
    const hits: Hit[] = [];
    if (statement.kind === "set-password") {
      const { secret } = statement;
      if (secret !== undefined && secret.value === "") {
        hits.push({ start: secret.start, end: secret.end, message: "Sets an empty password" });
      }
      return hits;
    }
    const locked = statement.kind === "create-user" && endsLocked(statement.options);
    const certified = statement.kind !== "grant" && statement.options.some(requiresCertificate);
    for (const user of userSpecifications(statement)) {
      const open = user.credentials.find(isOpen);
      const bare = statement.kind === "create-user" && user.credentials.length === 0;
      if (locked || (open === undefined && !bare)) continue;
      const { start, end } = open ?? user.account;
      if (certified) {
        hits.push({
          start,
          end,
          message: `A client certificate is all that ${displayAccount(user.account)} is asked for`,
          score: CERTIFIED_SCORE,
        });
        continue;
      }
      hits.push({ start, end, message: `The account ${displayAccount(user.account)} has no password` });
    }
    return hits;
  },
});

/** Whether an account is made locked: of several ACCOUNT options the last counts. */
function endsLocked(options: readonly Option[]): boolean {
  return options.findLast(({ name }) => name === "ACCOUNT")?.value === "LOCK";
}

/** REQUIRE X509, SUBJECT or ISSUER. */
function requiresCertificate({ name, value }: Option): boolean {
  return name === "REQUIRE" && /\b(X509|SUBJECT|ISSUER)\b/.test(value.toUpperCase());
}
