/** Telling apart why a statement could not be read to its end. */

import type { Problem, Span, Statement } from "../sql/statement.ts";
import { byteBefore, textOf } from "./bytes.ts";

/** Words that begin a statement and hardly anything else. */
const VERB =
  /^(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|TRUNCATE|GRANT|REVOKE|RENAME|CALL|BEGIN|COMMIT|ROLLBACK|SET|USE|SHOW|WITH)\b/i;

/** Markers of Jinja, dbt, Go, ERB, MyBatis and shell templates. */
const MARKER = /\{\{|\{%|\$\{|#\{|<%|<(?:if|foreach|where|choose)\b/;

/** Whether a problem is that a new statement begins, on a line of its own, before the last was ended. */
export function startsStatement(statement: Statement, problem: Problem): boolean {
  if (problem.code !== "unexpected-token" && problem.code !== "unexpected-end") return false;
  const { bytes } = statement;
  let at = problem.start - 1;
  while (at >= 0 && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at--;
  if (at < statement.start || bytes[at] !== 10 || byteBefore(bytes, problem.start) === 40) return false;
  return VERB.test(textOf(bytes, { start: problem.start, end: Math.min(problem.start + 16, statement.end) }));
}

/** The first template marker outside of strings, as far as one made the statement unreadable. */
export function templateIn(statement: Statement): Span | undefined {
  if (statement.problems.length === 0 && statement.kind !== "unknown") return undefined;
  const text = textOf(statement.bytes, {
    start: statement.start,
    end: Math.min(statement.end, statement.start + 65_536),
  });
  const found = MARKER.exec(withoutStrings(text));
  if (found === null) return undefined;
  const start = statement.start + new TextEncoder().encode(text.slice(0, found.index)).length;
  return { start, end: start + found[0].length };
}

/**
 * The text with blanks in place of what is in single quotes. One pass by hand: a pattern for strings would try every
 * quote of an unterminated text anew.
 */
function withoutStrings(text: string): string {
  if (!text.includes("'")) return text;
  let result = "";
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf("'", at);
    if (open < 0) break;
    let close = open + 1;
    while (close < text.length && text[close] !== "'") close += text[close] === "\\" ? 2 : 1;
    // Without its end, it is no string, and nor is anything after it.
    if (close >= text.length) break;
    result += text.slice(at, open) + " ".repeat(close + 1 - open);
    at = close + 1;
  }
  return result + text.slice(at);
}

/** Whether a template marker made the statement unreadable. */
export function hasTemplate(statement: Statement): boolean {
  return templateIn(statement) !== undefined;
}
