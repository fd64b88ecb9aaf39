import { isHashOrPlaceholder, passwordTexts } from "../../secrets.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Clear-text password compared or stored. The literals are in `secretSpans`. */
export const clearTextPassword = anyStatementRule({
  code: "X001",
  name: "clear-text-password",
  group: "sensitive",
  title: "Clear-text password compared or stored",
  score: 60,
  why:
    "Passwords that can be compared in SQL are stored in clear, and stand in query logs, binary logs and process lists.",
  fix:
    "Store a hash made by the application (Argon2, bcrypt), read it by user, and verify it in the application.",
  fires: [
    "SELECT id FROM users WHERE name = 'ann' AND password = 'secret1'",
    "INSERT INTO users (name, password) VALUES ('ann', 'secret1')",
    "UPDATE users SET user_pass = 'secret1' WHERE id = 1",
    "UPDATE users SET password = '$ecret1' WHERE id = 1",
  ],
  quiet: [
    "SELECT id FROM users WHERE name = ? AND password = ?",
    "UPDATE users SET password = '$2y$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy' WHERE id = 1",
    "UPDATE users SET password_hash = 'abc' WHERE id = 1",
    "UPDATE users SET password = NULL WHERE id = 1",
    "SELECT id FROM users WHERE password <> ''",
  ],
  references: ["https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html"],
  reads: "text",
  mayFire: (statement) => passwordTexts(statement).length > 0,
  check(statement) {
    return passwordTexts(statement).flatMap(({ column, value }) =>
      isHashOrPlaceholder(value.value) ? [] : [hit(value, `${column} is given a password in clear`)]
    );
  },
});
