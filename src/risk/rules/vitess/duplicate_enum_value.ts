import { definedColumns } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** ENUM or SET with the same value twice. PlanetScale's DUPLICATE_ENUM_VALUE. */
export const duplicateEnumValue = statementRule({
  code: "V019",
  name: "duplicate-enum-value",
  group: "vitess",
  title: "ENUM or SET with the same value twice",
  score: 50,
  why: "PlanetScale rejects the deploy request, and MySQL does under strict mode.",
  fix: "Remove the repeated value.",
  fires: ["CREATE TABLE t (id BIGINT PRIMARY KEY, s ENUM('a', 'b', 'A'))"],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY, s ENUM('a', 'b'))"],
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "text",
  kinds: ["create-table", "alter-table"],
  mayFire: (statement) => definedColumns(statement).some((column) => column.type.members.length > 1),
  check(statement) {
    return definedColumns(statement).flatMap(({ name, type }) => {
      const seen = new Set<string>();
      const again = type.members.find((member) => {
        const key = member.value.toLowerCase().trimEnd();
        return seen.size === seen.add(key).size;
      });
      return again === undefined ? [] : [hit(again, `${name.text} lists this value twice`)];
    });
  },
});
