import { anyStatementRule, hit } from "../../rule.ts";

/** Kinds that change nothing beyond the session. */
const READING: ReadonlySet<string> = new Set([
  "select",
  "show",
  "set",
  "begin",
  "commit",
  "rollback",
  "use",
  "describe-table",
  "empty",
]);

/** Second statement in one text. The splitter knows which statement of a text is the first. */
export const stackedStatements = anyStatementRule({
  code: "S013",
  name: "stacked-statements",
  group: "security",
  title: "Second statement in one text",
  score: 60,
  why:
    "Drivers send one statement at a time unless told otherwise; a second one behind a semicolon is how injected SQL writes.",
  fix: "Send statements one by one, and leave multi-statements off in the driver.",
  fires: ["SELECT id FROM t WHERE id = 1; DROP TABLE t"],
  quiet: ["SELECT id FROM users WHERE id = 1"],
  references: ["https://owasp.org/www-community/attacks/SQL_Injection"],
  mode: "wire",
  reads: "shape",
  check(statement, context) {
    if (context.stacked !== true) return [];
    return READING.has(statement.kind)
      ? [hit(statement.verb, "A further statement in the same text", 20)]
      : [hit(statement.verb, "A further statement in the same text changes something")];
  },
});
