import { definedIndexes } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** Very many indexes or columns. */
export const tooManyIndexesOrColumns = statementRule({
  code: "C009",
  name: "too-many-indexes-or-columns",
  group: "schema",
  title: "Very many indexes or columns",
  score: 20,
  why: "Every write updates every index, and wide tables fill the buffer pool with columns nobody reads.",
  fix: "Drop indexes no query uses; split rarely used columns into a table of their own.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY, a INT, KEY (a), KEY (a,id), KEY (id,a), KEY c1 (a), KEY c2 (a), KEY c3 (a), KEY c4 (a), KEY c5 (a), KEY c6 (a), KEY c7 (a), KEY c8 (a))",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, a INT, KEY (a))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/column-count-limit.html"],
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    const indexes = definedIndexes(statement);
    const widest = indexes.find((index) => index.columns.length > MOST_KEY_PARTS);
    return [
      ...(indexes.length > MOST_INDEXES
        ? [hit(statement.table, `${displayName(statement.table)} has ${indexes.length} indexes`)]
        : []),
      ...(statement.columns.length > MOST_COLUMNS
        ? [hit(statement.table, `${displayName(statement.table)} has ${statement.columns.length} columns`)]
        : []),
      ...(widest === undefined ? [] : [hit(widest, `This index has ${widest.columns.length} columns`)]),
    ];
  },
});

const MOST_INDEXES = 10;
const MOST_COLUMNS = 100;
const MOST_KEY_PARTS = 6;
