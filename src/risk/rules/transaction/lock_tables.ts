import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** LOCK TABLES. */
export const lockTables = statementRule({
  code: "T001",
  name: "lock-tables",
  group: "transaction",
  title: "LOCK TABLES",
  score: 65,
  why:
    "It commits the open transaction and stalls every other session that needs the tables, until UNLOCK TABLES or disconnect.",
  fix: "Use a transaction with row locks (SELECT ... FOR UPDATE).",
  fires: ["LOCK TABLES users WRITE", "LOCK TABLE users READ, orders WRITE"],
  quiet: ["UNLOCK TABLES", "SELECT id FROM users WHERE id = 7 FOR UPDATE"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/lock-tables.html"],
  reads: "shape",
  kinds: ["lock-tables"],
  check(statement, context) {
    const names = statement.tables.map(({ table }) => displayName(table)).join(", ");
    return [
      hit(
        statement,
        `Stalls every other session that needs ${names}`,
        context.file?.dump === true ? 10 : undefined,
      ),
    ];
  },
});
