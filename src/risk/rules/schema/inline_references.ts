import { definedForeignKeys } from "../../definitions.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** REFERENCES written at a column. */
export const inlineReferences = statementRule({
  code: "C011",
  name: "inline-references",
  group: "schema",
  title: "REFERENCES written at a column",
  score: 45,
  why: "MySQL before 9.0 parses it and does nothing: there is no foreign key.",
  fix: "Write FOREIGN KEY (column) REFERENCES parent (column) in the table's list.",
  fires: ["CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT REFERENCES users (id))"],
  quiet: ["CREATE TABLE o (id BIGINT PRIMARY KEY, u BIGINT, FOREIGN KEY (u) REFERENCES users (id))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement, context) {
    if (context.options.serverVersion >= 90000) return NO_HITS;
    return definedForeignKeys(statement).flatMap((key) =>
      key.inline ? [hit(key, "MySQL before 9.0 ignores this: no foreign key is made")] : []
    );
  },
});
