import { hit, statementRule } from "../../rule.ts";
import { switchOf } from "../../variables.ts";

/** Safety switch turned off. */
export const safetySwitchOff = statementRule({
  code: "D023",
  name: "safety-switch-off",
  group: "destructive",
  title: "Safety switch turned off",
  score: 45,
  why: "For the rest of the session the server no longer stops what the switch is there to stop.",
  fix: "Leave the check on. Where a bulk load needs it off, turn it back on in the same file.",
  fires: [
    "SET foreign_key_checks = 0",
    "SET SESSION sql_safe_updates = OFF",
    "SET sql_mode = ''",
    "SET @@unique_checks = 0",
    "SET sql_safe_updates = 1 - 1",
  ],
  quiet: ["SET foreign_key_checks = 1", "SET sql_mode = 'STRICT_TRANS_TABLES'", "SET NAMES utf8mb4"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html"],
  reads: "text",
  kinds: ["set"],
  check(statement, context) {
    return statement.items.flatMap((item) => {
      if (item.target !== "system") return [];
      const off = switchOf(item) === false;
      switch (item.name) {
        case "foreign_key_checks":
        case "unique_checks":
        case "sql_safe_updates":
        case "innodb_strict_mode":
          return off
            ? [hit(item, `Turns ${item.name} off`, context.file?.dump === true ? 5 : undefined)]
            : [];
        case "sql_mode":
          return item.value.type === "string" && item.value.value.trim() === ""
            ? [hit(item, "Turns strict mode off: values that do not fit are changed in silence")]
            : [];
        default:
          return [];
      }
    });
  },
});
