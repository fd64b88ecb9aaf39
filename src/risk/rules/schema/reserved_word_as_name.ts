import { definedColumns } from "../../definitions.ts";
import { isReservedWord } from "../../reserved_words.ts";
import { hit, statementRule } from "../../rule.ts";

/** Reserved word as a name. */
export const reservedWordAsName = statementRule({
  code: "C007",
  name: "reserved-word-as-name",
  group: "schema",
  title: "Reserved word as a name",
  score: 25,
  why:
    "The name works only in backquotes, and queries that leave them out fail, some of them only after an upgrade.",
  fix: "Choose another name, for example a plural or a longer one.",
  fires: ["CREATE TABLE `order` (id BIGINT PRIMARY KEY)", "ALTER TABLE t ADD `rank` INT"],
  quiet: ["CREATE TABLE `orders` (`id` BIGINT PRIMARY KEY)"],
  references: ["https://dev.mysql.com/doc/refman/9.4/en/keywords.html"],
  reads: "shape",
  kinds: ["create-table", "alter-table", "create-view"],
  check(statement) {
    const names = statement.kind === "create-view" ? [statement.view.name, ...statement.columns] : [
      ...(statement.kind === "create-table" ? [statement.table.name] : []),
      ...definedColumns(statement).map((c) => c.name),
    ];
    return names.flatMap((name) =>
      isReservedWord(name.text)
        ? [hit(name, `${name.text} is a reserved word and needs backquotes everywhere`)]
        : []
    );
  },
});
