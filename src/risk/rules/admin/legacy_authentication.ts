import { userSpecifications } from "../../accounts.ts";
import type { Hit } from "../../rule.ts";
import { statementRule } from "../../rule.ts";
import { itemsOf, switchOf, wordOf } from "../../variables.ts";

const LEGACY: ReadonlySet<string> = new Set([
  "mysql_native_password",
  "mysql_old_password",
  "sha256_password",
]);
const VARIABLES: ReadonlySet<string> = new Set(["default_authentication_plugin", "old_passwords"]);

/** Legacy authentication plugin. */
export const legacyAuthentication = statementRule({
  code: "A023",
  name: "legacy-authentication",
  group: "admin",
  title: "Legacy authentication plugin",
  score: 40,
  why:
    "mysql_native_password keeps an unsalted SHA1 hash; it is off by default in MySQL 8.4 and gone in 9.0.",
  fix: "Use caching_sha2_password, which every current driver speaks.",
  fires: [
    "CREATE USER app@localhost IDENTIFIED WITH mysql_native_password BY RANDOM PASSWORD",
    "ALTER USER app IDENTIFIED WITH 'sha256_password' BY RANDOM PASSWORD",
    "SET SESSION old_passwords = 1",
  ],
  quiet: [
    "CREATE USER app@localhost IDENTIFIED WITH caching_sha2_password BY RANDOM PASSWORD",
    "SET SESSION old_passwords = 0",
    "SELECT plugin FROM t WHERE plugin = 'mysql_native_password'",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/native-pluggable-authentication.html"],
  reads: "text",
  kinds: ["create-user", "alter-user", "grant", "set"],
  mayFire: (statement) => statement.kind !== "set" || itemsOf(statement, VARIABLES).length > 0,
  check(statement) {
    const hits: Hit[] = [];
    if (statement.kind === "set") {
      for (const item of itemsOf(statement, VARIABLES)) {
        const legacy = item.name === "old_passwords"
          ? switchOf(item) === true
          : LEGACY.has((wordOf(item) ?? "").toLowerCase());
        if (legacy) {
          hits.push({
            start: item.start,
            end: item.end,
            message: `${item.name} selects a legacy password hash`,
          });
        }
      }
      return hits;
    }
    for (const user of userSpecifications(statement)) {
      for (const { plugin, start, end } of user.credentials) {
        if (plugin !== undefined && LEGACY.has(plugin)) {
          hits.push({ start, end, message: `${plugin} is a legacy plugin` });
        }
      }
    }
    return hits;
  },
});
