import { statementRule } from "../../rule.ts";

/** Binary logs or replication state removed. */
export const binaryLogsRemoved = statementRule({
  code: "A018",
  name: "binary-logs-removed",
  group: "admin",
  title: "Binary logs or replication state removed",
  score: 93,
  why:
    "Point-in-time recovery ends at the oldest log that is left, and replicas that still need one must be built anew.",
  fix: "Let binlog_expire_logs_seconds remove old logs; before a reset make sure of a fresh full backup.",
  fires: [
    "RESET MASTER",
    "RESET BINARY LOGS AND GTIDS",
    "RESET REPLICA ALL",
    "PURGE BINARY LOGS TO 'binlog.000123'",
    "PURGE BINARY LOGS BEFORE NOW()",
  ],
  quiet: ["SHOW BINARY LOGS", "FLUSH BINARY LOGS", "RESET PERSIST"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/purge-binary-logs.html"],
  reads: "shape",
  kinds: ["reset", "purge-binary-logs"],
  check(statement) {
    const { start, end } = statement.verb;
    if (statement.kind === "purge-binary-logs") return [{ start, end, message: "Deletes binary logs" }];
    if (statement.what.some((what) => /^(MASTER|BINARY LOGS)/.test(what))) {
      return [{ start, end, message: "Deletes every binary log and the GTID history" }];
    }
    return statement.what.some((what) => /^(REPLICA|SLAVE)/.test(what))
      ? [{ start, end, message: "Forgets where replication was", score: 88 }]
      : [];
  },
});
