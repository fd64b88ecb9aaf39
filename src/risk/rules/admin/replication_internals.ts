import { statementRule } from "../../rule.ts";
import { itemsOf } from "../../variables.ts";

const VARIABLES: ReadonlySet<string> = new Set([
  "gtid_next",
  "server_uuid",
  "server_id",
  "pseudo_replica_mode",
  "pseudo_slave_mode",
]);

/** Raw binary log events and the identities of replication. A dump or a binary log's text, which mysqlbinlog writes, has these of its own. */
export const replicationInternals = statementRule({
  code: "A025",
  name: "replication-internals",
  group: "admin",
  title: "BINLOG statement or replication identity",
  score: 65,
  why:
    "The statement writes raw binary log events or claims a GTID; a wrong one makes replicas skip or repeat transactions.",
  fix: "Replay binary logs with mysqlbinlog against a server set up for it, never from an application.",
  fires: ["BINLOG 'AAAA'", "SET gtid_next = 'AUTOMATIC'", "SET @@session.gtid_next = '3E11FA47:23'"],
  quiet: ["SHOW BINARY LOGS", "SELECT @@session.gtid_next", "SET @gtid_next = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/binlog.html"],
  reads: "shape",
  kinds: ["binlog", "set"],
  check(statement) {
    if (statement.kind === "binlog") {
      const { start, end } = statement.verb;
      return [{ start, end, message: "Applies raw binary log events, which may hold any change", score: 92 }];
    }
    return itemsOf(statement, VARIABLES).filter((item) =>
      item.scope === undefined || item.scope === "session"
    ).map(
      (item) => ({
        start: item.start,
        end: item.end,
        message: `Sets ${item.name}, an identity of replication`,
      }),
    );
  },
});
