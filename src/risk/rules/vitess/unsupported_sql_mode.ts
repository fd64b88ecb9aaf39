import { hit, statementRule } from "../../rule.ts";

/** ANSI_QUOTES or PIPES_AS_CONCAT. */
export const unsupportedSqlMode = statementRule({
  code: "V014",
  name: "unsupported-sql-mode",
  group: "vitess",
  title: "sql_mode that changes how SQL is read",
  score: 55,
  why:
    "vtgate parses with the default mode. It refuses ANSI_QUOTES, PIPES_AS_CONCAT, NO_BACKSLASH_ESCAPES and REAL_AS_FLOAT, and lets ANSI pass, which holds for MySQL and not for vtgate.",
  fix: "Use backquotes and CONCAT().",
  fires: [
    "SET sql_mode = 'ANSI_QUOTES'",
    "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,PIPES_AS_CONCAT'",
    "SET sql_mode = ANSI",
  ],
  quiet: ["SET sql_mode = 'STRICT_TRANS_TABLES'", "SET @sql_mode = 'ANSI_QUOTES'"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "either",
  reads: "text",
  kinds: ["set"],
  check(statement) {
    return statement.items.flatMap((item) => {
      if (item.name !== "sql_mode" || item.target !== "system" || item.scope === "global") return [];
      // REPLACE(@@sql_mode, 'ANSI_QUOTES', '') takes one out.
      if (item.value.type === "call" && item.value.key === "replace") return [];
      const text = decoder.decode(statement.bytes.subarray(item.start, item.end));
      return MODES.test(text)
        ? [hit(item, "vtgate reads quotes and || by the default mode whatever is set here")]
        : [];
    });
  },
});

const MODES = /\b(ansi_quotes|pipes_as_concat|no_backslash_escapes|real_as_float|ansi)\b/i;
const decoder = new TextDecoder("latin1");
