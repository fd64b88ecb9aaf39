import type { StatementOf } from "../../../sql/statement.ts";
import { definedIndexes } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** No unique key that Vitess can use. PlanetScale's BLOB_IN_UNIQUE_KEY and PARTIAL_KEY_IN_UNIQUE_KEY. */
export const unusableUniqueKey = statementRule({
  code: "V002",
  name: "unusable-unique-key",
  group: "vitess",
  title: "No unique key that Vitess can use",
  score: 62,
  why:
    "Vitess tells rows apart by a unique key of NOT NULL columns without prefixes, TEXT or BLOB; PlanetScale rejects a table without one.",
  fix: "Make the key's columns NOT NULL and index them whole, or add a BIGINT primary key.",
  fires: [
    "CREATE TABLE t (a INT, UNIQUE KEY (a))",
    "CREATE TABLE t (a TEXT NOT NULL, PRIMARY KEY (a(20)))",
    "CREATE TABLE t (a VARCHAR(99) NOT NULL, UNIQUE KEY (a(20)))",
  ],
  quiet: [
    "CREATE TABLE t (a INT NOT NULL, b INT, UNIQUE KEY (a), UNIQUE KEY (b))",
    "CREATE TABLE t (a INT, PRIMARY KEY (a))",
  ],
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["create-table"],
  check(statement) {
    const keys = definedIndexes(statement).filter(({ kind }) => kind === "primary" || kind === "unique");
    const [first] = keys;
    if (first === undefined || keys.some((key) => isUsable(key, statement))) return NO_HITS;
    return [hit(first, `No unique key of ${displayName(statement.table)} has only whole NOT NULL columns`)];
  },
});

function isUsable(
  key: ReturnType<typeof definedIndexes>[number],
  statement: StatementOf<"create-table">,
): boolean {
  const parts = key.definition?.parts ?? [];
  if (parts.some((part) => part.prefix !== undefined || part.column === undefined)) return false;
  return key.columns.every((name) => {
    const column = statement.columns.find((candidate) => candidate.name.key === name);
    if (column === undefined) return true;
    if (/text$|blob$/.test(column.type.name)) return false;
    return key.kind === "primary" || column.nullable === false || column.type.serial ||
      column.key === "primary";
  });
}
