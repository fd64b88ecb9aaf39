import type { Span, Statement } from "../../../sql/statement.ts";
import { anyStatementRule, hit } from "../../rule.ts";

const QUOTES: ReadonlySet<number> = new Set([0x22, 0x27]);

/** Statement cut off by a comment or an open quote. Frameworks that tag their queries write block comments or whole lines, never half a string. */
export const commentTruncation = anyStatementRule({
  code: "S011",
  name: "comment-truncation",
  group: "security",
  title: "Statement cut off by a comment or an open quote",
  score: 65,
  why:
    "Injected text ends with a comment so that the rest of the query it landed in is ignored; a probe leaves a quote open.",
  fix: "Bind values as parameters.",
  fires: [
    "SELECT id FROM users WHERE name = 'admin'-- ' AND password = ''",
    "SELECT id FROM users WHERE id = 1 OR id = 2#' LIMIT 1",
    "SELECT id FROM users WHERE name = 'x' AND a = ''-- ",
    "SELECT id FROM users WHERE name = 'admin",
    "SELECT id FROM users WHERE name = 'admin'/*' AND password = '*/",
  ],
  quiet: [
    "SELECT id FROM users WHERE name = 'admin' /* app:web */",
    "-- find the user\nSELECT id FROM users WHERE name = 'admin'",
    "SELECT id FROM users WHERE name = 'admin' -- by name",
    "SELECT id -- the key\nFROM users WHERE name = 'admin'",
  ],
  references: ["https://owasp.org/www-community/attacks/SQL_Injection"],
  mode: "wire",
  reads: "text",
  needs: ["comments", "problems"],
  // Whether a block comment cuts a string is a part of the shape.
  mayFire: (statement) => statement.problems.length > 0 || statement.comments.at(-1)?.kind === "line",
  check(statement) {
    const open = statement.problems.find((problem) => problem.code === "unterminated");
    if (open !== undefined) return [hit(open, "A quote or comment is left open")];
    const cut = statement.comments.find((comment) =>
      comment.kind === "block" && holdsHalfString(statement, comment)
    );
    if (cut !== undefined) {
      return [hit(cut, "A part of the statement is commented out in the middle of a string")];
    }
    const last = statement.comments.at(-1);
    if (last === undefined || last.kind !== "line" || last.start < statement.end) return [];
    if (last.end < statement.bytes.length && !isBlank(statement.bytes, last.end)) return [];
    return isCut(statement, last.start, last.end)
      ? [hit(last, "The rest of the statement is commented out")]
      : [];
  },
});

/** Whether a block comment begins right after a string and with the quote that would have opened the next one. */
function holdsHalfString({ bytes }: Statement, { start }: Span): boolean {
  const quote = bytes[start - 1] ?? 0;
  return QUOTES.has(quote) && bytes[start + 2] === quote;
}

/** Whether the comment holds half a string, or nothing at all right after a value. */
function isCut({ bytes, end, blocks }: Statement, start: number, commentEnd: number): boolean {
  const text = String.fromCharCode(...bytes.subarray(start, Math.min(commentEnd, start + 2000)));
  const content = text.replace(/^(#|--)/, "").trim();
  const quotes = content.split("'").length + content.split('"').length - 2;
  if (quotes % 2 === 1) return true;
  return content === "" && blocks.some((block) => block.where !== undefined) && start - end <= 1 &&
    (QUOTES.has(bytes[end - 1] ?? 0) || /\d/.test(String.fromCharCode(bytes[end - 1] ?? 0)));
}

function isBlank(bytes: Uint8Array, from: number): boolean {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte > 32 && byte !== 0x3b) return false;
  }
  return true;
}
