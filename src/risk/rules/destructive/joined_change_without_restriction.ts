import { displayName } from "../../names.ts";
import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** UPDATE or DELETE of joined tables with nothing that restricts it. */
export const joinedChangeWithoutRestriction = statementRule({
  code: "D018",
  name: "joined-change-without-restriction",
  group: "destructive",
  title: "UPDATE or DELETE of joined tables with nothing that restricts it",
  score: 92,
  why: "With neither WHERE nor a join condition that restricts, whole tables are changed at once.",
  fix: "Give the join its ON condition and the statement its WHERE.",
  fires: ["DELETE a, b FROM a JOIN b", "UPDATE a, b SET a.x = 1", "DELETE a FROM a CROSS JOIN b"],
  quiet: ["DELETE a FROM a JOIN b ON b.id = a.id", "UPDATE a, b SET a.x = 1 WHERE a.id = b.id AND b.id = 7"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/delete.html"],
  reads: "text",
  kinds: ["update", "delete"],
  mayFire: (statement) => statement.tables.length > 1,
  check(statement) {
    if (statement.where !== undefined || statement.tables.length < 2) return NO_HITS;
    if (statement.reach === "some" || statement.reach === "none") return NO_HITS;
    const tables = statement.writes.map((write) => displayName(write.table)).join(", ");
    return [hit(statement.verb, `Changes every row of ${tables === "" ? "the joined tables" : tables}`)];
  },
});
