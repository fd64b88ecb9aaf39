import type { WriteAction } from "../../../sql/statement.ts";
import { isCatalog } from "../../catalog.ts";
import { displayName } from "../../names.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** What does not change what the table says. */
const HARMLESS: ReadonlySet<WriteAction> = new Set(["lock", "maintain"]);

/** Write to the server's own tables. performance_schema's tables are written to switch instruments. */
export const systemTableWrite = anyStatementRule({
  code: "S009",
  name: "system-table-write",
  group: "security",
  title: "Write to the server's own tables",
  score: 96,
  why:
    "A row in mysql.* is an account, a privilege or code: written directly it escapes every check, and a wrong one locks everyone out.",
  fix: "Use CREATE USER, GRANT and the other statements made for it.",
  fires: [
    "INSERT INTO mysql.user (user) VALUES ('x')",
    "UPDATE mysql.user SET authentication_string = '' WHERE user = 'root'",
    "DROP TABLE mysql.func",
    "UPDATE performance_schema.setup_consumers SET enabled = 'YES' WHERE name = 'x'",
  ],
  quiet: ["INSERT INTO users (user) VALUES ('x')", "SELECT user FROM mysql.user", "ANALYZE TABLE mysql.user"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/system-schema.html"],
  reads: "shape",
  needs: "writes",
  check(statement) {
    return statement.writes.filter((write) => isCatalog(write.table) && !HARMLESS.has(write.action)).map((
      write,
    ) =>
      hit(
        write,
        `Writes to ${displayName(write.table)}, which belongs to the server`,
        write.table.schema?.key === "mysql" ? undefined : 50,
      )
    );
  },
});
