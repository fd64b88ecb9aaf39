/** Telling apart why a statement could not be read to its end. */

import type { Problem, Statement } from "../sql/statement.ts";
import { byteBefore, textOf } from "./bytes.ts";

/** Words that begin a statement and hardly anything else. */
const VERB =
  /^(SELECT|INSERT|UPDATE|DELETE|REPLACE|CREATE|ALTER|DROP|TRUNCATE|GRANT|REVOKE|RENAME|CALL|BEGIN|COMMIT|ROLLBACK|SET|USE|SHOW|WITH)\b/i;

/** Whether a problem is that a new statement begins, on a line of its own, before the last was ended. */
export function startsStatement(statement: Statement, problem: Problem): boolean {
  if (problem.code !== "unexpected-token" && problem.code !== "unexpected-end") return false;
  const { bytes } = statement;
  let at = problem.start - 1;
  while (at >= 0 && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at--;
  if (at < statement.start || bytes[at] !== 10 || byteBefore(bytes, problem.start) === 40) return false;
  return VERB.test(textOf(bytes, { start: problem.start, end: Math.min(problem.start + 16, statement.end) }));
}
