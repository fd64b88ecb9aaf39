import { callsTo } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

const NAMES: ReadonlySet<string> = new Set(["sleep", "benchmark"]);

/** SLEEP() or BENCHMARK(). */
export const delayFunction = anyStatementRule({
  code: "S002",
  name: "delay-function",
  group: "security",
  title: "SLEEP() or BENCHMARK()",
  score: 80,
  why:
    "Timing how long an answer takes is how data is read through an injection, and each call holds a connection and its locks.",
  fix: "Wait in the application. If the text came from outside, bind values as parameters.",
  fires: [
    "SELECT id FROM users WHERE id = 1 AND SLEEP(5)",
    "SELECT IF(1 = 1, BENCHMARK(10000000, MD5('a')), 0) FROM users WHERE id = 1",
    "SELECT SLEEP(1)",
    "DO SLEEP(1)",
  ],
  quiet: ["SELECT sleep FROM habits WHERE id = 1", "SELECT 'SLEEP(5)'", "SELECT app.sleep(5)"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/miscellaneous-functions.html#function_sleep"],
  reads: "shape",
  needs: "calls",
  check(statement) {
    return callsTo(statement, NAMES).map((call) => {
      const alone = statement.kind === "do" ||
        (call.clause === "select" && call.block?.from.length === 0 && call.block.role === "top");
      return hit(call, `${call.key.toUpperCase()}() holds the connection`, alone ? 60 : undefined);
    });
  },
});
