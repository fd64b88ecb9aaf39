import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** View, routine, trigger or event dropped. */
export const dropProgram = statementRule({
  code: "D014",
  name: "drop-program",
  group: "destructive",
  title: "View, routine, trigger or event dropped",
  score: 45,
  why: "Whatever calls or reads it fails from then on, and its text is not kept anywhere in the server.",
  fix: "Find its callers first and keep its definition in the repository.",
  fires: [
    "DROP TRIGGER audit_users",
    "DROP VIEW IF EXISTS active_users",
    "DROP PROCEDURE shop.pay",
    "DROP EVENT nightly",
  ],
  quiet: ["CREATE OR REPLACE VIEW active_users AS SELECT id FROM users WHERE active = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/drop-view.html"],
  reads: "shape",
  kinds: [
    "drop-view",
    "drop-procedure",
    "drop-function",
    "drop-trigger",
    "drop-event",
    "drop-library",
    "drop-package",
    "drop-sequence",
  ],
  check(statement) {
    const what = statement.kind.slice("drop-".length);
    if ("tables" in statement) {
      return statement.tables.map((name) => hit(name, `Drops the ${what} ${displayName(name)}`));
    }
    return [hit(statement.name, `Drops the ${what} ${displayName(statement.name)}`)];
  },
});
