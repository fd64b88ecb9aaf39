import type { Expression, Statement } from "../../../sql/statement.ts";
import { anyStatementRule, hit } from "../../rule.ts";

const MARKERS = /^(\?|%s|:\w+|#\{[^}]*\}|\$\{[^}]*\}|\{\{[^}]*\}\}|\{\w*\}|\$\d+|@\w+)$/;
/** What a migration tool fills in when it runs, from its own settings. */
const TOOL_MARKERS = /^(\$\{|\{\{)/;

/** Placeholder in quotes. On the wire such a value is data. */
export const quotedPlaceholder = anyStatementRule({
  code: "S021",
  name: "quoted-placeholder",
  group: "security",
  title: "Placeholder in quotes",
  score: 55,
  why:
    "A placeholder in quotes is text: either nothing is bound, or a template fills in a value that may close the quote.",
  fix: "Take the quotes away and bind the value as a parameter.",
  fires: [
    "SELECT id FROM users WHERE name = '%s'",
    "SELECT id FROM users WHERE name = '${name}'",
    "INSERT INTO users (name) VALUES ('?')",
    "UPDATE users SET name = ':name' WHERE id = 1",
  ],
  quiet: [
    "SELECT id FROM users WHERE name = ?",
    "SELECT id FROM users WHERE name LIKE '%s'",
    "SELECT DATE_FORMAT(created, '%s') FROM users WHERE id = 1",
    "INSERT INTO users (name) VALUES ('what?')",
  ],
  references: ["https://owasp.org/www-community/attacks/SQL_Injection"],
  mode: "file",
  reads: "text",
  check(statement) {
    return valuesOf(statement).filter((value) => value.type === "string").filter((value) =>
      MARKERS.test(value.value)
    )
      .map((value) =>
        hit(value, "A placeholder stands in quotes", TOOL_MARKERS.test(value.value) ? 35 : undefined)
      );
  },
});

/** What columns are compared with or set to. */
function valuesOf(statement: Statement): readonly Expression[] {
  const values: Expression[] = [];
  for (const predicate of statement.predicates) {
    if (predicate.type === "comparison") values.push(predicate.left, predicate.right);
    else if (predicate.type === "in") { for (const item of predicate.items) values.push(item); }
  }
  if (statement.kind === "update") {
    for (const assignment of statement.assignments) values.push(assignment.value);
  }
  if (statement.kind === "insert" || statement.kind === "replace") {
    for (const assignment of statement.assignments) values.push(assignment.value);
    for (const row of statement.values?.rows ?? []) for (const value of row.values) values.push(value);
  }
  return values;
}
