import { textOf } from "../../bytes.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Clauses that no tool hides from old servers; a comment that holds a whole statement is a dump's. */
const HIDDEN =
  /^\/\*!\d*\s*(union|select|or|xor|and|from|where|having|order|group|limit|into|sleep|benchmark|load_file|\|\||&&|all\s+select|distinct\s+select|procedure)\b|^\/\*!\d*\s*(\|\||&&)/i;

/** Clause hidden in an executable comment. */
export const executableComment = anyStatementRule({
  code: "S012",
  name: "executable-comment",
  group: "security",
  title: "Clause hidden in an executable comment",
  score: 70,
  why:
    "MySQL runs what stands in /*! */, while filters and people take it for a comment: that is how injected SQL passes them.",
  fix: "Write the clause plainly. Dumps use such comments for whole statements and options alone.",
  fires: [
    "SELECT id FROM t WHERE id = 1 /*!50000UNION*/ /*!50000SELECT*/ user()",
    "SELECT id FROM t WHERE id = 1 /*! OR */ 1 = 1",
  ],
  quiet: [
    "/*!40101 SET NAMES utf8 */",
    "SELECT /*!40001 SQL_NO_CACHE */ id FROM t WHERE id = 1",
    "CREATE DATABASE /*!32312 IF NOT EXISTS*/ d",
    "SELECT id FROM t WHERE id = 1 /* UNION SELECT */",
    "SELECT '/*!50000UNION*/'",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/comments.html"],
  reads: "text",
  needs: "comments",
  mayFire: (statement) =>
    statement.comments.some((comment) => comment.kind === "executable" || comment.kind === "skipped"),
  // The comment is what is found: written out, nothing is hidden.
  check(statement) {
    return statement.comments.filter((comment) =>
      (comment.kind === "executable" || comment.kind === "skipped") && comment.start > statement.start &&
      HIDDEN.test(
        textOf(statement.bytes, { start: comment.start, end: Math.min(comment.end, comment.start + 64) }),
      )
    ).map((comment) => hit(comment, "A clause stands in a comment that the server runs"));
  },
});
