import { statementRule } from "../../rule.ts";

/** A020. */
export const instanceChanged = statementRule({
  code: "A020",
  name: "instance-changed",
  group: "admin",
  title: "CLONE, ALTER INSTANCE or LOCK INSTANCE",
  score: 88,
  why:
    "CLONE replaces all data of the server, ALTER INSTANCE can switch off its redo log or rotate its keys, LOCK INSTANCE stops all DDL.",
  fix: "Leave these to the tool that manages the server.",
  fires: [
    "CLONE INSTANCE FROM donor@'10.0.0.1':3306 IDENTIFIED BY 'x'",
    "ALTER INSTANCE DISABLE INNODB REDO_LOG",
    "LOCK INSTANCE FOR BACKUP",
  ],
  quiet: ["UNLOCK INSTANCE", "SELECT clone FROM t WHERE id = 1"],
  references: [
    "https://dev.mysql.com/doc/refman/8.4/en/clone.html",
    "https://dev.mysql.com/doc/refman/8.4/en/alter-instance.html",
  ],
  reads: "shape",
  kinds: ["clone", "alter-instance", "lock-instance"],
  check(statement) {
    const { start, end } = statement.verb;
    const message = statement.kind === "clone"
      ? "Copies a whole instance; the recipient's data is replaced"
      : statement.kind === "lock-instance"
      ? "Blocks all DDL of the server"
      : "Changes the server instance itself";
    return [{ start, end, message, ...(statement.kind === "lock-instance" ? { score: 70 } : {}) }];
  },
});
