import { statementRule } from "../../rule.ts";

/** Account changed. */
export const alterUser = statementRule({
  code: "A008",
  name: "alter-user",
  group: "admin",
  title: "Account changed",
  score: 60,
  why: "A password or name that changes under a running application locks it out at its next connection.",
  fix:
    "Rotate with an overlap: RETAIN CURRENT PASSWORD, or a second account, and retire the old one when nothing uses it.",
  fires: [
    "ALTER USER app ACCOUNT LOCK",
    "SET PASSWORD FOR app TO RANDOM",
    "RENAME USER app@localhost TO web@localhost",
  ],
  quiet: ["SHOW CREATE USER app", "ALTER TABLE user ADD COLUMN a INT", "SET NAMES utf8mb4"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/alter-user.html"],
  reads: "shape",
  kinds: ["alter-user", "set-password", "rename-user"],
  check(statement) {
    const { start, end } = statement.verb;
    const message = statement.kind === "rename-user"
      ? "Renames an account; its clients are locked out"
      : statement.kind === "set-password"
      ? "Changes an account's password"
      : "Changes an account";
    return [{ start, end, message }];
  },
});
