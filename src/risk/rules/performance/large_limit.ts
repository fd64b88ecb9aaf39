import { limitsOf } from "../../queries.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Digits of 100,000, which is what PlanetScale returns at most. */
const MANY_DIGITS = 6;

/** LIMIT of 100,000 rows and more. */
export const largeLimit = anyStatementRule({
  code: "P027",
  name: "large-limit",
  group: "performance",
  title: "LIMIT of 100,000 rows and more",
  score: 30,
  why: "Client and server hold the rows in memory; PlanetScale returns 100,000 at most.",
  fix: "Read in pages by key, or stream the export.",
  fires: [
    "SELECT id FROM t ORDER BY id LIMIT 1000000",
    "SELECT id FROM t ORDER BY id LIMIT 10, 18446744073709551615",
  ],
  quiet: ["SELECT id FROM t ORDER BY id LIMIT 1000", "SELECT id FROM t ORDER BY id LIMIT ?"],
  references: ["https://planetscale.com/docs/reference/planetscale-system-limits"],
  reads: "shape",
  needs: "limits",
  check(statement) {
    return limitsOf(statement).filter(({ count }) => (count.value ?? 0) >= 10 ** (MANY_DIGITS - 1))
      .map(({ count }) => hit(count, "The limit lets 100,000 rows and more through"));
  },
});
