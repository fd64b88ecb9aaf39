import { someNode } from "../../../sql/model/children.ts";
import type { Expression, QueryBlock, QueryExpression } from "../../../sql/statement.ts";
import { readsCatalog, readsUserTables } from "../../catalog.ts";
import { isRowIndependent } from "../../expressions.ts";
import { asksServer } from "../../probes.ts";
import { anyStatementRule, hit } from "../../rule.ts";
import { isSecretName } from "../../secrets.ts";

/** What a second SELECT of password columns scores. */
const SECRET_SCORE = 70;

/** UNION SELECT of padding or of the server's own tables. A row of constants added to a list ("All" on top of a menu) has a text that a person reads. */
export const unionProbe = anyStatementRule({
  code: "S001",
  name: "union-probe",
  group: "security",
  title: "UNION SELECT of padding or of the server's own tables",
  score: 75,
  why:
    "Injected SQL appends a SELECT of its own and pads it with NULLs or counted numbers until the number of columns fits.",
  fix: "Bind values as parameters. If the query is meant, give the constants names.",
  fires: [
    "SELECT id, name, mail FROM users WHERE id = -1 UNION SELECT NULL, NULL, NULL",
    "SELECT id, name FROM users WHERE id = 1 UNION ALL SELECT 1, 2",
    "SELECT id FROM users WHERE id = 1 UNION SELECT @@version",
    "SELECT name, price FROM products WHERE id = 1 UNION SELECT name, password FROM users",
    "SELECT id FROM users WHERE id = 1 UNION SELECT table_name FROM information_schema.tables",
  ],
  quiet: [
    "SELECT id, name FROM users WHERE a = 1 UNION ALL SELECT 0, 'All'",
    "SELECT id FROM users WHERE a = 1 UNION SELECT user_id FROM orders WHERE a = 1",
    "SELECT name, password FROM users WHERE id = 1 UNION ALL SELECT name, password FROM staff WHERE id = 1",
    "SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3",
    "SELECT id, name, NULL AS phone FROM users WHERE a = 1 UNION ALL SELECT id, name, phone FROM clients WHERE a = 1",
  ],
  references: ["https://owasp.org/www-community/attacks/SQL_Injection"],
  reads: "text",
  needs: "unions",
  mayFire: (statement) => statement.queries.some((query) => query.blocks.length > 1),
  check(statement) {
    return statement.queries.flatMap((query) => {
      const [first, ...others] = query.blocks;
      if (first === undefined || !readsUserTables(first)) return [];
      const secret = selectsSecret(first) ? undefined : others.find(selectsSecret);
      if (secret !== undefined) {
        return [
          hit(
            secret.selectSpan,
            "This SELECT adds passwords or keys to a query that reads none",
            SECRET_SCORE,
          ),
        ];
      }
      return others.filter((block) => isProbe(query, block)).map((block) =>
        hit(
          block.form === "select" ? block.selectSpan : block,
          "This SELECT looks appended to probe the query before it",
        )
      );
    });
  },
});

function selectsSecret(block: QueryBlock): boolean {
  return block.items.some(({ expression }) =>
    someNode(expression, (part) => part.type === "column" && isSecretName(part.name.text))
  );
}

function isProbe(query: QueryExpression, block: QueryBlock): boolean {
  if (readsCatalog(block)) return true;
  const expressions = block.items.map((item) => item.expression);
  if (block.from.length > 0) return query.blocks[0] !== undefined && isPadding(expressions);
  return isPadding(expressions) || expressions.some((one) => asksServer(one) || callsLoadFile(one));
}

/** Two NULLs and more with at most one expression among them, or numbers that count. */
function isPadding(expressions: readonly Expression[]): boolean {
  if (expressions.length < 2) return false;
  const nulls = expressions.filter((one) => one.type === "null").length;
  if (
    nulls >= 2 && nulls >= expressions.length - 1 &&
    expressions.every((one) => one.type === "null" || isRowIndependent(one) || one.type === "column")
  ) {
    return nulls === expressions.length || expressions.length > 2;
  }
  const counted = expressions.filter((one, index) => one.type === "number" && one.value === index + 1).length;
  return counted === expressions.length || (counted >= 2 && counted === expressions.length - 1);
}

function callsLoadFile(expression: Expression): boolean {
  return someNode(expression, (part) => part.type === "call" && part.key === "load_file");
}
