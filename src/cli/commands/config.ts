import { addConfigOptions, configInput } from "../config_options.ts";
import type { Shell } from "../shell.ts";

/** `querycop config`. */
export function declare(shell: Shell) {
  const config = shell.command("config", {
    summary: "Show and check the configuration of serve",
    description: "Reads flags, environment and --config file exactly as serve does.",
    examples: [
      { note: "Is this environment fit to serve? Exit code 3 when it is not", run: "querycop config check" },
      { note: "Every key with its value and where that comes from", run: "querycop config show --sources" },
    ],
  });
  const show = shell.command("show", {
    summary: "Print every key and its value; secrets as ***",
    examples: [{ note: "Where does each value come from?", run: "querycop config show --sources" }],
  }).option("--sources", "say where each value comes from");
  addConfigOptions(show);
  show.action((options) =>
    shell.run(show, async (context) => {
      const { showConfig } = await import("../../commands/config.ts");
      return showConfig({ config: configInput(show, context), sources: options.sources === true }, context);
    })
  );
  const check = shell.command("check", {
    summary: "Check every key and the files that they name",
    examples: [
      { note: "Before a deploy, with the deployment's environment", run: "querycop config check" },
      { note: "A file that is not deployed yet", run: "querycop config check --config serve.yaml" },
    ],
    more: "Exit codes: 0 fit to serve, 3 not; all problems are listed together.",
  });
  addConfigOptions(check);
  check.action(() =>
    shell.run(check, async (context) => {
      const { checkConfig } = await import("../../commands/config.ts");
      return checkConfig({ config: configInput(check, context) }, context);
    })
  );
  const schema = shell.command("schema", {
    summary: "Print the JSON Schema of a configuration file, for editors",
    examples: [{ note: "For an editor", run: "querycop config schema --output serve.schema.json" }],
  });
  schema.action(() =>
    shell.run(schema, async (context) => {
      const { printSchema } = await import("../../commands/config.ts");
      return printSchema(context);
    })
  );
  config.addCommand(show);
  config.addCommand(check);
  config.addCommand(schema);
  return config;
}
