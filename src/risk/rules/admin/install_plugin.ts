import { statementRule } from "../../rule.ts";

/** Plugin or component installed or removed. */
export const installPlugin = statementRule({
  code: "A017",
  name: "install-plugin",
  group: "admin",
  title: "Plugin or component installed or removed",
  score: 90,
  why:
    "A plugin is native code that runs inside the server with all its rights; removing one can end logins or auditing.",
  fix: "Manage plugins in the server's configuration, never from an application or a migration.",
  fires: [
    "INSTALL PLUGIN audit SONAME 'audit.so'",
    "UNINSTALL PLUGIN validate_password",
    "INSTALL COMPONENT 'file://component_validate_password'",
    "UNINSTALL COMPONENT 'file://component_validate_password'",
  ],
  quiet: ["SHOW PLUGINS", "SELECT plugin FROM installed WHERE id = 1"],
  references: ["https://dev.mysql.com/doc/refman/8.4/en/install-plugin.html"],
  reads: "shape",
  kinds: ["install-plugin", "uninstall-plugin", "install-component", "uninstall-component"],
  check(statement) {
    const { start, end } = statement.verb;
    const what = statement.kind.endsWith("plugin") ? "a plugin" : "a component";
    return [{
      start,
      end,
      message: statement.kind.startsWith("un")
        ? `Removes ${what} from the server`
        : `Loads ${what} into the server`,
    }];
  },
});
