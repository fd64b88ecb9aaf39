import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** Literal default on TEXT, BLOB, JSON or geometry. */
export const blobDefault = statementRule({
  code: "C019",
  name: "blob-default",
  group: "schema",
  title: "Literal default on TEXT, BLOB, JSON or geometry",
  score: 35,
  why:
    "The server refuses the statement: these types take a default only as an expression in parentheses, from 8.0.13.",
  fix: "Write DEFAULT ('value') in parentheses, or leave the default out.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY, body TEXT NOT NULL DEFAULT '')",
    "ALTER TABLE t ADD doc JSON DEFAULT '{}'",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, body TEXT DEFAULT (''), b TEXT DEFAULT NULL)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedColumns(statement).flatMap(({ name, type, default: value }) =>
      value?.kind === "literal" && /text$|blob$|^json$|^geom|^point$|^polygon$|^linestring$/.test(type.name)
        ? [hit(value, `The server refuses a literal default for ${name.text}`)]
        : []
    );
  },
});
