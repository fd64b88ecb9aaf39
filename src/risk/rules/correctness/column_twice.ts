import type { Assignment, Identifier } from "../../../sql/statement.ts";
import { hit, statementRule } from "../../rule.ts";

/** Column assigned or listed twice. */
export const columnTwice = statementRule({
  code: "Q004",
  name: "column-twice",
  group: "correctness",
  title: "Column assigned or listed twice",
  score: 45,
  why: "UPDATE keeps the last value without a word; INSERT fails.",
  fix: "Keep the one that is meant.",
  fires: [
    "UPDATE t SET a = 1, b = 2, a = 3 WHERE id = 1",
    "INSERT INTO t (a, b, A) VALUES (1, 2, 3)",
    "INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE b = 1, b = 2",
  ],
  quiet: [
    "UPDATE t SET a = 1, b = 1 WHERE id = 1",
    "UPDATE t JOIN u ON t.id = u.id SET t.a = 1, u.a = 2 WHERE t.id = 1",
    "INSERT INTO t (a, b) VALUES (1, 1)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/update.html"],
  reads: "shape",
  kinds: ["update", "insert", "replace"],
  check(statement) {
    const repeated = repeatedTargets(statement.assignments);
    if (statement.kind !== "update") {
      repeated.push(
        ...repeatedNames(statement.columns ?? []),
        ...repeatedTargets(statement.onDuplicate ?? []),
      );
    }
    return repeated.map((name) => hit(name, `${name.text} is given a second time`));
  },
});

function repeatedTargets(assignments: readonly Assignment[]): Identifier[] {
  const seen = new Set<string>();
  const repeated: Identifier[] = [];
  for (const { target } of assignments) {
    const key = `${target.table?.key ?? ""}.${target.name.key}`;
    if (seen.has(key)) repeated.push(target.name);
    seen.add(key);
  }
  return repeated;
}

function repeatedNames(names: readonly Identifier[]): Identifier[] {
  const seen = new Set<string>();
  return names.filter((name) => seen.has(name.key) || !seen.add(name.key));
}
