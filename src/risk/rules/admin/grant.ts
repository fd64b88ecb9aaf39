import { NO_HITS, statementRule } from "../../rule.ts";
import { broadGrant } from "./broad_grant.ts";
import { powerfulGrant } from "./powerful_grant.ts";

/** GRANT. What A001 and A002 say more about is theirs. */
export const grant = statementRule({
  code: "A003",
  name: "grant",
  group: "admin",
  title: "GRANT",
  score: 45,
  why:
    "Who may do what changes at once for every new statement, and nothing in the schema's history shows it.",
  fix: "Keep grants in the place where access is managed and reviewed, apart from schema migrations.",
  fires: [
    "GRANT SELECT ON shop.orders TO report",
    "GRANT reader TO app",
    "GRANT EXECUTE ON PROCEDURE shop.total TO app",
  ],
  quiet: ["SHOW GRANTS FOR app", "SELECT grants FROM t WHERE id = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/grant.html"],
  reads: "shape",
  kinds: ["grant"],
  check(statement, context) {
    if (
      powerfulGrant.check(statement, context).length > 0 || broadGrant.check(statement, context).length > 0
    ) {
      return NO_HITS;
    }
    const [first] = statement.form === "roles" ? statement.roles : statement.privileges;
    const { start, end } = first ?? statement.verb;
    return statement.form === "roles"
      ? [{
        start,
        end,
        message: statement.adminOption ? "Grants a role with the right to grant it on" : "Grants a role",
        ...(statement.adminOption ? { score: 60 } : {}),
      }]
      : [{
        start,
        end,
        message: `Grants ${statement.privileges.map((one) => one.name).join(", ")}`,
        // USAGE grants nothing; it is how old servers set an account's limits.
        ...(statement.privileges.every((one) => one.name === "USAGE") ? { score: 15 } : {}),
      }];
  },
});
