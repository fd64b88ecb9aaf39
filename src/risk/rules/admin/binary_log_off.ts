import type { SetItem } from "../../../sql/statement.ts";
import { hit, statementRule } from "../../rule.ts";
import { itemsOf, switchOf } from "../../variables.ts";

const NAMES: ReadonlySet<string> = new Set(["sql_log_bin"]);

/** sql_log_bin switched off, or set to what only the server can tell. */
export const binaryLogOff = statementRule({
  code: "A013",
  name: "binary-log-off",
  group: "admin",
  title: "Binary log switched off for the session",
  score: 82,
  why:
    "What follows reaches no replica and no point-in-time recovery: they differ from the source from then on.",
  fix: "Leave sql_log_bin on; what must differ between servers is best done on each of them by name.",
  fires: ["SET sql_log_bin = 0", "SET SESSION sql_log_bin = OFF", "SET @@session.sql_log_bin = 1 - 1"],
  quiet: ["SET sql_log_bin = 1", "SET @old = @@session.sql_log_bin", "SET sql_log_bin = @old"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/set-sql-log-bin.html"],
  reads: "text",
  kinds: ["set"],
  mayFire: (statement) => itemsOf(statement, NAMES).length > 0,
  check(statement, context) {
    const dump = context.file?.dump === true;
    return itemsOf(statement, NAMES).flatMap((item) => {
      const on = switchOf(item);
      if (on === true || on === undefined && (dump || restores(item))) return [];
      const message = on === false
        ? "What follows is written to no binary log"
        : "May keep what follows out of the binary log: the value is not a constant";
      // mysqldump writes it into every dump of a server with GTIDs.
      const score = dump ? 40 : on === undefined ? 70 : undefined;
      return [hit(item, message, score)];
    });
  },
});

/** Whether a value is one that was set aside before, as dumps and scripts do. */
function restores({ value }: SetItem): boolean {
  return value.type === "variable" && value.kind === "user" &&
    /^(old|mysqldump|saved|prev)/i.test(value.name);
}
