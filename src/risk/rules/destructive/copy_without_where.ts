import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** INSERT or CREATE TABLE from a SELECT without WHERE. */
export const copyWithoutWhere = statementRule({
  code: "D019",
  name: "copy-without-where",
  group: "destructive",
  title: "INSERT or CREATE TABLE from a SELECT without WHERE",
  score: 45,
  why:
    "All rows are copied in one transaction, and under REPEATABLE READ the source's rows stay locked until it ends.",
  fix: "Copy in batches by primary key range, each in its own transaction.",
  fires: [
    "INSERT INTO archive SELECT * FROM orders",
    "CREATE TABLE copy AS SELECT * FROM orders",
    "INSERT INTO archive TABLE orders",
  ],
  quiet: [
    "INSERT INTO archive SELECT * FROM orders WHERE id < 1000",
    "INSERT INTO t SELECT 1",
    "INSERT INTO archive SELECT * FROM orders LIMIT 1000",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-locks-set.html"],
  reads: "shape",
  kinds: ["insert", "replace", "create-table"],
  check(statement) {
    const { query } = statement;
    if (query === undefined || query.limit !== undefined) return NO_HITS;
    return query.blocks.flatMap((block) => {
      const source = block.from.find((reference) => reference.kind === "table" && !reference.cte)?.table;
      if (source === undefined || block.where !== undefined || block.limit !== undefined) return [];
      if (block.having !== undefined || block.from.some((reference) => reference.on !== undefined)) return [];
      return [hit(block, `Copies every row of ${displayName(source)} in one transaction`)];
    });
  },
});
