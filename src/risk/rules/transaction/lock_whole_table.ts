import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Tables of one row by which ORMs hand out keys. */
const SEQUENCE = /(^|_)(seq|sequences?|generators?)$/;
const SEQUENCE_SCORE = 25;

/** Locking read without WHERE. */
export const lockWholeTable = statementRule({
  code: "T002",
  name: "lock-whole-table",
  group: "transaction",
  title: "Locking read without WHERE",
  score: 72,
  why: "Every row of the table is locked until the transaction ends, and every writer waits for it.",
  fix: "Lock only the rows that will change: add WHERE on an indexed column, or LIMIT with SKIP LOCKED.",
  fires: ["SELECT * FROM jobs FOR UPDATE", "SELECT id FROM jobs LOCK IN SHARE MODE"],
  quiet: [
    "SELECT id FROM jobs WHERE id = 7 FOR UPDATE",
    "SELECT id FROM jobs LIMIT 1 FOR UPDATE SKIP LOCKED",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-locking-reads.html"],
  reads: "shape",
  needs: "locking",
  kinds: ["select", "insert", "replace", "create-table", "update", "delete"],
  check(statement) {
    return statement.blocks.flatMap((block) => {
      const [locking] = block.locking;
      if (locking === undefined || block.where !== undefined || block.limit !== undefined) return [];
      const table = block.from.find((reference) => reference.kind === "table" && !reference.cte)?.table;
      if (table === undefined) return [];
      const score = SEQUENCE.test(table.name.key) ? SEQUENCE_SCORE : undefined;
      return [hit(locking, `Locks every row of ${displayName(table)}`, score)];
    });
  },
});
