import { holdsPassword, userSpecifications } from "../../accounts.ts";
import type { Hit } from "../../rule.ts";
import { statementRule } from "../../rule.ts";

/** Options of CHANGE REPLICATION SOURCE and START REPLICA that hold a secret. */
const SECRET_OPTION = /PASSWORD$/;

/** Password written in the statement. The literal is in `secretSpans` too, so that no report shows it. */
export const literalPassword = statementRule({
  code: "A010",
  name: "literal-password",
  group: "admin",
  title: "Password written in the statement",
  score: 70,
  why:
    "The text ends up in version control, in shell and client history, in process lists and logs, for everyone who reads those.",
  fix:
    "Use IDENTIFIED BY RANDOM PASSWORD or a plugin, or have a secret store fill it in when it runs; change this one.",
  fires: [
    "CREATE USER app@localhost IDENTIFIED BY 'secret1'",
    "ALTER USER app IDENTIFIED WITH caching_sha2_password BY 'secret1'",
    "SET PASSWORD FOR app = 'secret1'",
    "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2', SOURCE_PASSWORD = 'secret1'",
  ],
  quiet: [
    "CREATE USER app IDENTIFIED BY RANDOM PASSWORD",
    "CREATE USER app IDENTIFIED WITH auth_socket",
    "ALTER USER app PASSWORD EXPIRE",
    "CREATE USER app IDENTIFIED WITH AWSAuthenticationPlugin AS 'RDS'",
    "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2'",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html"],
  reads: "text",
  kinds: [
    "create-user",
    "alter-user",
    "grant",
    "set-password",
    "change-replication-source",
    "start-replica",
    "start-group-replication",
  ],
  check(statement) {
    const hits: Hit[] = [];
    if (statement.kind === "set-password") {
      const { secret } = statement;
      if (secret !== undefined && secret.value !== "") {
        hits.push({ start: secret.start, end: secret.end, message: "A password is written in clear" });
      }
    } else if ("users" in statement) {
      for (const user of userSpecifications(statement)) {
        for (const credential of user.credentials) {
          const { secret } = credential;
          if (secret === undefined || secret.value === "" || !holdsPassword(credential)) continue;
          const hash = credential.form === "hash";
          hits.push({
            start: secret.start,
            end: secret.end,
            message: hash ? "A password's hash is written out" : "A password is written in clear",
            ...(hash ? { score: 50 } : {}),
          });
        }
      }
    } else {
      for (const option of statement.options) {
        if (!SECRET_OPTION.test(option.name) || option.value === "") continue;
        hits.push({ ...option.valueSpan, message: "A replication password is written in clear" });
      }
    }
    return hits;
  },
});
