import { hit, statementRule } from "../../rule.ts";

/** Write that replicas may not repeat alike. */
export const unsafeForReplication = statementRule({
  code: "T013",
  name: "unsafe-for-replication",
  group: "transaction",
  title: "Write that replicas may not repeat alike",
  score: 30,
  why:
    "With statement-based replication a replica computes another value or picks other rows; with mixed format it falls back to rows.",
  fix: "Compute the value in the application, or add ORDER BY to the SELECT that has the LIMIT.",
  fires: [
    "INSERT INTO t (id) VALUES (UUID())",
    "UPDATE t SET a = SYSDATE() WHERE id = 7",
    "INSERT INTO a SELECT * FROM b WHERE c = 1 LIMIT 5",
  ],
  quiet: [
    "INSERT INTO t (id, at) VALUES (1, NOW())",
    "SELECT UUID()",
    "INSERT INTO a SELECT * FROM b WHERE c = 1 ORDER BY id LIMIT 5",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/replication-rbr-safe-unsafe.html"],
  reads: "shape",
  kinds: ["insert", "replace", "update", "delete"],
  check(statement) {
    const calls = statement.calls.filter((call) => UNSAFE.has(call.key)).map((call) =>
      hit(
        call,
        `${call.name.text.toUpperCase()}() gives another value on a replica that repeats the statement`,
      )
    );
    if (statement.kind !== "insert" && statement.kind !== "replace") return calls;
    const limits = (statement.query?.blocks ?? []).flatMap((block) =>
      block.limit !== undefined && block.orderBy.length === 0
        ? [hit(block.limit, "LIMIT without ORDER BY may pick other rows on a replica")]
        : []
    );
    return [...calls, ...limits];
  },
});

const UNSAFE: ReadonlySet<string> = new Set([
  "sysdate",
  "uuid",
  "uuid_short",
  "rand",
  "found_rows",
  "row_count",
  "is_free_lock",
  "is_used_lock",
  "master_pos_wait",
  "source_pos_wait",
  "load_file",
  "version",
]);
