import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Routines of the server that run a text they are given, and which argument it is. */
const RUNS_ARGUMENT: ReadonlyMap<string, number> = new Map([
  ["execute_prepared_stmt", 0],
  ["statement_performance_analyzer", 2],
]);

/** Runs a text that cannot be seen. Where the session's variables are followed and tell the text, the text is judged in its place. */
export const unknownDynamicText = statementRule({
  code: "S025",
  name: "unknown-dynamic-text",
  group: "security",
  title: "Runs a text that cannot be seen",
  score: 92,
  why: "What is prepared or executed here is not in the statement, so it may be anything and is not judged.",
  fix:
    "Prepare a literal text, or SET the variable to one in this session; or list unknown-dynamic-text under allow.",
  fires: ["PREPARE s FROM @sql", "CALL sys.execute_prepared_stmt(CONCAT('DROP TABLE ', @name))"],
  quiet: [
    "PREPARE s FROM 'SELECT id FROM t WHERE id = ?'",
    "CALL sys.execute_prepared_stmt('SELECT 1')",
    "EXECUTE s USING @id",
    "CALL totals(@sum)",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/sql-prepared-statements.html"],
  mode: "wire",
  reads: "text",
  kinds: ["prepare", "execute-immediate", "call"],
  check(statement) {
    if (statement.nested.length > 0) return NO_HITS;
    if (statement.kind !== "call") {
      return [hit(statement.from ?? statement.text ?? statement.verb, "What runs here is not to be seen")];
    }
    const index = RUNS_ARGUMENT.get(statement.routine.name.key);
    if (index === undefined) return NO_HITS;
    const argument = statement.args[index];
    return [hit(argument ?? statement.verb, "What runs here is not to be seen")];
  },
});
