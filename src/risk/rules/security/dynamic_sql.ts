import { hit, statementRule } from "../../rule.ts";

/** Statement prepared from a variable. */
export const dynamicSql = statementRule({
  code: "S018",
  name: "dynamic-sql",
  group: "security",
  title: "Statement prepared from a variable",
  score: 45,
  why: "What runs is decided by a value: text that came from outside, even by way of a table, becomes SQL.",
  fix: "Prepare a literal text and pass values with USING.",
  fires: ["PREPARE s FROM @sql", "CALL sys.execute_prepared_stmt(@sql)"],
  quiet: ["PREPARE s FROM 'SELECT id FROM t WHERE id = ?'", "EXECUTE s USING @id", "DEALLOCATE PREPARE s"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/sql-prepared-statements.html"],
  reads: "shape",
  kinds: ["prepare", "execute-immediate", "call"],
  check(statement) {
    const from = statement.kind !== "call"
      ? statement.from
      : statement.routine.name.key === "execute_prepared_stmt"
      ? statement.args[0]
      : undefined;
    if (from === undefined || from.type === "string") return [];
    return [hit(from, "What runs is decided by a value")];
  },
});
