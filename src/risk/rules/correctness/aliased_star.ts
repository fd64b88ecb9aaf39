import { anyStatementRule, type Hit, hit } from "../../rule.ts";

/** Alias on *. */
export const aliasedStar = anyStatementRule({
  code: "Q011",
  name: "aliased-star",
  group: "correctness",
  title: "Alias on *",
  score: 25,
  why: "An alias cannot name several columns; the server refuses the statement.",
  fix: "Drop the alias, or name the column it is meant for.",
  fires: ["SELECT t.* AS x FROM t WHERE id = 1"],
  quiet: ["SELECT t.*, t.a AS x FROM t WHERE id = 1", "SELECT COUNT(*) AS n FROM t WHERE id = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/select.html"],
  reads: "shape",
  needs: "stars",
  check(statement) {
    const hits: Hit[] = [];
    for (const block of statement.blocks) {
      for (const item of block.items) {
        if (item.expression.type === "star" && item.alias !== undefined) {
          hits.push(hit(item, "An alias cannot name several columns"));
        }
      }
    }
    return hits;
  },
});
