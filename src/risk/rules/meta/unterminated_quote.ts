import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** String, name or comment without its end. */
export const unterminatedQuote = anyStatementRule({
  code: "M002",
  name: "unterminated-quote",
  group: "meta",
  syntax: true,
  title: "String, name or comment without its end",
  score: 60,
  why: "Everything up to the end of the text is swallowed by the quote, statements included.",
  fix: "Close the quote or the comment.",
  fires: ["SELECT 'a", "SELECT 1 /* a"],
  quiet: ["SELECT 'it''s'", "SELECT '/*'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/string-literals.html"],
  notUnder: ["trailing-semicolon"],
  reads: "text",
  needs: "problems",
  mayFire: (statement) => statement.problems.length > 0,
  check(statement) {
    const problem = statement.problems.find((candidate) => candidate.code === "unterminated");
    return problem === undefined ? NO_HITS : [hit(problem, "This quote or comment is not closed")];
  },
});
