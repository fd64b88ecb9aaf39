import { someNode } from "../../../sql/model/children.ts";
import type { Call, Expression } from "../../../sql/statement.ts";
import { callsTo } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";
import { columnValues, isPasswordName } from "../../secrets.ts";

const WEAK: ReadonlySet<string> = new Set(["md5", "sha", "sha1"]);

/** MD5 or SHA1 of a password. MD5 of anything else is a checksum. */
export const weakPasswordHash = anyStatementRule({
  code: "X003",
  name: "weak-password-hash",
  group: "sensitive",
  title: "MD5 or SHA1 of a password",
  score: 50,
  why: "Such hashes are tried by the billion a second, and the password itself is sent and logged in clear.",
  fix: "Hash in the application with Argon2 or bcrypt.",
  fires: [
    "SELECT id FROM users WHERE name = ? AND password = MD5(?)",
    "INSERT INTO users (name, passwd) VALUES ('ann', SHA1('x'))",
    "SELECT id FROM users WHERE hash = MD5(CONCAT(salt, password))",
  ],
  quiet: [
    "SELECT MD5(body) FROM pages WHERE id = 1",
    "UPDATE users SET password_reset_at = NOW() WHERE id = MD5('x')",
  ],
  references: ["https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html"],
  reads: "shape",
  needs: "calls",
  check(statement) {
    const weak = callsTo(statement, WEAK);
    if (weak.length === 0) return [];
    const stored = new Set(
      columnValues(statement).filter(({ column }) => isPasswordName(column))
        .flatMap(({ value }) => weak.filter((call) => someNode(value, (part) => part === call))),
    );
    return weak.filter((call) => stored.has(call) || takesPassword(call))
      .map((call) => hit(call, `${call.key.toUpperCase()}() is no hash for passwords`));
  },
});

function takesPassword({ args }: Call): boolean {
  return args.some((argument: Expression) =>
    someNode(argument, (part) => part.type === "column" && isPasswordName(part.name.text))
  );
}
