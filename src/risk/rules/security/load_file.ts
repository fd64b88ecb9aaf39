import { callsTo } from "../../expressions.ts";
import { anyStatementRule, hit } from "../../rule.ts";

const NAMES: ReadonlySet<string> = new Set(["load_file"]);
const UNC = /^(\\\\|\/\/)/;

/** LOAD_FILE(). A UNC path makes a server on Windows log in to another machine. */
export const loadFile = anyStatementRule({
  code: "S005",
  name: "load-file",
  group: "security",
  title: "LOAD_FILE()",
  score: 88,
  why: "The server reads a file of its own machine with its own rights and returns it.",
  fix: "Send file contents as a parameter; keep secure_file_priv NULL and FILE revoked.",
  fires: ["SELECT LOAD_FILE('/etc/passwd')", "INSERT INTO t (a) VALUES (LOAD_FILE(?))"],
  quiet: ["SELECT load_file FROM t WHERE id = 1", "SELECT 'LOAD_FILE(1)'"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/string-functions.html#function_load-file"],
  reads: "text",
  needs: "calls",
  mayFire: (statement) => callsTo(statement, NAMES).length > 0,
  check(statement) {
    return callsTo(statement, NAMES).map((call) => {
      const [path] = call.args;
      const remote = path?.type === "string" && UNC.test(path.value);
      return hit(
        call,
        remote ? "The server reads a file of another machine" : "The server reads a file",
        remote ? 95 : undefined,
      );
    });
  },
});
