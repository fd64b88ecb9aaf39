import { hit, statementRule } from "../../rule.ts";

/** SET GLOBAL time_zone or sql_mode. */
export const setGlobalUnsupported = statementRule({
  code: "V013",
  name: "set-global-unsupported",
  group: "vitess",
  title: "SET GLOBAL time_zone or sql_mode",
  score: 55,
  why: "vtgate checks the value and then drops it without an error: nothing changes.",
  fix: "Set it for the session, or write times in UTC.",
  fires: ["SET GLOBAL time_zone = '+00:00'", "SET @@global.sql_mode = 'STRICT_TRANS_TABLES'"],
  quiet: ["SET time_zone = '+00:00'"],
  references: ["https://planetscale.com/docs/vitess/troubleshooting/mysql-compatibility"],
  targets: ["vitess", "planetscale"],
  vtgate: "accepts",
  reads: "shape",
  kinds: ["set"],
  check(statement) {
    return statement.items.flatMap((item) =>
      item.scope === undefined || item.scope === "session" || item.target !== "system" ? [] : [
        hit(
          item,
          `SET GLOBAL ${item.name} is dropped without an error`,
          NAMED.has(item.name) ? undefined : 40,
        ),
      ]
    );
  },
});

/** Variables that the documentation lists as unsupported; the others are ignored as well. */
const NAMED: ReadonlySet<string> = new Set(["time_zone", "sql_mode"]);
