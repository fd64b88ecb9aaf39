import { definedIndexes } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** FULLTEXT or SPATIAL index added. */
export const addFulltextOrSpatialIndex = statementRule({
  code: "L015",
  name: "add-fulltext-or-spatial-index",
  group: "locking",
  title: "FULLTEXT or SPATIAL index added",
  score: 60,
  why: "Writes wait while the index is built, and the first FULLTEXT index rebuilds the table.",
  fix: "Add it in a quiet hour or through a deploy request.",
  fires: ["ALTER TABLE posts ADD FULLTEXT KEY (body)", "CREATE SPATIAL INDEX g ON places (position)"],
  quiet: ["CREATE TABLE posts (id BIGINT PRIMARY KEY, body TEXT, FULLTEXT KEY (body))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html"],
  reads: "shape",
  kinds: ["alter-table", "create-index"],
  check(statement) {
    return definedIndexes(statement).flatMap((index) =>
      index.kind === "fulltext" || index.kind === "spatial"
        ? [hit(index, `Blocks writes to ${displayName(statement.table)} while the index is built`)]
        : []
    );
  },
});
