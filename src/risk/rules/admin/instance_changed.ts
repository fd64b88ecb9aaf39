import { textOf } from "../../bytes.ts";
import { hit, statementRule } from "../../rule.ts";

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
    "ALTER INSTANCE RELOAD TLS",
    "LOCK INSTANCE FOR BACKUP",
  ],
  quiet: ["UNLOCK INSTANCE", "SELECT clone FROM t WHERE id = 1"],
  references: [
    "https://dev.mysql.com/doc/refman/8.4/en/clone.html",
    "https://dev.mysql.com/doc/refman/8.4/en/alter-instance.html",
  ],
  reads: "text",
  kinds: ["clone", "alter-instance", "lock-instance"],
  check(statement) {
    switch (statement.kind) {
      case "clone":
        return [hit(statement.verb, "Copies a whole instance; the recipient's data is replaced")];
      case "lock-instance":
        return [hit(statement.verb, "Blocks all DDL of the server", 70)];
      case "alter-instance": {
        const log = /\bREDO_LOG\b/i.test(textOf(statement.bytes, statement));
        return [
          log
            ? hit(statement.verb, "Switches the redo log: without it a crash loses everything")
            : hit(statement.verb, "Reloads or rotates the server's keys and certificates", 50),
        ];
      }
    }
  },
});
