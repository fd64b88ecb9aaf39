import { isUserTable } from "../../queries.ts";
import { hit, statementRule } from "../../rule.ts";

/** Read without MAX_EXECUTION_TIME. */
export const noExecutionTimeLimit = statementRule({
  code: "P031",
  name: "no-execution-time-limit",
  group: "performance",
  title: "Read without MAX_EXECUTION_TIME",
  score: 8,
  why: "A read that goes wrong runs on after the client has given up.",
  fix: "Write SELECT /*+ MAX_EXECUTION_TIME(1000) */, or set max_execution_time for the session.",
  fires: ["SELECT id FROM t WHERE a = 1"],
  quiet: ["SELECT /*+ MAX_EXECUTION_TIME(1000) */ id FROM t WHERE a = 1", "SELECT 1"],
  optIn: true,
  references: ["https://dev.mysql.com/doc/refman/8.4/en/optimizer-hints.html#optimizer-hints-execution-time"],
  reads: "text",
  kinds: ["select"],
  mayFire: (statement) => statement.hints.length > 0,
  check(statement) {
    if (!statement.blocks.some((block) => block.from.some(isUserTable))) return [];
    if (statement.hints.some((hint) => /MAX_EXECUTION_TIME/i.test(hint.text))) return [];
    return [hit(statement.verb, "Nothing limits how long this may run")];
  },
});
