import { textOf } from "../../bytes.ts";
import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** Display width or ZEROFILL. TINYINT(1) is left alone: drivers take it for a boolean. */
export const displayWidth = statementRule({
  code: "C013",
  name: "display-width",
  group: "schema",
  title: "Display width or ZEROFILL",
  score: 8,
  why: "The number in INT(11) limits nothing, and it and ZEROFILL are deprecated.",
  fix: "Write INT; pad numbers in the application.",
  fires: [
    "CREATE TABLE t (id BIGINT(20) PRIMARY KEY)",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n INT ZEROFILL)",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, b TINYINT(1), d DECIMAL(10,2))"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/numeric-type-attributes.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    return definedColumns(statement).flatMap(({ type, name }) => {
      const width = INTEGERS.has(type.name) && type.length !== undefined &&
        !(type.name === "tinyint" && type.length === 1);
      if (!width && !type.zerofill) return [];
      const found = hit(type, `The width of ${name.text} limits nothing and is deprecated`);
      if (type.zerofill) return [found];
      const written = /^\w+(\s*\(\s*\d+\s*\))/.exec(textOf(statement.bytes, type))?.[1];
      if (written === undefined) return [found];
      const start = statement.bytes.indexOf(40, type.start) - written.indexOf("(");
      return [{ ...found, edit: { start, end: start + written.length, text: "" } }];
    });
  },
});

const INTEGERS: ReadonlySet<string> = new Set(["tinyint", "smallint", "mediumint", "int", "bigint"]);
