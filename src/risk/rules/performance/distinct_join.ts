import { anyStatementRule, hit } from "../../rule.ts";

/** DISTINCT over a join or over *. */
export const distinctJoin = anyStatementRule({
  code: "P017",
  name: "distinct-join",
  group: "performance",
  title: "DISTINCT over a join or over *",
  score: 15,
  why: "DISTINCT over a join often hides rows that the join multiplied, at the price of sorting them all.",
  fix: "Use EXISTS or IN for tables of which no column is selected, or join on the whole key.",
  fires: [
    "SELECT DISTINCT u.id FROM users u JOIN orders o ON o.user_id = u.id WHERE o.total > 5",
    "SELECT DISTINCT * FROM t WHERE a = 1",
  ],
  quiet: [
    "SELECT DISTINCT city FROM users WHERE a = 1",
    "SELECT COUNT(DISTINCT a) FROM t JOIN u USING (id) WHERE b = 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/distinct-optimization.html"],
  reads: "shape",
  check(statement) {
    return statement.blocks.filter((block) =>
      block.distinct && (block.from.length > 1 || block.items.some((item) => item.expression.type === "star"))
    ).map((block) =>
      hit(
        block.selectSpan,
        block.from.length > 1 ? "Drops duplicates that the join made" : "Compares whole rows",
      )
    );
  },
});
