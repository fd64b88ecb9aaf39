import { definedIndexes } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Index added to an existing table. */
export const addIndex = statementRule({
  code: "L025",
  name: "add-index",
  group: "locking",
  title: "Index added to an existing table",
  score: 25,
  why:
    "Writes go on, but building it reads and sorts the whole table, and replicas lag behind by as long as it takes.",
  fix: "On a large table build it through a deploy request, Vitess online DDL or gh-ost.",
  fires: ["ALTER TABLE users ADD INDEX (email)", "CREATE INDEX i ON users (email)"],
  quiet: [
    "CREATE TABLE users (id BIGINT PRIMARY KEY, email TEXT, KEY (email(20)))",
    "CREATE UNIQUE INDEX i ON users (email)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table", "create-index"],
  check(statement) {
    return definedIndexes(statement).flatMap((index) =>
      index.kind !== "index"
        ? []
        : index.definition?.parts.some((part) => part.expression !== undefined) === true
        ? [hit(index, `Reads and sorts all of ${displayName(statement.table)} with writes blocked`, 60)]
        : [hit(index, `Reads and sorts all of ${displayName(statement.table)}`)]
    );
  },
});
