import { Argument, Option } from "@commander-js/extra-typings";
import { addConfigOptions, configInput } from "../config_options.ts";
import type { Shell } from "../shell.ts";

/** `querycop policy`. */
export function declare(shell: Shell) {
  const policy = shell.command("policy", {
    summary: "Check, try and change what statements may do",
    description:
      "A policy gives sessions roles by user, schema and address, and says what statements of each role may do. " +
      "docs/policy.md describes the file.",
    examples: [
      { note: "Is this file good, and what does it do?", run: "querycop policy check policy.yaml" },
      {
        note: "What would become of a statement, and why?",
        run: "querycop policy test policy.yaml --user app 'DELETE FROM orders'",
      },
      { note: "What is in force?", run: "querycop policy show" },
    ],
  });
  policy.addCommand(check(shell));
  policy.addCommand(test(shell));
  policy.addCommand(show(shell));
  policy.addCommand(schema(shell));
  return policy;
}

function check(shell: Shell) {
  const command = shell.command("check", {
    summary: "Check a policy and say what each of its roles does",
    examples: [
      { note: "Before a deploy: exit code 3 with every mistake", run: "querycop policy check policy.yaml" },
    ],
    more: "Exit codes: 0 good, warnings or not; 3 not, every mistake with its line and column.",
  }).addArgument(new Argument("[file]", "the policy; GATEKEEPER_POLICY_FILE where it is left out"));
  addConfigOptions(command, ["policyFile", "backendHost"]);
  return command.action((file) =>
    shell.run(command, async (context) => {
      const { checkPolicyFile } = await import("../../commands/policy.ts");
      return checkPolicyFile({ file, config: configInput(command, context) }, context);
    })
  );
}

function test(shell: Shell) {
  const command = shell.command("test", {
    summary: "Say what a policy would do with SQL, and why",
    description:
      "Judges SQL as serve would, and says for each statement what becomes of it and why. An argument is one " +
      "text, as a client sends it; of standard input each statement is a text of its own.",
    examples: [
      {
        note: "One statement, as one user",
        run: "querycop policy test policy.yaml --user reporting 'SELECT * FROM secrets'",
      },
      {
        note: "The built-in policy, on a whole file",
        run: "querycop policy test built-in --user app < migration.sql",
      },
    ],
    more: "Exit codes: 0 all of it would run, 1 some of it would be held or refused.",
  })
    .addArgument(new Argument("<file>", "the policy, or built-in"))
    .addArgument(new Argument("[sql]", "the SQL; standard input where it is left out"))
    .addOption(new Option("--user <name>", "who logs in").makeOptionMandatory())
    .addOption(new Option("--schema <name>", "current schema").default("", "none"))
    .addOption(new Option("--client <address>", "IP address of the client").default("127.0.0.1"))
    .addOption(new Option("--sql-mode <modes>", "the session's sql_mode, for example ANSI_QUOTES"))
    .addOption(
      new Option("--server-version <version>", "as the server names itself").default("8.0.40-Vitess"),
    );
  return command.action((file, sql, options) =>
    shell.run(command, async (context) => {
      const { tryPolicy } = await import("../../commands/policy_try.ts");
      return await tryPolicy({
        file,
        sql,
        user: options.user,
        schema: options.schema,
        client: options.client,
        sqlMode: options.sqlMode,
        serverVersion: options.serverVersion,
        planetScale: true,
      }, context);
    })
  );
}

function show(shell: Shell) {
  const command = shell.command("show", {
    summary: "Print the policy that serve would have in force",
    examples: [
      { note: "Start a policy of your own from the built-in one", run: "querycop policy show > policy.yaml" },
    ],
  });
  addConfigOptions(command, ["policyFile", "backendHost"]);
  return command.action(() =>
    shell.run(command, async (context) => {
      const { showPolicy } = await import("../../commands/policy.ts");
      return showPolicy({ config: configInput(command, context) }, context);
    })
  );
}

function schema(shell: Shell) {
  const command = shell.command("schema", {
    summary: "Print the JSON Schema of a policy file, for editors",
    examples: [{ note: "For an editor", run: "querycop policy schema --output policy.schema.json" }],
  });
  return command.action(() =>
    shell.run(command, async (context) => {
      const { printPolicySchema } = await import("../../commands/policy.ts");
      return printPolicySchema(context);
    })
  );
}
