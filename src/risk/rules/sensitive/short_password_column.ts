import { definedColumns } from "../../definitions.ts";
import { isPasswordName } from "../../secrets.ts";
import { hit, statementRule } from "../../rule.ts";

/** The least length of what password hashing gives today: bcrypt's 60. */
const HASH_LENGTH = 60;

/** Password column too short for a hash. */
export const shortPasswordColumn = statementRule({
  code: "X002",
  name: "short-password-column",
  group: "sensitive",
  title: "Password column too short for a hash",
  score: 35,
  why: "What fits into it is the password itself, or a hash that is broken within minutes such as MD5.",
  fix: "Hash with Argon2 or bcrypt in the application and use VARCHAR(255).",
  fires: [
    "CREATE TABLE u (id INT PRIMARY KEY, password VARCHAR(20))",
    "ALTER TABLE u ADD COLUMN user_password CHAR(32)",
  ],
  quiet: [
    "CREATE TABLE u (id INT PRIMARY KEY, password VARCHAR(255))",
    "CREATE TABLE u (id INT PRIMARY KEY, password_hint VARCHAR(20))",
    "CREATE TABLE u (id INT PRIMARY KEY, password_hash BINARY(32))",
  ],
  references: ["https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html"],
  reads: "text",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedColumns(statement).filter(({ name, type }) =>
      isPasswordName(name.text) && /^(char|varchar)$/.test(type.name) && (type.length ?? 1) < HASH_LENGTH
    ).map((column) => hit(column, `${column.name.text} is too short for a password hash`));
  },
});
