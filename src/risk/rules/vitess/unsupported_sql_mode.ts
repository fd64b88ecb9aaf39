import { hit, statementRule } from "../../rule.ts";
import { wordOf } from "../../variables.ts";

/** V014. */
export const unsupportedSqlMode = statementRule({
  code: "V014",
  name: "unsupported-sql-mode",
  group: "vitess",
  title: "ANSI_QUOTES or PIPES_AS_CONCAT",
  score: 55,
  why:
    "vtgate parses with the default mode: double quotes stay strings and || stays OR, so queries mean something else.",
  fix: "Use backquotes and CONCAT().",
  fires: [
    "SET sql_mode = 'ANSI_QUOTES'",
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,PIPES_AS_CONCAT'",
    "SET sql_mode = ANSI",
  ],
  quiet: ["SET sql_mode = 'STRICT_TRANS_TABLES'"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  reads: "text",
  kinds: ["set"],
  check(statement) {
    return statement.items.flatMap((item) => {
      if (item.name !== "sql_mode") return [];
      const modes = (wordOf(item) ?? "").toLowerCase().split(",").map((mode) => mode.trim());
      return modes.some((mode) => mode === "ansi_quotes" || mode === "pipes_as_concat" || mode === "ansi")
        ? [hit(item, "vtgate reads quotes and || by the default mode whatever is set here")]
        : [];
    });
  },
});
