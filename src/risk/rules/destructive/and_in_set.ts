import { byteBefore } from "../../bytes.ts";
import { hit, statementRule } from "../../rule.ts";

/** AND where SET needs a comma. `SET a = 1 AND b = 2` is `SET a = (1 AND b = 2)`. */
export const andInSet = statementRule({
  code: "D021",
  name: "and-in-set",
  group: "destructive",
  title: "AND where SET needs a comma",
  score: 65,
  why:
    "The column gets the truth value of the whole expression, 0 or 1, and the other column is not set at all.",
  fix: "Separate assignments with commas. Put parentheses around a truth value that is meant.",
  fires: ["UPDATE users SET name = 'x' AND age = 7 WHERE id = 1", "INSERT INTO t SET a = 1 AND b = 2"],
  quiet: [
    "UPDATE users SET name = 'x', age = 7 WHERE id = 1",
    "UPDATE users SET adult = (checked AND age = 18) WHERE id = 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/update.html"],
  reads: "shape",
  kinds: ["update", "insert", "replace"],
  check(statement) {
    const assignments = statement.kind === "insert" || statement.kind === "replace"
      ? [...statement.assignments, ...(statement.onDuplicate ?? [])]
      : statement.assignments;
    return assignments.flatMap(({ target, value }) => {
      if (value.type !== "logical" || value.operator !== "and") return [];
      if (byteBefore(statement.bytes, value.start) === 40) return [];
      const second = value.operands.slice(1).find((operand) =>
        operand.type === "comparison" && operand.operator === "=" && operand.left.type === "column"
      );
      return second === undefined ? [] : [hit(value, `Stores the truth value of AND in ${target.name.text}`)];
    });
  },
});
