import { Argument, type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { addAdminOptions, ADMIN_VARIABLES, adminTarget } from "../admin_options.ts";
import { addConfigOptions, configInput } from "../config_options.ts";
import type { Shell } from "../shell.ts";
import { durationOption, integerOption } from "../values.ts";

const OFFLINE =
  "Works on the data directory, whether querycop serves or not; a serving one follows within a second.";

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
      {
        note: "Refuse one statement shape now, for two hours",
        run: "querycop policy block 5d3c...e1 --for 2h --reason 'INC-42: locks orders'",
      },
      { note: "Make an allowlist of what was seen", run: "querycop policy learn --role app --since 7d" },
    ],
  });
  for (const one of [check, test, show, schema, learn, forget, block, unblock, blocks, reload]) {
    policy.addCommand(one(shell));
  }
  return policy;
}

function check(shell: Shell): CommandUnknownOpts {
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

function test(shell: Shell): CommandUnknownOpts {
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
  addConfigOptions(command, ["dataDir"]);
  return command.action((file, sql, options) =>
    shell.run(command, async (context) => {
      const { tryPolicy } = await import("../../commands/policy_try.ts");
      const { dataDirectoryOf } = await import("../../commands/data_directory.ts");
      return await tryPolicy({
        file,
        sql,
        user: options.user,
        schema: options.schema,
        client: options.client,
        sqlMode: options.sqlMode,
        serverVersion: options.serverVersion,
        planetScale: true,
        dataDir: dataDirectoryOf(configInput(command, context)),
      }, context);
    })
  );
}

function show(shell: Shell): CommandUnknownOpts {
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

function schema(shell: Shell): CommandUnknownOpts {
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

function learn(shell: Shell): CommandUnknownOpts {
  const command = shell.command("learn", {
    summary: "Take the statements that were seen into the learned lists of their roles",
    description:
      "A role with only: learned in the policy refuses every statement shape that it has not learned. Serve " +
      `with GATEKEEPER_MODE=monitor for as long as it takes to see all that an application does, then learn. ${OFFLINE}`,
    examples: [
      { note: "What would be learned?", run: "querycop policy learn --dry-run" },
      {
        note: "A week of one role, slips left out",
        run: "querycop policy learn --role app --since 7d --min-count 5",
      },
    ],
    more: "Left out: what scores at or above the role's warn, what never ran without an error.",
  })
    .addOption(new Option("--role <name>", "only this role").default(undefined, "each role that was seen"))
    .addOption(
      new Option("--since <duration>", "only what was seen within this time").argParser(durationOption),
    )
    .addOption(
      new Option("--min-count <count>", "only what was seen so often").argParser(integerOption(1)).default(1),
    )
    .option("--include-risky", "learn what scores at or above warn too")
    .option("--dry-run", "say what would be learned, and learn nothing")
    .option("--by <name>", "who does it; user@host where it is left out");
  addConfigOptions(command, ["dataDir", "policyFile", "backendHost"]);
  return command.action((options) =>
    shell.run(command, async (context) => {
      const { learn } = await import("../../commands/policy_learn.ts");
      const { dataDirectoryOf } = await import("../../commands/data_directory.ts");
      const config = configInput(command, context);
      return learn({
        config,
        dataDir: dataDirectoryOf(config),
        role: options.role,
        sinceMs: options.since === undefined ? undefined : Number(options.since),
        minCount: Number(options.minCount),
        includeRisky: options.includeRisky === true,
        dryRun: options.dryRun === true,
        by: options.by,
      }, context);
    })
  );
}

function forget(shell: Shell): CommandUnknownOpts {
  const command = shell.command("forget", {
    summary: "Take statements out of a role's learned list",
    description: `What is forgotten is refused again in a role with only: learned. ${OFFLINE}`,
    examples: [
      { note: "One statement shape", run: "querycop policy forget --role app 5d3c...e1" },
      { note: "Begin anew", run: "querycop policy forget --role app --all" },
    ],
  })
    .addArgument(new Argument("[digests...]", "64 hexadecimal digits each"))
    .requiredOption("--role <name>", "whose list")
    .option("--all", "all that the role has learned")
    .option("--by <name>", "who does it; user@host where it is left out");
  addConfigOptions(command, ["dataDir"]);
  return command.action((digests, options) =>
    shell.run(command, async (context) => {
      const { forget } = await import("../../commands/policy_learn.ts");
      const { dataDirectoryOf } = await import("../../commands/data_directory.ts");
      return forget({
        dataDir: dataDirectoryOf(configInput(command, context)),
        role: options.role,
        digests,
        all: options.all === true,
        by: options.by,
      }, context);
    })
  );
}

function block(shell: Shell): CommandUnknownOpts {
  const command = shell.command("block", {
    summary: "Refuse a statement shape from now on",
    description:
      `Whatever the policy says, break-glass included. ${OFFLINE} With --api the one that serves there.`,
    examples: [
      {
        note: "For two hours; the digest is in audit records and on the dashboard",
        run: "querycop policy block 5d3c...e1 --for 2h --reason 'INC-42: locks orders'",
      },
    ],
    variables: ADMIN_VARIABLES,
  })
    .addArgument(new Argument("<digest>", "64 hexadecimal digits, MySQL's STATEMENT_DIGEST()"))
    .requiredOption("--reason <text>", "why; the client and the audit are told")
    .addOption(
      new Option("--for <duration>", "how long").argParser(durationOption).default(
        undefined,
        "until it is lifted",
      ),
    )
    .option("--by <name>", "who does it; user@host where it is left out");
  addConfigOptions(command, ["dataDir"]);
  addAdminOptions(command);
  return command.action((digest, options) =>
    shell.run(command, async (context) => {
      const { blockDigest } = await import("../../commands/policy_blocks.ts");
      const { dataDirectoryOf } = await import("../../commands/data_directory.ts");
      return await blockDigest({
        ...adminTarget(command),
        dataDir: dataDirectoryOf(configInput(command, context)),
        digest,
        reason: options.reason,
        by: options.by,
        forMs: options.for === undefined ? undefined : Number(options.for),
      }, context);
    })
  );
}

function unblock(shell: Shell): CommandUnknownOpts {
  const command = shell.command("unblock", {
    summary: "Lift a block before its time",
    description: `${OFFLINE} With --api the one that serves there.`,
    examples: [{ note: "The policy decides again", run: "querycop policy unblock 01J8ZQ3V" }],
    variables: ADMIN_VARIABLES,
  })
    .addArgument(new Argument("<id>", "the block's id: querycop policy blocks lists them"))
    .option("--reason <text>", "why, for the audit")
    .option("--by <name>", "who does it; user@host where it is left out");
  addConfigOptions(command, ["dataDir"]);
  addAdminOptions(command);
  return command.action((id, options) =>
    shell.run(command, async (context) => {
      const { unblock } = await import("../../commands/policy_blocks.ts");
      const { dataDirectoryOf } = await import("../../commands/data_directory.ts");
      return await unblock({
        ...adminTarget(command),
        dataDir: dataDirectoryOf(configInput(command, context)),
        id,
        reason: options.reason,
        by: options.by,
      }, context);
    })
  );
}

function blocks(shell: Shell): CommandUnknownOpts {
  const command = shell.command("blocks", {
    summary: "List the statement shapes that are blocked",
    examples: [{ note: "What is blocked now, by whom and why", run: "querycop policy blocks" }],
    variables: ADMIN_VARIABLES,
  });
  addConfigOptions(command, ["dataDir"]);
  addAdminOptions(command);
  return command.action(() =>
    shell.run(command, async (context) => {
      const { listBlocks } = await import("../../commands/policy_blocks.ts");
      const { dataDirectoryOf } = await import("../../commands/data_directory.ts");
      const dataDir = dataDirectoryOf(configInput(command, context));
      return await listBlocks({ ...adminTarget(command), dataDir }, context);
    })
  );
}

function reload(shell: Shell): CommandUnknownOpts {
  const command = shell.command("reload", {
    summary: "Have a serving querycop read its policy again",
    description: "As SIGHUP does, through the admin API. With a mistake in the file the old policy stays.",
    examples: [{ note: "After the file has changed", run: "querycop policy reload" }],
    variables: ADMIN_VARIABLES,
    more: "Exit codes: 0 the new policy is in force, 3 it has mistakes, 4 refused, 5 unreachable.",
  });
  addAdminOptions(command);
  return command.action(() =>
    shell.run(command, async (context) => {
      const { reloadPolicy } = await import("../../commands/policy_blocks.ts");
      return await reloadPolicy(adminTarget(command), context);
    })
  );
}
