import { definedColumns, tableCharsets } from "../../definitions.ts";
import { hit, statementRule } from "../../rule.ts";

/** Character set that PlanetScale does not take. PlanetScale's INVALID_CHARSET. */
export const unsupportedCharset = statementRule({
  code: "V005",
  name: "unsupported-charset",
  group: "vitess",
  title: "Character set that PlanetScale does not take",
  score: 60,
  why: "PlanetScale knows utf8mb4, utf8mb3, utf8, latin1 and ascii, and rejects the rest (INVALID_CHARSET).",
  fix: "Use utf8mb4.",
  fires: [
    "CREATE TABLE t (id BIGINT PRIMARY KEY) CHARACTER SET = gbk",
    "CREATE TABLE t (id BIGINT PRIMARY KEY, n TEXT CHARACTER SET sjis)",
  ],
  quiet: ["CREATE TABLE t (id BIGINT PRIMARY KEY) CHARACTER SET = latin1"],
  references: ["https://planetscale.com/docs/vitess/schema-changes/schema-lint-errors"],
  targets: ["vitess", "planetscale"],
  vtgate: "platform",
  reads: "shape",
  kinds: ["create-table", "alter-table"],
  check(statement) {
    const columns = definedColumns(statement).flatMap(({ type, name }) =>
      isRefused(type.charset) ? [hit(type, `${name.text} has a character set that is not supported`)] : []
    );
    return [
      ...columns,
      ...tableCharsets(statement).flatMap((set) =>
        isRefused(set.charset) ? [hit(set, "This character set is not supported")] : []
      ),
    ];
  },
});

const TAKEN: ReadonlySet<string> = new Set(["utf8mb4", "utf8mb3", "utf8", "latin1", "ascii", "binary"]);

function isRefused(charset: string | undefined): boolean {
  return charset !== undefined && charset !== "default" && !TAKEN.has(charset);
}
