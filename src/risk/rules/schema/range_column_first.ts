import { definedIndexes } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** Composite index that begins with a date. */
export const rangeColumnFirst = statementRule({
  code: "C017",
  name: "range-column-first",
  group: "schema",
  title: "Composite index that begins with a date",
  score: 10,
  why: "Dates are searched by range, and the columns after a range are not searched in the index.",
  fix: "Put columns compared with = first and the date last.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY, at DATETIME, u BIGINT, KEY k (at, u))"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, at DATETIME, u BIGINT, KEY k (u, at))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/range-optimization.html"],
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    const dates = new Set(
      statement.columns.filter(({ type }) => /^(date|datetime|timestamp|time)$/.test(type.name)).map((
        { name },
      ) => name.key),
    );
    return definedIndexes(statement).flatMap((index) => {
      const [first] = index.columns;
      return index.kind === "index" && index.columns.length > 1 && first !== undefined && dates.has(first)
        ? [hit(index, `Columns after ${first} are not searched when ${first} is a range`)]
        : [];
    });
  },
});
