import { someNode } from "../../../sql/model/children.ts";
import { columnsIn, hasAggregate } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** HAVING without an aggregate. An alias of something computed can be tested nowhere else. */
export const havingWithoutAggregate = anyStatementRule({
  code: "P019",
  name: "having-without-aggregate",
  group: "performance",
  title: "HAVING without an aggregate",
  score: 15,
  why: "HAVING filters after all rows were read and grouped, where WHERE would have left them out at once.",
  fix: "Move the condition to WHERE.",
  fires: ["SELECT a, COUNT(*) FROM t GROUP BY a HAVING a > 5"],
  quiet: [
    "SELECT a, COUNT(*) FROM t GROUP BY a HAVING COUNT(*) > 5",
    "SELECT a, COUNT(*) AS n FROM t GROUP BY a HAVING n > 5",
    "SELECT a, b * 2 AS c FROM t WHERE a > 1 HAVING c > 5",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/select.html"],
  reads: "shape",
  needs: "having",
  check(statement) {
    return statement.blocks.flatMap((block) => {
      const { having } = block;
      if (having === undefined || hasAggregate(having)) return [];
      if (someNode(having, (part) => part.type === "subquery" || part.type === "opaque")) return [];
      const columns = columnsIn(having);
      const computed = new Set(
        block.items.filter((item) => item.alias !== undefined && item.expression.type !== "column")
          .map((item) => item.alias?.key),
      );
      if (
        columns.length === 0 ||
        columns.some((column) => column.table === undefined && computed.has(column.name.key))
      ) {
        return [];
      }
      return [hit(having, "WHERE could test this before the rows are grouped")];
    });
  },
});
