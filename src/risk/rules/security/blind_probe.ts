import { childrenOf, someNode } from "../../../sql/model/children.ts";
import type { Call, Expression, Predicate } from "../../../sql/statement.ts";
import { readsUserTables } from "../../catalog.ts";
import { isLiteral, isPlainPredicate } from "../../expressions.ts";
import { asksServer, CUTTING_FUNCTIONS, hasSubquery } from "../../probes.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** Value compared one character at a time. */
export const blindProbe = anyStatementRule({
  code: "S015",
  name: "blind-probe",
  group: "security",
  title: "Value compared one character at a time",
  score: 65,
  why:
    "Asking for one character of a subquery's result and comparing it is how injected SQL reads data where it sees only yes or no.",
  fix: "Bind values as parameters; compare whole values.",
  fires: [
    "SELECT id FROM t WHERE id = 1 AND ASCII(SUBSTR((SELECT password FROM users LIMIT 1), 1, 1)) > 64",
    "SELECT id FROM t WHERE id = 1 AND MID(VERSION(), 1, 1) = '8'",
    "SELECT id FROM t WHERE id = (SELECT (CASE WHEN (5 = 5) THEN 5 ELSE 0 END))",
    "SELECT IF(ORD(MID((SELECT USER()), 1, 1)) = 114, 1, 0)",
  ],
  quiet: [
    "SELECT id FROM t WHERE SUBSTR(name, 1, 1) = 'a'",
    "SELECT SUBSTRING((SELECT name FROM u WHERE id = 1), 1, 10)",
    "SELECT id FROM t WHERE LEFT(code, 2) = 'AT'",
  ],
  references: ["https://owasp.org/www-community/attacks/Blind_SQL_Injection"],
  reads: "shape",
  needs: "predicates",
  check(statement) {
    if (statement.calls.length === 0 && statement.blocks.length < 2) return NO_HITS;
    if (statement.blocks.length < 2 && statement.predicates.every(isPlainPredicate)) return NO_HITS;
    return statement.predicates.flatMap((predicate) => {
      if (isSwitch(predicate)) return [hit(predicate, "A subquery without a table asks for true or false")];
      const side = childrenOf(predicate).find((part) => someNode(part, isCut));
      return side === undefined ? [] : [hit(side, "One character of a hidden value is compared")];
    });
  },
});

/** Constants compared in a subquery that reads nothing: a switch for the query around it. */
function isSwitch(predicate: Predicate): boolean {
  const { block } = predicate;
  return predicate.type === "comparison" && block?.role === "scalar" && block.from.length === 0 &&
    block.parent !== undefined && readsUserTables(block.parent) && isLiteral(predicate.left) &&
    isLiteral(predicate.right);
}

function isCut(part: Expression): boolean {
  return part.type === "call" && part.schema === undefined && CUTTING_FUNCTIONS.has(part.key) &&
    takesHidden(part);
}

function takesHidden({ args }: Call): boolean {
  const [text] = args;
  return text !== undefined && (hasSubquery(text) || asksServer(text));
}
