import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** Zero date as default. */
export const zeroDateDefault = statementRule({
  code: "C006",
  name: "zero-date-default",
  group: "schema",
  title: "Zero date as default",
  score: 35,
  why:
    "Under the default sql_mode the server refuses zero dates, so the statement or the next dump's restore fails.",
  fix: "Use NULL for an unknown date.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY, at DATETIME DEFAULT '0000-00-00 00:00:00')"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, at DATETIME DEFAULT '2020-01-01 00:00:00')"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/sql-mode.html"],
  reads: "text",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedColumns(statement).flatMap(({ default: value, name }) =>
      value?.expression.type === "string" &&
        /^0000-00-00|^\d{4}-00|^\d{4}-\d\d-00/.test(value.expression.value)
        ? [hit(value, `The default of ${name.text} is a zero date`)]
        : []
    );
  },
});
