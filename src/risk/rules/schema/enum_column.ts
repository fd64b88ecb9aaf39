import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** ENUM or SET column. */
export const enumColumn = statementRule({
  code: "C010",
  name: "enum-column",
  group: "schema",
  title: "ENUM or SET column",
  score: 10,
  why: "Its values live in the schema: changing the list is DDL, and sorting goes by position.",
  fix: "Use a lookup table, or VARCHAR with a CHECK.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY, state ENUM('a', 'b'))"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, state VARCHAR(16))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/enum.html"],
  optIn: true,
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedColumns(statement).flatMap(({ type, name }) =>
      type.name === "enum" || type.name === "set"
        ? [hit(type, `The values of ${name.text} can be changed by DDL alone`)]
        : []
    );
  },
});
