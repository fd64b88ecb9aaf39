import { option } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Table or column without a comment. */
export const noComment = statementRule({
  code: "C015",
  name: "no-comment",
  group: "schema",
  title: "Table or column without a comment",
  score: 3,
  why: "What a column means is nowhere written down.",
  fix: "Add COMMENT 'what it means'.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY)"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY COMMENT 'number') COMMENT = 'things'"],
  references: [],
  optIn: true,
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    const columns = statement.columns.filter((column) => column.comment === undefined).map((column) =>
      hit(column.name, `${column.name.text} has no comment`)
    );
    return option(statement.options, "COMMENT") === undefined && statement.columns.length > 0
      ? [hit(statement.table, `${displayName(statement.table)} has no comment`), ...columns]
      : columns;
  },
});
