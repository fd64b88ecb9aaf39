import { readsUserTables } from "../../catalog.ts";
import { callsTo } from "../../expressions.ts";
import { SERVER_VARIABLES } from "../../probes.ts";
import { anyStatementRule, hit } from "../../rule.ts";

/** Variables that name places on the server's machine: no driver asks for them. */
const PLACES: ReadonlySet<string> = new Set([
  "datadir",
  "basedir",
  "tmpdir",
  "plugin_dir",
  "secure_file_priv",
]);
const FUNCTIONS: ReadonlySet<string> = new Set(["version", "user", "session_user", "system_user"]);

/** The server is asked about itself. Every driver asks for the version when it connects, with no table beside it. */
export const serverFingerprint = anyStatementRule({
  code: "S016",
  name: "server-fingerprint",
  group: "security",
  title: "The server is asked about itself",
  score: 25,
  why: "Version, paths and user tell an attacker what will work next.",
  fix: "Ask in a connection check of its own, not among the application's tables.",
  fires: [
    "SELECT @@datadir",
    "SELECT id, VERSION() FROM users WHERE id = 1",
    "SELECT id FROM users WHERE id = 1 AND @@version LIKE '8%'",
  ],
  quiet: [
    "SELECT VERSION()",
    "SELECT @@version_comment LIMIT 1",
    "SELECT @@session.sql_mode",
    "SELECT version FROM schema_info WHERE id = 1",
  ],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/information-functions.html"],
  reads: "shape",
  needs: ["variables", "calls"],
  check(statement) {
    const among = statement.blocks.some(readsUserTables);
    const variables = statement.variables.filter((variable) =>
      variable.kind === "system" &&
      (PLACES.has(variable.name) || (among && SERVER_VARIABLES.has(variable.name))) &&
      variable.block !== undefined
    );
    const calls = among ? callsTo(statement, FUNCTIONS).filter((call) => call.block !== undefined) : [];
    return [...variables, ...calls].map((span) => hit(span, "The server is asked about itself"));
  },
});
