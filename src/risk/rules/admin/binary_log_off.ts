import { statementRule } from "../../rule.ts";
import { itemsOf, switchOf } from "../../variables.ts";

const NAMES: ReadonlySet<string> = new Set(["sql_log_bin"]);

/** A013. */
export const binaryLogOff = statementRule({
  code: "A013",
  name: "binary-log-off",
  group: "admin",
  title: "Binary log switched off for the session",
  score: 82,
  why:
    "What follows reaches no replica and no point-in-time recovery: they differ from the source from then on.",
  fix: "Leave sql_log_bin on; what must differ between servers is best done on each of them by name.",
  fires: ["SET sql_log_bin = 0", "SET SESSION sql_log_bin = OFF", "SET @@session.sql_log_bin = false"],
  quiet: ["SET sql_log_bin = 1", "SET @old = @@session.sql_log_bin", "SET sql_log_bin = @old"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/set-sql-log-bin.html"],
  reads: "text",
  kinds: ["set"],
  mayFire: (statement) => itemsOf(statement, NAMES).length > 0,
  check(statement, context) {
    return itemsOf(statement, NAMES).filter((item) => switchOf(item) === false).map((item) => ({
      start: item.start,
      end: item.end,
      message: "What follows is written to no binary log",
      // mysqldump writes it into every dump of a server with GTIDs.
      ...(context.file?.dump === true ? { score: 40 } : {}),
    }));
  },
});
