import type { Span } from "../../../sql/statement.ts";
import { anyStatementRule, hit, NO_HITS } from "../../rule.ts";

/** Optimizer hints that choose no plan. */
const HARMLESS = /^\s*((MAX_EXECUTION_TIME|SET_VAR|QB_NAME|RESOURCE_GROUP)\s*\([^)]*\)\s*)*$/i;

/** Index or optimizer hint. Hints are comments, which belong to no shape. */
export const planHint = anyStatementRule({
  code: "P021",
  name: "plan-hint",
  group: "performance",
  title: "Index or optimizer hint",
  score: 12,
  why: "The plan stays as it is while data and indexes change, and a dropped index makes the statement fail.",
  fix:
    "Mend statistics or indexes first (ANALYZE TABLE); keep a hint only with a note of what it works around.",
  fires: [
    "SELECT id FROM t FORCE INDEX (i) WHERE a = 1",
    "SELECT STRAIGHT_JOIN t.id FROM t JOIN u ON t.id = u.id WHERE t.a = 1",
    "SELECT /*+ NO_INDEX_MERGE(t) */ id FROM t WHERE a = 1",
  ],
  quiet: ["SELECT id FROM t WHERE a = 1", "SELECT /*+ MAX_EXECUTION_TIME(1000) */ id FROM t WHERE a = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/optimizer-hints.html"],
  reads: "text",
  mayFire: (statement) => statement.hints.length > 0,
  check(statement) {
    const spans: Span[] = [];
    for (const block of statement.blocks) {
      if (block.straightJoin) spans.push(block.selectSpan);
      for (const reference of block.from) {
        for (const indexHint of reference.indexHints) spans.push(indexHint);
        if (reference.join === "straight" && reference.joinSpan !== undefined) spans.push(reference.joinSpan);
      }
    }
    for (const comment of statement.hints) if (!HARMLESS.test(comment.text)) spans.push(comment);
    return spans.length === 0 ? NO_HITS : spans.map((span) => hit(span, "The plan is pinned"));
  },
});
