import { statementRule } from "../../rule.ts";
import { globalItems } from "../../variables.ts";

/** Variables that keep data, access or the record of what happened safe. */
const GUARDED =
  /^(local_infile|(super_)?read_only|offline_mode|general_log(_file)?|slow_query_log_file|log_output|log_error|secure_\w+|require_secure_transport|sql_mode|sql_safe_updates|foreign_key_checks|unique_checks|init_connect|init_replica|init_slave|event_scheduler|log_bin\w*|binlog_\w+|sync_binlog|gtid_\w+|enforce_gtid_consistency|innodb_flush_log_at_trx_commit|innodb_doublewrite|innodb_force_recovery|skip_\w+|validate_password\.?\w*|default_authentication_plugin|authentication_policy|mandatory_roles|activate_all_roles_on_login|partial_revokes|audit_\w+|tls_version|ssl_\w+|tls_cipher\w*|have_ssl|admin_\w+|keyring_\w+|default_table_encryption|table_encryption_privilege_check|block_encryption_mode|old_passwords|disconnect_on_expired_password|binlog_expire_logs_seconds|expire_logs_days|rpl_semi_sync\w*|group_replication_\w+|mysqlx_\w+)$/;

/** What mysqldump and mysqlbinlog write of their own. */
const DUMP_SCORE = 40;

/** What later sessions begin with, unseen on the wire: how their texts are read, and what runs before them. */
const BLINDING: ReadonlySet<string> = new Set(["sql_mode", "init_connect", "init_replica", "init_slave"]);
/** What ends every application's work at once, or writes a file of any name on the server. */
const GRAVE: ReadonlySet<string> = new Set([
  "offline_mode",
  "read_only",
  "super_read_only",
  "general_log_file",
  "slow_query_log_file",
  "innodb_force_recovery",
]);
const REFUSED_SCORE = 92;

/** Whether a global variable of this name guards something. */
export function isGuarded(name: string): boolean {
  return GUARDED.test(name);
}

/** Global variables that keep data, access or the record of what happened safe. */
export const setGuardedGlobal = statementRule({
  code: "A012",
  name: "set-guarded-global",
  group: "admin",
  title: "Server-wide safeguard changed",
  score: 88,
  why: "The variable guards durability, replication, file access or the audit trail of the whole server.",
  fix: "Change it in the server's configuration, reviewed; never from an application or a migration.",
  fires: [
    "SET GLOBAL local_infile = 1",
    "SET @@GLOBAL.general_log_file = '/var/www/html/x.php'",
    "SET PERSIST read_only = OFF",
    "SET GLOBAL sql_mode = ''",
  ],
  quiet: [
    "SET GLOBAL max_connections = 10",
    "SET SESSION sql_mode = 'TRADITIONAL'",
    "SELECT @@global.local_infile",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/security-options.html"],
  reads: "shape",
  kinds: ["set"],
  check(statement, context) {
    return globalItems(statement).filter((item) => isGuarded(item.name)).map((item) => ({
      start: item.start,
      end: item.end,
      message: `Changes the safeguard ${item.name} for the whole server`,
      ...(context.file?.dump === true
        ? { score: DUMP_SCORE }
        : GRAVE.has(item.name) || context.options.mode === "wire" && BLINDING.has(item.name)
        ? { score: REFUSED_SCORE }
        : {}),
    }));
  },
});
