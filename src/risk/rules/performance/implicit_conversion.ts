import type { ColumnReference, Expression, Statement } from "../../../sql/statement.ts";
import { columnFacts } from "../../columns.ts";
import { sidesOf } from "../../expressions.ts";
import type { RuleContext } from "../../options.ts";
import { anyStatementRule, type Hit, hit, NO_HITS } from "../../rule.ts";

const TEXT_TYPES = /^(char|varchar|tinytext|text|mediumtext|longtext|enum|set)$/;
/** Names that hold text in every schema worth the name, where no schema tells. */
const TEXT_NAMES =
  /^((\w+_)?(phone|phone_number|mobile|zip|zip_code|zipcode|postal_code|postcode|email|iban|sku|isbn|ssn))$/;
/** With the column's type known the index is lost for certain. */
const KNOWN_SCORE = 45;

/** Text column compared with a number. A number column compared with a string is converted once and keeps its index; the other way round does not. */
export const implicitConversion = anyStatementRule({
  code: "P005",
  name: "implicit-conversion",
  group: "performance",
  title: "Text column compared with a number",
  score: 30,
  why: "MySQL converts the column of every row to a number: no index helps, and 'abc' equals 0.",
  fix: "Quote the value, or bind it as a string.",
  fires: ["SELECT id FROM users WHERE phone = 123456", "DELETE FROM users WHERE zip_code IN (1010, 1020)"],
  quiet: [
    "SELECT id FROM users WHERE phone = '123456'",
    "SELECT id FROM users WHERE phone = ?",
    "SELECT id FROM users WHERE id = '7'",
    "SELECT id FROM users WHERE age = 30",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/type-conversion.html"],
  reads: "shape",
  needs: "predicates",
  check(statement, context) {
    let hits: Hit[] | undefined;
    for (const predicate of statement.predicates) {
      if (predicate.type === "comparison" && !isNumber(predicate.left) && !isNumber(predicate.right)) {
        continue;
      }
      for (const [tested, others] of sidesOf(predicate)) {
        if (tested.type !== "column" || !others.some(isNumber)) continue;
        const score = textScore(statement, tested, context);
        if (score === undefined) continue;
        (hits ??= []).push(
          hit(predicate, `${tested.name.text} holds text and is compared with a number`, score),
        );
        break;
      }
    }
    return hits ?? NO_HITS;
  },
});

function textScore(statement: Statement, column: ColumnReference, context: RuleContext): number | undefined {
  const facts = columnFacts(statement, column, context);
  if (facts !== undefined) return TEXT_TYPES.test(facts.type) ? KNOWN_SCORE : undefined;
  return TEXT_NAMES.test(column.name.key) ? 30 : undefined;
}

function isNumber(expression: Expression): boolean {
  return expression.type === "number" || (expression.type === "unary" && isNumber(expression.operand));
}
