import { definedColumns, tableCharsets } from "../../definitions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** utf8 or utf8mb3 character set. */
export const threeByteUtf8 = statementRule({
  code: "C004",
  name: "three-byte-utf8",
  group: "schema",
  title: "utf8 or utf8mb3 character set",
  score: 25,
  why:
    "It holds three bytes a character: emoji and some names are refused or cut, and joins with utf8mb4 columns convert.",
  fix: "Use utf8mb4.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY) DEFAULT CHARSET=utf8",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n VARCHAR(9) CHARACTER SET utf8mb3)",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY) DEFAULT CHARSET=utf8mb4"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/charset-unicode-utf8mb3.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    const columns = definedColumns(statement).flatMap(({ type, name }) =>
      isThreeByte(type.charset) || isThreeByte(type.collation?.split("_")[0])
        ? [hit(type, `${name.text} cannot hold four-byte characters`)]
        : []
    );
    return [
      ...columns,
      ...tableCharsets(statement).flatMap((set) =>
        isThreeByte(set.charset)
          ? [hit(set, `Columns of ${displayName(statement.table)} cannot hold four-byte characters`)]
          : []
      ),
    ];
  },
});

function isThreeByte(charset: string | undefined): boolean {
  return charset === "utf8" || charset === "utf8mb3";
}
