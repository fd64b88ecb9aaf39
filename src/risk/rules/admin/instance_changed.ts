import { hit, statementRule } from "../../rule.ts";

/** Statements that replace, endanger or lock the server as a whole. */
export const instanceChanged = statementRule({
  code: "A020",
  name: "instance-changed",
  group: "admin",
  title: "CLONE, ALTER INSTANCE, LOCK INSTANCE or BACKUP",
  score: 92,
  why:
    "CLONE replaces all data of the server, ALTER INSTANCE can switch off its redo log or rotate its keys, LOCK INSTANCE and BACKUP stop all DDL.",
  fix: "Leave these to the tool that manages the server.",
  fires: [
    "CLONE INSTANCE FROM donor@'10.0.0.1':3306 IDENTIFIED BY 'x'",
    "ALTER INSTANCE DISABLE INNODB REDO_LOG",
    "ALTER INSTANCE RELOAD TLS",
    "LOCK INSTANCE FOR BACKUP",
    "BACKUP STAGE START",
  ],
  quiet: ["UNLOCK INSTANCE", "SELECT clone FROM t WHERE id = 1"],
  references: [
    "https://dev.mysql.com/doc/refman/8.4/en/clone.html",
    "https://dev.mysql.com/doc/refman/8.4/en/alter-instance.html",
  ],
  reads: "shape",
  kinds: ["clone", "alter-instance", "lock-instance", "backup"],
  check(statement) {
    switch (statement.kind) {
      case "clone":
        return [hit(statement.verb, "Copies a whole instance; the recipient's data is replaced")];
      case "lock-instance":
        return [hit(statement.verb, "Blocks all DDL of the server", 70)];
      case "backup":
        return [hit(statement.verb, "Blocks DDL, and in its last stages commits, until the backup ends", 75)];
      case "alter-instance":
        return / DISABLE .*REDO_LOG$/.test(statement.words)
          ? [hit(statement.verb, "Switches the redo log off: without it a crash loses everything")]
          : [hit(statement.verb, "Reloads or rotates the server's keys, certificates or logs", 50)];
    }
  },
});
