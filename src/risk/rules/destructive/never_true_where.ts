import { literalsDecide } from "../../literals_decide.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** UPDATE or DELETE whose WHERE lets no row through. */
export const neverTrueWhere = statementRule({
  code: "D004",
  name: "never-true-where",
  group: "destructive",
  title: "UPDATE or DELETE whose WHERE lets no row through",
  score: 25,
  why: "The statement does nothing and says nothing about it; = NULL in particular is never true.",
  fix: "Write IS NULL to find NULL, or remove the statement.",
  fires: ["DELETE FROM users WHERE 1 = 0", "UPDATE users SET active = 0 WHERE deleted_at = NULL"],
  quiet: ["DELETE FROM users WHERE deleted_at IS NULL", "DELETE FROM users WHERE 1 = 0 OR id = 7"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/working-with-null.html"],
  reads: "text",
  kinds: ["update", "delete"],
  mayFire: (statement) => literalsDecide(statement.where) || statement.reach === "none",
  check(statement) {
    if (statement.where === undefined || statement.reach !== "none" || statement.limit?.count.value === 0) {
      return NO_HITS;
    }
    return [
      hit(statement.whereSpan ?? statement.verb, "This condition is never true, so nothing is changed"),
    ];
  },
});
