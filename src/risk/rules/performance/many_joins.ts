import { anyStatementRule, hit } from "../../rule.ts";

const MAX_TABLES = 6;
const MAX_DEPTH = 4;

/** Many joins or deep nesting. */
export const manyJoins = anyStatementRule({
  code: "P014",
  name: "many-joins",
  group: "performance",
  title: "Many joins or deep nesting",
  score: 25,
  why:
    "The orders in which tables can be joined multiply, and with a few stale statistics the plan is a bad one.",
  fix: "Split the query, or keep a table that holds the joined result.",
  fires: [
    "SELECT 1 FROM a JOIN b USING (i) JOIN c USING (i) JOIN d USING (i) JOIN e USING (i) JOIN f USING (i) JOIN g USING (i) WHERE a.i = 1",
    "SELECT 1 FROM (SELECT 1 FROM (SELECT 1 FROM (SELECT 1 FROM (SELECT 1 FROM (SELECT 1) t1) t2) t3) t4) t5",
  ],
  quiet: ["SELECT 1 FROM a JOIN b USING (i) JOIN c USING (i) WHERE a.i = 1", "SELECT 1 FROM (SELECT 1) t1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/controlling-query-plan-evaluation.html"],
  reads: "shape",
  check(statement) {
    const joins = statement.blocks.filter((block) => block.from.length > MAX_TABLES)
      .map((block) => hit(block.selectSpan, `Joins ${block.from.length} tables`));
    const deep = statement.blocks.find((block) => block.depth > MAX_DEPTH);
    return deep === undefined
      ? joins
      : [...joins, hit(deep.selectSpan, `Nests queries ${deep.depth + 1} levels deep`)];
  },
});
