import { startsStatement } from "../../problems.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** No semicolon before the next statement. */
export const missingTerminator = anyStatementRule({
  code: "M005",
  name: "missing-terminator",
  group: "meta",
  syntax: true,
  title: "No semicolon before the next statement",
  score: 45,
  why: "The server sees one statement where two are meant, and refuses it or runs something else.",
  fix: "End each statement with a semicolon.",
  fires: [
    "SELECT id FROM t WHERE id = 7\nDROP TABLE x",
    "UPDATE t SET a = 1 WHERE id = 7\nDELETE FROM t WHERE id = 8",
  ],
  quiet: ["SELECT id FROM t WHERE id = 7;\nDROP TABLE x", "CREATE TABLE c AS\nSELECT 1 AS a"],
  references: [],
  mode: "file",
  notUnder: ["comments", "white-space", "line-comments"],
  reads: "text",
  needs: "problems",
  mayFire: (statement) => statement.problems.length > 0,
  check(statement) {
    const problem = statement.problems.find((candidate) => startsStatement(statement, candidate));
    return problem === undefined ? NO_HITS : [hit(problem, "A new statement seems to begin here")];
  },
});
