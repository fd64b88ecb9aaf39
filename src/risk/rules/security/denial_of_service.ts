import type { QueryBlock } from "../../../sql/statement.ts";
import { readsUserTables } from "../../catalog.ts";
import { isCatalog } from "../../catalog.ts";
import { callsTo } from "../../expressions.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

const LOCKS: ReadonlySet<string> = new Set(["get_lock", "release_all_locks"]);
const MANY = 3;

/** Query made to be slow. A lock taken by a statement of its own is how migrations keep others out. */
export const denialOfService = anyStatementRule({
  code: "S020",
  name: "denial-of-service",
  group: "security",
  title: "Query made to be slow",
  score: 45,
  why:
    "Joining the catalog with itself, or waiting for a lock in a condition, takes time on purpose: to stall, or to be timed.",
  fix: "Take named locks in a statement of their own, and read the catalog a table at a time.",
  fires: [
    "SELECT id FROM users WHERE id = 1 AND GET_LOCK('a', 10)",
    "SELECT COUNT(*) FROM information_schema.columns a, information_schema.columns b, information_schema.columns c",
  ],
  quiet: [
    "SELECT GET_LOCK('migrate', 10)",
    "SELECT RELEASE_LOCK('migrate')",
    "SELECT c.column_name FROM information_schema.columns c JOIN information_schema.tables t ON t.table_name = c.table_name",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/locking-functions.html"],
  reads: "shape",
  check(statement) {
    if (statement.calls.length === 0 && !statement.blocks.some(joinsMany)) return NO_HITS;
    const locks = callsTo(statement, LOCKS).filter((call) =>
      call.block !== undefined && readsUserTables(call.block)
    )
      .map((call) => hit(call, "The query waits for a lock while it reads"));
    const heavy = statement.blocks.filter((block) =>
      block.from.filter((one) => one.table !== undefined && isCatalog(one.table) && one.join !== "left")
          .length >= MANY &&
      block.from.every((one) => one.on === undefined && one.using === undefined) && block.where === undefined
    ).map((block) => hit(block.selectSpan, "Joins the catalog with itself", 60));
    return [...locks, ...heavy];
  },
});

function joinsMany({ from }: QueryBlock): boolean {
  return from.length >= MANY;
}
