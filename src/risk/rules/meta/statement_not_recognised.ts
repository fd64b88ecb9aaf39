import type { Problem, Span, Statement } from "../../../sql/statement.ts";
import { textOf } from "../../bytes.ts";
import { startsStatement } from "../../problems.ts";
import { anyStatementRule, type Hit, hit, NO_HITS } from "../../rule.ts";
import { misspellingAt } from "../../spelling.ts";

/** Statement not understood. */
export const statementNotRecognised = anyStatementRule({
  code: "M001",
  name: "statement-not-recognised",
  group: "meta",
  syntax: true,
  title: "Statement not understood",
  score: 95,
  why: "What cannot be read cannot be judged: the rest of the statement may do anything.",
  fix: "Check the spelling, and the server or dialect it is meant for.",
  fires: ["SELCT 1", "FROBNICATE TABLE t"],
  quiet: ["SELECT 1", "ANALYZE TABLE t"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/sql-statements.html"],
  notUnder: ["lower-case", "upper-case"],
  reads: "text",
  mayFire: (statement) =>
    statement.problems.length > 0 || statement.kind === "unknown" || statement.kind === "compound",
  check(statement, context) {
    const cut = statement.problems.find(({ code }) => CUT.has(code));
    if (cut !== undefined) return [hit(cut, cut.message)];
    if (statement.kind === "unknown") {
      return [unread(statement, statement.verb, "MySQL does not recognize this statement")];
    }
    if (statement.kind === "compound" && context.file !== undefined) {
      return [hit(statement.verb, "MySQL has this only within a stored program", 25)];
    }
    const problem = statement.problems.find((candidate) =>
      candidate.code !== "unterminated" && candidate.code !== "unbalanced-parenthesis" &&
      !(context.options.mode === "file" && startsStatement(statement, candidate))
    );
    if (problem === undefined) return NO_HITS;
    return [unread(statement, problem, problem.message)];
  },
});

/** What was passed over although the server reads it. */
const CUT: ReadonlySet<Problem["code"]> = new Set(["too-many-tokens", "too-deep", "not-read"]);

/** The hit at a problem, or at the misspelled word before it that is its cause. */
function unread(statement: Statement, place: Span, message: string): Hit {
  if (isDashedLine(statement, place.start)) {
    return hit(place, `${message}: "--" begins a comment only with a blank after it`);
  }
  const word = misspellingAt(statement, place.start);
  if (word === undefined) return hit(place, message);
  return hit(word, `${message}: did you mean ${word.meant}?`);
}

/** Whether the line of a problem, or what stands on it before the problem, begins like a comment without its blank. */
function isDashedLine({ bytes, start }: Statement, place: number): boolean {
  const from = Math.max(start, bytes.lastIndexOf(10, Math.max(0, place - 1)) + 1);
  return /^\s*--[^\s-]/.test(textOf(bytes, { start: from, end: Math.min(bytes.length, from + 80) }));
}
