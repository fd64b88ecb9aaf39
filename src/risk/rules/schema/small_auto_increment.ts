import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** AUTO_INCREMENT column smaller than BIGINT. */
export const smallAutoIncrement = statementRule({
  code: "C002",
  name: "small-auto-increment",
  group: "schema",
  title: "AUTO_INCREMENT column smaller than BIGINT",
  score: 30,
  why: "When the numbers run out every INSERT fails, and widening the column then means copying the table.",
  fix: "Use BIGINT UNSIGNED; it costs four bytes a row more than INT.",
  fires: [
    "CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY)",
    "ALTER TABLE t ADD id SMALLINT UNSIGNED AUTO_INCREMENT UNIQUE",
  ],
  quiet: ["CREATE TABLE t (id BIGINT AUTO_INCREMENT PRIMARY KEY)", "CREATE TABLE t (id INT PRIMARY KEY)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/integer-types.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedColumns(statement).flatMap((column) => {
      const largest = LARGEST[column.type.name];
      if (!column.autoIncrement || largest === undefined) return [];
      const last = column.type.unsigned ? largest * 2 + 1 : largest;
      const score = last < 1_000_000_000 ? 35 : column.type.unsigned ? 20 : undefined;
      return [hit(column, `${column.name.text} ends at ${last.toLocaleString("en-US")}`, score)];
    });
  },
});

/** Largest signed value by type. */
const LARGEST: Readonly<Record<string, number>> = {
  tinyint: 127,
  smallint: 32_767,
  mediumint: 8_388_607,
  int: 2_147_483_647,
};
