import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** TIMESTAMP column. */
export const timestampColumn = statementRule({
  code: "C012",
  name: "timestamp-column",
  group: "schema",
  title: "TIMESTAMP column",
  score: 20,
  why: "TIMESTAMP ends on 19 January 2038 and changes with the session's time zone.",
  fix: "Use DATETIME and write UTC.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY, at TIMESTAMP)"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, at DATETIME)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/datetime.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedColumns(statement).flatMap(({ type, name }) =>
      type.name === "timestamp" ? [hit(type, `${name.text} ends in 2038`)] : []
    );
  },
});
