import { secretTexts } from "../../secret_texts.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Key or token in the text. On the wire an application stores what it is given; in a file under version control a key is a leak. */
export const secretLiteral = anyStatementRule({
  code: "X004",
  name: "secret-literal",
  group: "sensitive",
  title: "Key or token in the text",
  score: 85,
  why: "Whoever can read the file, or a copy of it, can use the key.",
  fix: "Revoke it now, and have the deployment fill in a new one from a secret store.",
  fires: [
    "INSERT INTO settings (k, v) VALUES ('aws', 'AKIAIOSFODNN7EXAMPLE')",
    "UPDATE settings SET v = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz' WHERE k = 'git'",
    "INSERT INTO settings (v) VALUES ('redis://:hunter2@cache.example.com')",
    "INSERT INTO settings (v) VALUES ('mysql://app:hunter2@db.example.com/shop')",
  ],
  quiet: [
    "INSERT INTO settings (k, v) VALUES ('aws', 'AKIA')",
    "INSERT INTO settings (v) VALUES ('https://example.com/a:b@c')",
    "INSERT INTO settings (v) VALUES ('eyJ')",
  ],
  references: ["https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html"],
  mode: "file",
  reads: "text",
  check(statement) {
    return secretTexts(statement.bytes, statement.start, statement.end).filter(({ card }) => !card).slice(
      0,
      20,
    )
      .map((text) => hit(text, `This looks like ${text.what}`));
  },
});
