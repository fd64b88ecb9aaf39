import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** XA transaction. */
export const xaTransaction = statementRule({
  code: "T004",
  name: "xa-transaction",
  group: "transaction",
  title: "XA transaction",
  score: 50,
  why:
    "A prepared XA branch survives its session and keeps its locks until somebody commits or rolls it back; vtgate has no XA.",
  fix: "Use an outbox table or idempotent steps instead of a distributed transaction.",
  fires: ["XA START 'a'", "XA PREPARE 'a'"],
  quiet: ["START TRANSACTION", "XA RECOVER"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/xa.html"],
  reads: "shape",
  kinds: ["xa"],
  check(statement) {
    return statement.action === "recover"
      ? NO_HITS
      : [hit(statement, "A prepared branch keeps its locks after its session is gone")];
  },
});
