import type { QueryBlock } from "../../../sql/statement.ts";
import { conjunctsOf, isEqualityToConstant } from "../../expressions.ts";
import { displayName, namesTable } from "../../names.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** Tables that hold personal or secret data under such a name nearly everywhere. */
const SENSITIVE =
  /^(\w+_)?(users?|accounts?|customers?|patients?|employees?|members?|payments?|credit_?cards?|cards|credentials?|secrets?|api_?keys?|access_?tokens?|passwords?|sessions?|identities|bank_?accounts?|salaries)$/;
/** One row, found by a key: what every ORM does all day. */
const ONE_ROW_SCORE = 12;

/** SELECT * from a table of personal or secret data. */
export const sensitiveTableStar = anyStatementRule({
  code: "X007",
  name: "sensitive-table-star",
  group: "sensitive",
  title: "SELECT * from a table of personal or secret data",
  score: 30,
  why:
    "Every column goes to the client, passwords' hashes and those added later included, whether it needs them or not.",
  fix: "Name the columns that are used.",
  fires: [
    "SELECT * FROM users WHERE active = 1 ORDER BY id",
    "SELECT c.* FROM credit_cards c WHERE c.user_id > 5",
  ],
  quiet: [
    "SELECT id, name FROM users WHERE active = 1",
    "SELECT * FROM products WHERE active = 1",
    "SELECT p.* FROM products p JOIN users u ON u.id = p.user_id WHERE p.a = 1",
  ],
  references: ["https://cheatsheetseries.owasp.org/cheatsheets/Database_Security_Cheat_Sheet.html"],
  reads: "shape",
  needs: "stars",
  check(statement, context) {
    if (!statement.blocks.some(selectsStar)) return NO_HITS;
    return statement.blocks.filter((block) => block.role !== "exists").flatMap((block) => {
      const sensitive = block.from.find(({ table, cte, alias }) => {
        if (
          table === undefined || cte ||
          !(SENSITIVE.test(table.name.key) || namesTable(context.options.sensitiveTables, table))
        ) {
          return false;
        }
        const name = alias?.key ?? table.name.key;
        return block.items.some(({ expression }) =>
          expression.type === "star" && (expression.table === undefined || expression.table.key === name)
        );
      });
      if (sensitive?.table === undefined) return [];
      const byKey = conjunctsOf(block.where).some(isEqualityToConstant);
      return [
        hit(
          sensitive,
          `Reads every column of ${displayName(sensitive.table)}`,
          byKey ? ONE_ROW_SCORE : undefined,
        ),
      ];
    });
  },
});

function selectsStar({ items }: QueryBlock): boolean {
  return items.some((item) => item.expression.type === "star");
}
