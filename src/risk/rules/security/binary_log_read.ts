import { hit, NO_HITS, statementRule } from "../../rule.ts";

/** Reads the binary log. What COM_BINLOG_DUMP comes to is judged as SHOW BINLOG EVENTS. */
export const binaryLogRead = statementRule({
  code: "S026",
  name: "binary-log-read",
  group: "security",
  title: "Reads the binary log",
  score: 92,
  why:
    "The binary log holds every change to every table of the server, whatever tables and rows a policy or a limit keeps.",
  fix:
    "Let replicas and change capture connect to the database itself, or list binary-log-read under allow for their role.",
  fires: [
    "SHOW BINLOG EVENTS",
    "SHOW BINLOG EVENTS IN 'binlog.000003' FROM 4 LIMIT 10",
    "SHOW RELAYLOG EVENTS",
  ],
  quiet: ["SHOW BINARY LOGS", "SHOW BINARY LOG STATUS", "SHOW REPLICA STATUS", "SHOW EVENTS"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/show-binlog-events.html"],
  mode: "wire",
  reads: "shape",
  kinds: ["show"],
  check(statement) {
    const reads = statement.what === "BINLOG EVENTS" || statement.what === "RELAYLOG EVENTS";
    return reads ? [hit(statement.verb, "Reads every change to every table")] : NO_HITS;
  },
});
