import { definedIndexes } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** Index that another index covers. */
export const redundantIndex = statementRule({
  code: "C008",
  name: "redundant-index",
  group: "schema",
  title: "Index that another index covers",
  score: 25,
  why:
    "Every write keeps it up to date, and no query needs it: the other index starts with the same columns.",
  fix: "Leave the shorter index out.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY, a INT, b INT, KEY x (a), KEY y (a, b))",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, KEY x (id))",
  ],
  quiet: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY, a INT, b INT, KEY x (b), KEY y (a, b))",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, a INT, b INT, UNIQUE x (a), KEY y (a, b))",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, a INT, b INT, KEY x (a), KEY y (a, b) INVISIBLE)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/multiple-column-indexes.html"],
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    const indexes = definedIndexes(statement).filter((index) =>
      (index.kind === "index" || index.kind === "unique" || index.kind === "primary") &&
      index.columns.length > 0 &&
      (index.definition?.parts.every((part) => part.column !== undefined && part.prefix === undefined) ??
        true)
    );
    return indexes.flatMap((index, position) => {
      const by = indexes.find((other, at) => other !== index && covers(other, index, at < position));
      if (by === undefined) return [];
      return [hit(index, `${nameOf(index)} is the beginning of ${nameOf(by)}`)];
    });
  },
});

/** Whether `index` is needless beside `other`. Of two alike, the later is. A unique index is needless only beside its like. */
function covers(other: Index, index: Index, isEarlier: boolean): boolean {
  // The optimizer uses no invisible index.
  if (other.definition?.invisible === true) return false;
  if (index.columns.length > other.columns.length) return false;
  if (!index.columns.every((column, position) => other.columns[position] === column)) return false;
  const same = index.columns.length === other.columns.length;
  if (index.kind === "primary") return false;
  if (index.kind === "unique") {
    return same && (other.kind === "primary" || other.kind === "unique" && isEarlier);
  }
  return !same || other.kind !== "index" || isEarlier;
}

function nameOf(index: Index): string {
  if (index.kind === "primary") return "the primary key";
  return `the index ${index.name?.text ?? `(${index.columns.join(", ")})`}`;
}

type Index = ReturnType<typeof definedIndexes>[number];
