import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** REPLACE. */
export const replaceInto = statementRule({
  code: "D017",
  name: "replace-into",
  group: "destructive",
  title: "REPLACE",
  score: 40,
  why:
    "A row that exists is deleted and inserted anew: columns not named fall back to their defaults, cascades and triggers fire.",
  fix: "Use INSERT ... ON DUPLICATE KEY UPDATE and name the columns that change.",
  fires: ["REPLACE INTO settings (name, value) VALUES ('a', 'b')", "REPLACE settings SET name = 'a'"],
  quiet: ["INSERT INTO settings (name, value) VALUES ('a', 'b') ON DUPLICATE KEY UPDATE value = 'b'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/replace.html"],
  reads: "shape",
  kinds: ["replace"],
  check(statement) {
    return [
      hit(statement.verb, `Deletes and reinserts the rows of ${displayName(statement.target)} it finds`),
    ];
  },
});
