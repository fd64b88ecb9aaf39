import { commentSecrets } from "../../secret_texts.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Credential in a comment. Only comments before or in a statement: a mutation that adds others changes nothing. */
export const commentCredential = anyStatementRule({
  code: "X009",
  name: "comment-credential",
  group: "sensitive",
  title: "Credential in a comment",
  score: 50,
  why: "Whoever can read the file can use it, and comments are copied without a thought.",
  fix: "Take it out, and change the credential.",
  fires: ["-- pwd: hunter2\nSELECT 1", "SELECT 1 /* api_key=0123456789abcdef */"],
  quiet: ["-- password: see the vault entry\nSELECT 1", "-- password = ?\nSELECT 1", "SELECT 'pwd: hunter2'"],
  references: ["https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html"],
  mode: "file",
  reads: "text",
  needs: "comments",
  check: (statement) =>
    commentSecrets(statement).slice(0, 20).map((span) => hit(span, "A comment seems to hold a credential")),
});
