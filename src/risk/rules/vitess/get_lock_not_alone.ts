import { hit, statementRule } from "../../rule.ts";

/** Lock function beside other columns or tables. */
export const getLockNotAlone = statementRule({
  code: "V024",
  name: "get-lock-not-alone",
  group: "vitess",
  title: "Lock function beside other columns or tables",
  score: 40,
  why:
    "vtgate pins a connection for SELECT GET_LOCK(...) alone. Beside other columns or from a table it refuses it; anywhere else the lock is taken on a connection of the pool, which goes to other sessions.",
  fix: "Select the lock function alone.",
  fires: [
    "SELECT GET_LOCK('a', 5), id FROM t WHERE id = 7",
    "UPDATE t SET a = GET_LOCK('a', 5) WHERE id = 7",
  ],
  quiet: ["SELECT GET_LOCK('a', 5)", "SELECT RELEASE_LOCK('a') FROM dual"],
  references: ["https://vitess.io/docs/reference/query-serving/reserved-conn/"],
  targets: ["vitess", "planetscale"],
  vtgate: "either",
  reads: "shape",
  needs: "calls",
  kinds: ["select", "insert", "replace", "update", "delete", "do"],
  check(statement) {
    return statement.calls.flatMap((call) => {
      if (!LOCK_FUNCTIONS.has(call.key)) return [];
      const { block } = call;
      const alone = statement.kind === "select" && block !== undefined && block.from.length === 0 &&
        block.items.length === 1;
      return alone
        ? []
        : [hit(call, `${call.name.text.toUpperCase()}() has to be selected alone, from dual`)];
    });
  },
});

const LOCK_FUNCTIONS: ReadonlySet<string> = new Set([
  "get_lock",
  "release_lock",
  "release_all_locks",
  "is_free_lock",
  "is_used_lock",
]);
