import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** Parentheses that do not match. */
export const unbalancedParentheses = anyStatementRule({
  code: "M003",
  name: "unbalanced-parentheses",
  group: "meta",
  syntax: true,
  title: "Parentheses that do not match",
  score: 40,
  why: "The server refuses the statement, or it ends somewhere else than it looks.",
  fix: "Close or remove the parenthesis.",
  fires: ["SELECT (1", "SELECT COUNT(*) FROM t WHERE (a = 1"],
  quiet: ["SELECT '('", "SELECT (1)"],
  references: [],
  notUnder: ["parentheses"],
  reads: "shape",
  needs: "problems",
  check(statement) {
    const problem = statement.problems.find((candidate) => candidate.code === "unbalanced-parenthesis");
    return problem === undefined ? NO_HITS : [hit(problem, "This parenthesis has no match")];
  },
});
