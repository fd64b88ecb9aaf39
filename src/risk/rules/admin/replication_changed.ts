import { statementRule } from "../../rule.ts";

/** Replication reconfigured, started or stopped. */
export const replicationChanged = statementRule({
  code: "A019",
  name: "replication-changed",
  group: "admin",
  title: "Replication reconfigured, started or stopped",
  score: 85,
  why: "Replicas fall behind or follow another source, and readers of them see old or other data.",
  fix: "Change the topology with the tool that manages it.",
  fires: [
    "CHANGE REPLICATION SOURCE TO SOURCE_HOST = 'db2'",
    "CHANGE MASTER TO MASTER_HOST = 'db2'",
    "STOP REPLICA",
    "START REPLICA SQL_THREAD",
    "STOP GROUP_REPLICATION",
  ],
  quiet: ["SHOW REPLICA STATUS", "SELECT * FROM replica WHERE id = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/change-replication-source-to.html"],
  reads: "shape",
  kinds: [
    "change-replication-source",
    "change-replication-filter",
    "start-replica",
    "stop-replica",
    "start-group-replication",
    "stop-group-replication",
  ],
  check(statement) {
    const { start, end } = statement.verb;
    const message = statement.kind.startsWith("change")
      ? "Points replication elsewhere or filters it"
      : statement.kind.startsWith("stop")
      ? "Stops replication"
      : "Starts replication";
    return [{ start, end, message }];
  },
});
