import { callsTo } from "../../expressions.ts";
import { contains } from "../../spans.ts";
import { sortingsOf } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

const RANDOM: ReadonlySet<string> = new Set(["rand", "uuid"]);

/** ORDER BY RAND(). RAND(id) sorts as much as RAND() does. */
export const orderByRandom = anyStatementRule({
  code: "P006",
  name: "order-by-random",
  group: "performance",
  title: "ORDER BY RAND()",
  score: 45,
  why: "Every row gets a random number and all of them are sorted to keep a few.",
  fix:
    "Pick random keys in the application, or read from a random starting key: WHERE id >= ? ORDER BY id LIMIT 1.",
  fires: [
    "SELECT id FROM users ORDER BY RAND() LIMIT 1",
    "SELECT id FROM users WHERE a = 1 ORDER BY RAND(7) LIMIT 5",
  ],
  quiet: [
    "SELECT RAND() FROM t WHERE id = 1",
    "SELECT id FROM users ORDER BY id LIMIT 1",
    "SELECT 'ORDER BY RAND()'",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/mathematical-functions.html#function_rand"],
  reads: "shape",
  needs: "calls",
  check(statement) {
    const calls = callsTo(statement, RANDOM);
    if (calls.length === 0) return [];
    return sortingsOf(statement).flatMap(({ sortings }) => sortings).flatMap((sorting) =>
      calls.filter((call) => contains(sorting, call)).map((call) =>
        hit(call, "Sorts all rows in random order")
      )
    );
  },
});
