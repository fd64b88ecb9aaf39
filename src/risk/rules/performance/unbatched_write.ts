import { someNode } from "../../../sql/model/children.ts";
import type { Expression } from "../../../sql/statement.ts";
import { conjunctsOf, isEqualityToConstant } from "../../expressions.ts";
import { displayName } from "../../names.ts";
import { hit, statementRule } from "../../rule.ts";

/** UPDATE or DELETE of a range in one statement. A range of keys with both ends is how batches are written. */
export const unbatchedWrite = statementRule({
  code: "P026",
  name: "unbatched-write",
  group: "performance",
  title: "UPDATE or DELETE of a range in one statement",
  score: 30,
  why:
    "However many rows match are locked and logged in one transaction; PlanetScale ends it after 20 seconds or 100,000 rows.",
  fix: "Go in batches: repeat with LIMIT 1000, or walk the primary key in ranges.",
  fires: [
    "DELETE FROM logs WHERE created < '2024-01-01'",
    "UPDATE users SET plan = 'free' WHERE plan IS NULL",
    "DELETE FROM logs WHERE created < NOW() - INTERVAL 30 DAY",
    "UPDATE users SET status = 'new' WHERE status IS NULL OR status = ''",
    "UPDATE orders o JOIN users u ON u.id = o.user_id SET o.email = u.email",
  ],
  quiet: [
    "DELETE FROM logs WHERE created < '2024-01-01' LIMIT 1000",
    "DELETE FROM logs WHERE id = 7",
    "UPDATE users SET plan = 'free' WHERE id BETWEEN 1000 AND 2000",
    "UPDATE users SET plan = 'free' WHERE id > 1000 AND id <= 2000",
    "DELETE FROM logs",
  ],
  references: ["https://planetscale.com/docs/reference/planetscale-system-limits"],
  reads: "text",
  // What a join's condition restricts may hang on its constants.
  mayFire: (statement) => statement.multiTable && statement.where === undefined,
  kinds: ["update", "delete"],
  check(statement) {
    const { where, limit, multiTable } = statement;
    if (multiTable) {
      // Without any condition at all it is D018's.
      return where === undefined && statement.reach === "some"
        ? [hit(statement.verb, "Changes every row that joins in one go")]
        : [];
    }
    if (where === undefined || limit !== undefined) return [];
    const conditions = conjunctsOf(where);
    if (conditions.some(isEqualityToConstant) || conditions.some(hasSubquery) || isKeyRange(conditions)) {
      return [];
    }
    // A condition that names no column, or an OR of equalities on keys, is judged elsewhere or bounded.
    if (!conditions.some(isRange)) return [];
    const table = statement.writes[0]?.table;
    const verb = statement.kind === "update" ? "Updates" : "Deletes";
    return [
      hit(
        where,
        `${verb} a whole range${table === undefined ? "" : ` of ${displayName(table)}`} in one go`,
      ),
    ];
  },
});

function isRange(condition: Expression): boolean {
  switch (condition.type) {
    case "comparison":
      return condition.operator !== "=" && condition.operator !== "<=>";
    case "is":
    case "between":
    case "matching":
      return true;
    case "in":
      return condition.negated;
    case "logical":
      return condition.operands.some(isRange);
    default:
      return false;
  }
}

/** BETWEEN, or a lower and an upper end, on a column that is a key by its name. */
function isKeyRange(conditions: readonly Expression[]): boolean {
  const ends = new Set<string>();
  for (const condition of conditions) {
    if (condition.type === "between" && !condition.negated && isKey(condition.value)) return true;
    if (condition.type !== "comparison") continue;
    const flipped = isKey(condition.right);
    if (!flipped && !isKey(condition.left)) continue;
    if (condition.operator.startsWith("<") && condition.operator !== "<>") ends.add(flipped ? "low" : "high");
    if (condition.operator.startsWith(">")) ends.add(flipped ? "high" : "low");
  }
  return ends.size === 2;
}

function isKey(expression: Expression): boolean {
  return expression.type === "column" && /(^|_)(id|pk|uuid|key)$|Id$/.test(expression.name.text);
}

function hasSubquery(condition: Expression): boolean {
  return someNode(
    condition,
    (part) => part.type === "subquery" || (part.type === "in" && part.query !== undefined && !part.negated),
  );
}
