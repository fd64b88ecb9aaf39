import { anyStatementRule, hit } from "../../rule.ts";

/** Optimizer hints that choose no plan. */
const HARMLESS = /^\s*((MAX_EXECUTION_TIME|SET_VAR|QB_NAME|RESOURCE_GROUP)\s*\([^)]*\)\s*)*$/i;

/** P021. Hints are comments, which belong to no shape. */
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
    const indexHints = statement.blocks.flatMap((block) =>
      block.from.flatMap((reference) => reference.indexHints)
    );
    const straight = statement.blocks.filter((block) => block.straightJoin).map((block) => block.selectSpan);
    const straightJoins = statement.blocks.flatMap((block) => block.from)
      .flatMap((reference) =>
        reference.join === "straight" && reference.joinSpan !== undefined ? [reference.joinSpan] : []
      );
    const comments = statement.hints.filter((hint) => !HARMLESS.test(hint.text));
    return [...indexHints, ...straight, ...straightJoins, ...comments].map((span) =>
      hit(span, "The plan is pinned")
    );
  },
});
