import { isAccountTable } from "../../catalog.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Columns of mysql.user that say who there is, and nothing secret. */
const NAMES: ReadonlySet<string> = new Set(["user", "host", "account_locked"]);

/** mysql.user or password hashes read. */
export const accountTableRead = anyStatementRule({
  code: "S008",
  name: "account-table-read",
  group: "security",
  title: "mysql.user or password hashes read",
  score: 88,
  why: "The hashes can be cracked elsewhere, and the list of accounts says which are worth it.",
  fix: "Use SHOW GRANTS or SHOW CREATE USER for one account, under an administrator's account.",
  fires: [
    "SELECT user, authentication_string FROM mysql.user",
    "SELECT * FROM mysql.user",
    "SELECT user, host FROM mysql.user",
    "SELECT id FROM t WHERE id = 1 UNION SELECT authentication_string FROM `mysql`.`user`",
  ],
  quiet: ["SELECT user, host FROM app.user WHERE id = 1", "SHOW GRANTS FOR app", "SELECT 'mysql.user'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/grant-tables.html"],
  reads: "shape",
  check(statement) {
    const table = statement.reads.find((read) => isAccountTable(read.table));
    if (table === undefined) return [];
    const names = statement.columnReferences.every((column) => NAMES.has(column.name.key)) &&
      statement.blocks.every((block) =>
        block.form === "select" && block.items.every((item) => item.expression.type !== "star")
      );
    return [
      hit(
        table,
        names ? "Lists the server's accounts" : "Reads accounts with their credentials or rights",
        names ? 60 : undefined,
      ),
    ];
  },
});
