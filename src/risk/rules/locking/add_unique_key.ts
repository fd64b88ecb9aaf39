import type { StatementOf } from "../../../sql/statement.ts";
import { createdColumns, definedIndexes } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Unique key added to an existing table. */
export const addUniqueKey = statementRule({
  code: "L014",
  name: "add-unique-key",
  group: "locking",
  title: "Unique key added to an existing table",
  score: 55,
  why:
    "It fails after the whole scan on the first duplicate, and gh-ost and pt-online-schema-change drop duplicate rows in silence.",
  fix:
    "Look for duplicates first (GROUP BY the columns HAVING COUNT(*) > 1) and make the application stop writing them.",
  fires: [
    "ALTER TABLE users ADD UNIQUE KEY (email)",
    "CREATE UNIQUE INDEX u ON users (email)",
    "ALTER TABLE users ADD code INT NOT NULL UNIQUE",
  ],
  quiet: [
    "ALTER TABLE users ADD KEY (email)",
    "ALTER TABLE users ADD code INT UNIQUE",
    "CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(255) UNIQUE)",
  ],
  references: ["https://github.com/github/gh-ost/blob/master/doc/requirements-and-limitations.md"],
  reads: "shape",
  kinds: ["alter-table", "create-index"],
  check(statement) {
    const allNull = newNullColumns(statement);
    return definedIndexes(statement).flatMap((index) =>
      index.kind === "unique" && !index.columns.some((column) => allNull.has(column))
        ? [hit(index, `Fails if ${displayName(statement.table)} holds duplicates`)]
        : []
    );
  },
});

/** Columns that the statement adds with NULL in every row: no two NULLs are duplicates. */
function newNullColumns(statement: StatementOf<"alter-table" | "create-index">): ReadonlySet<string> {
  if (statement.kind === "create-index") return new Set();
  return new Set(
    createdColumns(statement).flatMap((column) =>
      column.nullable !== false && !column.autoIncrement && !column.type.serial && column.key !== "primary" &&
        column.generated === undefined && (column.default === undefined || column.default.kind === "null")
        ? [column.name.key]
        : []
    ),
  );
}
