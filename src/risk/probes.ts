/** What injection probes are made of: asking the server about itself, taking values apart. */

import { someNode } from "../sql/model/children.ts";
import type { Expression } from "../sql/statement.ts";

/** Functions that tell about the server or the session. */
const SERVER_FUNCTIONS: ReadonlySet<string> = new Set([
  "version",
  "user",
  "current_user",
  "session_user",
  "system_user",
  "database",
  "schema",
  "connection_id",
]);

/** System variables that tell where the server and its files are. */
export const SERVER_VARIABLES: ReadonlySet<string> = new Set([
  "version",
  "version_comment",
  "version_compile_os",
  "version_compile_machine",
  "datadir",
  "basedir",
  "tmpdir",
  "plugin_dir",
  "secure_file_priv",
  "hostname",
]);

/** Functions that cut a text into pieces. */
export const CUTTING_FUNCTIONS: ReadonlySet<string> = new Set([
  "substr",
  "substring",
  "mid",
  "left",
  "right",
]);

/** Whether the server is asked about itself in an expression. */
export function asksServer(expression: Expression): boolean {
  return someNode(
    expression,
    (part) =>
      (part.type === "call" && part.schema === undefined && SERVER_FUNCTIONS.has(part.key)) ||
      (part.type === "variable" && part.kind === "system" && SERVER_VARIABLES.has(part.name)),
  );
}

/** Whether a subquery stands in an expression. */
export function hasSubquery(expression: Expression): boolean {
  return someNode(expression, (part) => part.type === "subquery");
}
