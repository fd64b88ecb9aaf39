import { isAlwaysTrue } from "../../../sql/condition/reach.ts";
import { sameExpression } from "../../../sql/condition/same.ts";
import type { Expression, Logical, Predicate } from "../../../sql/statement.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";
import { literalsDecide } from "../../literals_decide.ts";

/** What a comparison of a comparison scores. */
const CHAINED_SCORE = 65;

/** OR with a condition that is always true. UPDATE and DELETE with such a WHERE are D003's. */
export const alwaysTrueOr = anyStatementRule({
  code: "S010",
  name: "always-true-or",
  group: "security",
  title: "OR with a condition that is always true",
  score: 72,
  why:
    "OR 1=1 makes the whole condition true: it is how a login is passed without a password and how all rows are read.",
  fix: "Bind values as parameters. If every row is meant, leave the condition out.",
  fires: [
    "SELECT id FROM users WHERE name = 'x' OR 1 = 1",
    "SELECT id FROM users WHERE name = '' OR 'a' = 'a' AND password = ''",
    "SELECT id FROM users WHERE name = '' || 1",
    "SELECT id FROM users WHERE name = 'x' OR name = name",
    "SELECT id FROM users WHERE id = 5 OR NOT 0",
    "SELECT id FROM users WHERE name = 'x' AND password = '' = ''",
  ],
  quiet: [
    "SELECT id FROM users WHERE 1 = 1 AND name = 'x'",
    "SELECT id FROM posts WHERE 1 = 1 AND title LIKE 'a%' OR body LIKE 'a%'",
    "SELECT id FROM users WHERE name = 'x' OR 1 = 0",
    "SELECT id FROM users WHERE ? IS NULL OR name = ?",
    "SELECT id FROM users WHERE name = 'x' OR mail = 'x'",
    "SELECT id FROM users WHERE @name IS NULL OR name = @name",
  ],
  references: ["https://owasp.org/www-community/attacks/SQL_Injection"],
  reads: "text",
  needs: ["predicates", "logicals"],
  mayFire: (statement) =>
    statement.predicates.some(isChained) ||
    statement.logicals.some((logical) => isOr(logical) && logical.operands.some(mayBeTrue)),
  check(statement) {
    if (!statement.logicals.some(isOr) && !statement.predicates.some(isChained)) return NO_HITS;
    const chained = statement.predicates.filter(isChained).map((predicate) =>
      hit(
        predicate,
        "A comparison is compared with a text, which is true where nothing was found",
        CHAINED_SCORE,
      )
    );
    return [
      ...chained,
      ...statement.logicals.filter(isOr).flatMap((logical) => {
        const operand = logical.operands.find((one, index) =>
          isTautology(one) || (index > 0 && opensWithTautology(one))
        );
        return operand === undefined
          ? []
          : [hit(operand, "This side of the OR is always true, and with it the whole condition")];
      }),
    ];
  },
});

/** `name = '' = ''`: what is false equals the empty text. */
function isChained(predicate: Predicate): boolean {
  return predicate.type === "comparison" && predicate.clause === "where" && predicate.operator === "=" &&
    predicate.left.type === "comparison" && predicate.right.type === "string";
}

function isOr(logical: Logical): boolean {
  // Without a block it is the WHERE of an UPDATE or DELETE.
  return logical.operator === "or" && logical.block !== undefined &&
    (logical.clause === "where" || logical.clause === "having" || logical.clause === "on");
}

function mayBeTrue(operand: Expression): boolean {
  if (operand.type === "logical") return operand.operands.some(mayBeTrue);
  return literalsDecide(operand) || isTautology(operand) || operand.type === "number" ||
    operand.type === "string" ||
    operand.type === "boolean" ||
    operand.type === "comparison" && operand.left.type !== "column" && operand.right.type !== "column";
}

function isTautology(operand: Expression): boolean {
  if (operand.type === "comparison" && (operand.operator === "=" || operand.operator === "<=>")) {
    if (
      operand.quantifier === undefined && operand.left.type === "column" &&
      sameExpression(operand.left, operand.right)
    ) {
      return true;
    }
  }
  return isAlwaysTrue(operand);
}

/** `a OR 'x'='x' AND b`: AND binds tighter, and its first condition gives it away. Builders begin with 1=1 instead. */
function opensWithTautology(operand: Expression): boolean {
  const [first] = operand.type === "logical" && operand.operator === "and" ? operand.operands : [];
  return first !== undefined && isTautology(first);
}
