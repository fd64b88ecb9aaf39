import { statementRule } from "../../rule.ts";

/** FLUSH. */
export const flush = statementRule({
  code: "A015",
  name: "flush",
  group: "admin",
  title: "FLUSH",
  score: 85,
  why:
    "FLUSH TABLES WITH READ LOCK stops every write of the server until it is released, and waits for every running query.",
  fix: "Take consistent copies with START TRANSACTION WITH CONSISTENT SNAPSHOT, or from a replica.",
  fires: [
    "FLUSH TABLES WITH READ LOCK",
    "FLUSH TABLES t FOR EXPORT",
    "FLUSH PRIVILEGES",
    "FLUSH NO_WRITE_TO_BINLOG BINARY LOGS",
  ],
  quiet: ["UNLOCK TABLES", "SHOW OPEN TABLES"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/flush.html"],
  reads: "shape",
  kinds: ["flush"],
  check(statement) {
    const { start, end } = statement.verb;
    if (statement.withReadLock) {
      return statement.tables.length === 0
        ? [{ start, end, message: "Stops every write of the server" }]
        : [{ start, end, message: "Blocks writes to the tables named", score: 70 }];
    }
    if (statement.forExport) {
      return [{ start, end, message: "Blocks writes to the tables named until UNLOCK TABLES", score: 60 }];
    }
    return [{
      start,
      end,
      message: `Flushes ${statement.what.join(", ").toLowerCase() || "caches"}`,
      score: 35,
    }];
  },
});
