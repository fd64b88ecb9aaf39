import type { Expression, StatementOf } from "../../../sql/statement.ts";
import { literalsDecide } from "../../literals_decide.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** UPDATE or DELETE whose WHERE lets every row through. The analyser folds constants; what it cannot fold counts as a restriction. */
export const alwaysTrueWhere = statementRule({
  code: "D003",
  name: "always-true-where",
  group: "destructive",
  title: "UPDATE or DELETE whose WHERE lets every row through",
  score: 95,
  why:
    "The condition is true for every row, so the statement does what one without WHERE does while it looks restricted.",
  fix: "Compare a column with a value. If every row is meant, leave the WHERE out and say so in the review.",
  fires: [
    "DELETE FROM users WHERE 1 = 1",
    "UPDATE users SET active = 0 WHERE TRUE OR id = 7",
    "DELETE FROM users WHERE id = id",
    "DELETE FROM users WHERE NOT 0",
    "UPDATE users SET active = 0 WHERE id IS NOT NULL OR 1",
    "DELETE FROM users WHERE @everyone",
  ],
  quiet: ["DELETE FROM users WHERE 1 = 1 AND id = 7", "DELETE FROM users WHERE id = parent_id"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/expressions.html"],
  reads: "text",
  kinds: ["update", "delete"],
  mayFire: (statement) => literalsDecide(statement.where) || reaches(statement.reach) > 0,
  check(statement) {
    if (statement.where === undefined) return NO_HITS;
    const span = statement.whereSpan ?? statement.verb;
    if (statement.reach === "truthy" && isFlag(statement.where)) {
      return [
        hit(span, "This condition takes a column's value for true: every row where it is not 0 or NULL", 30),
      ];
    }
    // A subquery may guard a table of one row; nothing but the whole table depends on a variable or placeholder.
    const score = statement.reach === "all-or-none" && !readsTables(statement)
      ? 90
      : reaches(statement.reach);
    if (score === 0) return NO_HITS;
    const what = statement.reach === "all-or-none"
      ? "This condition does not look at the row: it lets every row through or none"
      : "This condition is true for every row";
    return [hit(span, what, score)];
  },
});

/** Names of columns that are true in every row when taken for a truth: keys. */
const KEY_NAME = /^(id|uuid|guid|pk|name|email)$|_(id|uuid|key|name|at)$/;

/** A bare column that may well be a flag, as in `WHERE is_deleted`, alone or with other conditions of its kind. */
function isFlag(where: Expression): boolean {
  if (where.type === "logical") {
    return where.operator === "and" ? where.operands.some(isFlag) : where.operands.every(isFlag);
  }
  return where.type === "column" && !KEY_NAME.test(where.name.key);
}

function readsTables(statement: StatementOf<"update" | "delete">): boolean {
  return statement.blocks.some((block) => block.from.length > 0);
}

/** The score for a reach that is as good as every row, else 0. */
function reaches(reach: StatementOf<"update">["reach"]): number {
  switch (reach) {
    case "every":
      return 95;
    case "every-not-null":
    case "truthy":
      return 90;
    case "all-or-none":
      return 60;
    default:
      return 0;
  }
}
