import { parseWildcard, type Wildcard } from "../../../base/wildcard.ts";
import type { AccountName, PrivilegeLevel } from "../../../sql/statement.ts";
import { displayAccount } from "../../accounts.ts";
import { type Hit, hit, NO_HITS, statementRule } from "../../rule.ts";

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

/** Accounts that own a server, by the names that servers and hosts give them. */
const OWNERS: ReadonlySet<string> = new Set([
  "root",
  "mysql.sys",
  "mysql.session",
  "mysql.infoschema",
  "mariadb.sys",
  "rdsadmin",
  "rds_superuser_role",
  "cloudsqladmin",
  "cloudsqlsuperuser",
  "azure_superuser",
]);

/** Whether a privilege by itself gives power over the server. */
export function isPowerful(privilege: string): boolean {
  return TAKEOVER.has(privilege) || DISTURBING.has(privilege);
}

/** Privileges and roles with which an account takes over the server. */
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
    "GRANT SELECT ON mysql.* TO app",
    "GRANT INSERT ON `%`.* TO app",
    "GRANT 'root'@'localhost' TO app",
    "ALTER USER app DEFAULT ROLE root",
  ],
  quiet: [
    "GRANT SELECT ON shop.* TO app",
    "GRANT REPLICATION SLAVE ON *.* TO replica",
    "REVOKE SUPER ON *.* FROM app",
    "GRANT SELECT ON mysql.time_zone_name TO app",
    "GRANT SELECT ON `app\\_%`.* TO app",
    "GRANT reader TO app",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/privileges-provided.html"],
  reads: "shape",
  kinds: ["grant", "create-user", "alter-user", "set-default-role"],
  check(statement) {
    if (statement.kind !== "grant") {
      const roles = statement.kind === "set-default-role" ? statement.roles : statement.defaultRoles;
      return ownersAmong(roles);
    }
    if (statement.form === "roles") return ownersAmong(statement.roles);
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
    const { level } = statement;
    const asked = statement.privileges.some(({ name }) => name !== "USAGE");
    if (asked && level !== undefined && reachesAccounts(level)) {
      return [...hits, hit(level, "Grants access to the tables in which accounts and privileges are kept")];
    }
    return hits.length === 0 ? NO_HITS : hits;
  },
});

function ownersAmong(roles: readonly AccountName[]): readonly Hit[] {
  return roles.filter(({ user }) => OWNERS.has(user.toLowerCase()))
    .map((role) => hit(role, `Makes everything that ${displayAccount(role)} may do available`));
}

/** Tables of mysql.* that tell nothing of accounts, which time zone and help look-ups read. */
const PUBLIC_TABLES = /^(time_zone|help_)/;

/** Whether a level has the server's account tables in it: `mysql.*`, a pattern that matches it, or one of the tables. */
function reachesAccounts({ scope, schema, object }: PrivilegeLevel): boolean {
  if (scope === "object") {
    return object?.schema?.key === "mysql" && !PUBLIC_TABLES.test(object.name.key);
  }
  return scope !== "global" && schema !== undefined && patternOf(schema.key)?.matches("mysql") === true;
}

/** A schema of GRANT, where `%` and `_` are wildcards and a backslash takes the next letter as it is. */
function patternOf(schema: string): Wildcard | undefined {
  const LETTERS: Readonly<Record<string, string>> = { "%": "*", _: "?", "*": "\\*", "?": "\\?" };
  return parseWildcard(schema.replace(/\\.|[%_*?]/gs, (found) => LETTERS[found] ?? found));
}
