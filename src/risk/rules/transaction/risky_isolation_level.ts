import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** READ UNCOMMITTED or SERIALIZABLE. */
export const riskyIsolationLevel = statementRule({
  code: "T009",
  name: "risky-isolation-level",
  group: "transaction",
  title: "READ UNCOMMITTED or SERIALIZABLE",
  score: 35,
  why:
    "READ UNCOMMITTED shows rows that are rolled back later; SERIALIZABLE turns every read into a locking one.",
  fix: "Use READ COMMITTED or REPEATABLE READ, and lock rows that must not change.",
  fires: [
    "SET TRANSACTION ISOLATION LEVEL READ UNCOMMITTED",
    "SET SESSION transaction_isolation = 'SERIALIZABLE'",
  ],
  quiet: ["SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "SET transaction_isolation = 'REPEATABLE-READ'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-transaction-isolation-levels.html"],
  reads: "text",
  kinds: ["set", "set-transaction"],
  check(statement) {
    if (statement.kind === "set-transaction") {
      return statement.isolation === "read-uncommitted" || statement.isolation === "serializable"
        ? [hit(statement.isolationSpan ?? statement, message(statement.isolation))]
        : NO_HITS;
    }
    return statement.items.flatMap((item) => {
      if (item.name !== "transaction_isolation" && item.name !== "tx_isolation") return [];
      const level = item.value.type === "string" ? item.value.value.toLowerCase() : "";
      return level === "read-uncommitted" || level === "serializable" ? [hit(item, message(level))] : [];
    });
  },
});

function message(level: string): string {
  return level === "serializable"
    ? "Turns every read into a locking one"
    : "Reads rows that may be rolled back";
}
