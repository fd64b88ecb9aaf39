import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** FLOAT or DOUBLE column. */
export const floatingPointColumn = statementRule({
  code: "C003",
  name: "floating-point-column",
  group: "schema",
  title: "FLOAT or DOUBLE column",
  score: 25,
  why: "Most decimal fractions have no exact binary form, so sums drift and comparisons for equality fail.",
  fix: "Use DECIMAL for money and anything that is counted; keep DOUBLE for measurements.",
  fires: ["CREATE TABLE o (id BIGINT PRIMARY KEY, price FLOAT)", "ALTER TABLE o ADD amount DOUBLE"],
  quiet: ["CREATE TABLE o (id BIGINT PRIMARY KEY, price DECIMAL(12,2))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/problems-with-float.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedColumns(statement).flatMap((column) => {
      if (column.type.name !== "float" && column.type.name !== "double") return [];
      const money = MONEY.test(column.name.key);
      return [hit(
        column,
        `${column.name.text} cannot hold most decimal fractions exactly`,
        money ? undefined : 10,
      )];
    });
  },
});

const MONEY = /price|amount|total|cost|fee|tax|balance|salary|money|payment|revenue|discount|credit|debit/;
