import { callsTo } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

const REMOVED: ReadonlySet<string> = new Set([
  "password",
  "old_password",
  "encrypt",
  "des_encrypt",
  "des_decrypt",
  "encode",
  "decode",
]);

/** Cryptographic function that MySQL 8.0 removed. */
export const removedCryptoFunction = anyStatementRule({
  code: "X008",
  name: "removed-crypto-function",
  group: "sensitive",
  title: "Cryptographic function that MySQL 8.0 removed",
  score: 40,
  why: "The statement fails on MySQL 8.0 and later, and what the function made was never safe.",
  fix: "Hash and encrypt in the application, or use SHA2() and AES_ENCRYPT().",
  fires: [
    "SELECT PASSWORD('x')",
    "UPDATE t SET a = DES_ENCRYPT('x') WHERE id = 1",
    "SELECT ENCODE(a, 'k') FROM t WHERE id = 1",
  ],
  quiet: [
    "SELECT password FROM t WHERE id = 1",
    "SELECT AES_ENCRYPT(a, ?) FROM t WHERE id = 1",
    "SELECT app.password(1)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/encryption-functions.html"],
  reads: "shape",
  needs: "calls",
  check(statement) {
    return callsTo(statement, REMOVED).map((call) =>
      hit(call, `${call.key.toUpperCase()}() does not exist from MySQL 8.0 on`)
    );
  },
});
