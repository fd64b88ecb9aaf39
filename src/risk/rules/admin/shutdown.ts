import { statementRule } from "../../rule.ts";

/** SHUTDOWN or RESTART. */
export const shutdown = statementRule({
  code: "A016",
  name: "shutdown",
  group: "admin",
  title: "SHUTDOWN or RESTART",
  score: 98,
  why: "The server stops for everyone.",
  fix: "Stop servers with the tool that manages them.",
  fires: ["SHUTDOWN", "RESTART"],
  quiet: ["SELECT shutdown FROM t WHERE id = 1", "SHOW STATUS"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/shutdown.html"],
  reads: "shape",
  kinds: ["shutdown", "restart"],
  check(statement) {
    const { start, end } = statement.verb;
    return [{
      start,
      end,
      message: statement.kind === "restart" ? "Restarts the server" : "Stops the server",
    }];
  },
});
