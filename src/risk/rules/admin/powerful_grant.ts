import { NO_HITS, statementRule } from "../../rule.ts";

/** Privileges with which an account can take over the server, its files or its other accounts. */
const TAKEOVER: ReadonlySet<string> = new Set([
  "SUPER",
  "FILE",
  "SHUTDOWN",
  "CREATE USER",
  "SYSTEM_USER",
  "SYSTEM_VARIABLES_ADMIN",
  "PERSIST_RO_VARIABLES_ADMIN",
  "SET_USER_ID",
  "SET_ANY_DEFINER",
  "ALLOW_NONEXISTENT_DEFINER",
  "ROLE_ADMIN",
  "BINLOG_ADMIN",
  "BINLOG_ENCRYPTION_ADMIN",
  "CLONE_ADMIN",
  "CONNECTION_ADMIN",
  "ENCRYPTION_KEY_ADMIN",
  "GROUP_REPLICATION_ADMIN",
  "REPLICATION_SLAVE_ADMIN",
  "REPLICATION_APPLIER",
  "SERVICE_CONNECTION_ADMIN",
  "PASSWORDLESS_USER_ADMIN",
  "AUTHENTICATION_POLICY_ADMIN",
  "SENSITIVE_VARIABLES_OBSERVER",
  "AUDIT_ADMIN",
  "AUDIT_ABORT_EXEMPT",
  "FIREWALL_ADMIN",
  "FIREWALL_EXEMPT",
  "TABLE_ENCRYPTION_ADMIN",
  "XA_RECOVER_ADMIN",
]);

/** Privileges that show or disturb what other sessions do, which monitoring and backup accounts are given. */
const DISTURBING: ReadonlySet<string> = new Set([
  "PROCESS",
  "RELOAD",
  "BACKUP_ADMIN",
  "INNODB_REDO_LOG_ENABLE",
]);

/** Whether a privilege by itself gives power over the server. */
export function isPowerful(privilege: string): boolean {
  return TAKEOVER.has(privilege) || DISTURBING.has(privilege);
}

/** A002. */
export const powerfulGrant = statementRule({
  code: "A002",
  name: "powerful-grant",
  group: "admin",
  title: "GRANT of a privilege over the server itself",
  score: 90,
  why:
    "SUPER, FILE, SHUTDOWN, CREATE USER, PROXY and the SYSTEM and ADMIN privileges let an account read files, become other " +
    "accounts or stop the server, whatever tables it was meant for.",
  fix: "Leave such privileges to named administrators; give an application none of them.",
  fires: [
    "GRANT SUPER ON *.* TO app",
    "GRANT SELECT, FILE ON *.* TO 'etl'@'%'",
    "GRANT PROXY ON 'admin'@'%' TO app",
    "GRANT SYSTEM_VARIABLES_ADMIN ON *.* TO app",
  ],
  quiet: [
    "GRANT SELECT ON shop.* TO app",
    "GRANT REPLICATION SLAVE ON *.* TO replica",
    "REVOKE SUPER ON *.* FROM app",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html"],
  reads: "shape",
  kinds: ["grant"],
  check(statement) {
    if (statement.form === "proxy") {
      const { start, end } = statement.proxied ?? statement.verb;
      return [{ start, end, message: "Lets an account act as another" }];
    }
    const hits = statement.privileges.filter((privilege) => isPowerful(privilege.name)).map((privilege) => ({
      start: privilege.start,
      end: privilege.end,
      message: `Grants ${privilege.name}, a privilege over the server itself`,
      ...(DISTURBING.has(privilege.name) ? { score: 60 } : {}),
    }));
    return hits.length === 0 ? NO_HITS : hits;
  },
});
