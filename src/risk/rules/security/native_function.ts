import { anyStatementRule, hit } from "../../rule.ts";

/** Functions of the best-known libraries that run commands. */
const SHELL: ReadonlySet<string> = new Set([
  "sys_exec",
  "sys_eval",
  "sys_get",
  "sys_set",
  "lib_mysqludf_sys_info",
  "http_get",
  "http_post",
]);

/** Native function loaded, or a shell function called. */
export const nativeFunction = anyStatementRule({
  code: "S017",
  name: "native-function",
  group: "security",
  title: "Native function loaded, or a shell function called",
  score: 97,
  why:
    "A function from a shared library runs inside the server with all its rights; sys_exec() and its like run commands.",
  fix: "Keep such functions out of the server; drop those that exist.",
  fires: ["CREATE FUNCTION sys_exec RETURNS INTEGER SONAME 'lib_mysqludf_sys.so'", "SELECT sys_eval('id')"],
  quiet: ["CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1", "SELECT sys_exec FROM t WHERE id = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/create-function-loadable.html"],
  reads: "shape",
  check(statement) {
    if (statement.kind === "create-function" && statement.soname !== undefined) {
      return [hit(statement.soname, "Loads native code into the server")];
    }
    return statement.calls.filter((call) => SHELL.has(call.key)).map((call) =>
      hit(call, `${call.name.text}() runs outside of the database`)
    );
  },
});
