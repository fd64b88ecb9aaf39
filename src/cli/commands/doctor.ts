import { Option } from "@commander-js/extra-typings";
import { addConfigOptions, configInput } from "../config_options.ts";
import { nameVariable, type Shell } from "../shell.ts";
import { durationOption, listOption } from "../values.ts";

const CHECKS_GROUP = "Checks:";
const TARGET_GROUP = "What to check:";
const DEFAULT_TIMEOUT_MS = 45_000;

/** `querycop doctor`. */
export function declare(shell: Shell) {
  const command = shell.command("doctor", {
    summary: "Check that this environment reaches the database, securely, as configured",
    description:
      "Reads the configuration as serve does and tries every step on the way to the database: name, network, " +
      "MySQL greeting, TLS and certificates, and with --user a login. Names what is wrong and how to fix it.\n" +
      "Without a configuration it checks PlanetScale's public endpoints.",
    examples: [
      { note: "With the environment of a deployment, before the deploy", run: "querycop doctor" },
      {
        note: "One database, login included",
        run: "MYSQL_PWD=... querycop doctor --host db.example:3306 --user app",
      },
      { note: "In CI, warnings counting as failures", run: "querycop doctor --strict --format github" },
      { note: "In a rollout, until all is well", run: "querycop doctor --watch" },
    ],
    formats: ["text", "json", "junit", "github", "sarif"],
    variables: {
      PLANETSCALE_SERVICE_TOKEN_ID: "with the next, checked for what rotate needs",
      PLANETSCALE_SERVICE_TOKEN: "the token itself",
      PLANETSCALE_ORG: "organization that the token is checked against",
      PLANETSCALE_DATABASE: "database that the token is checked against",
      PLANETSCALE_BRANCH: "branch that the token is checked against",
    },
    more:
      "Exit codes: 0 all well, 1 a check failed, 2 wrong usage, 3 serve would not start: the configuration is wrong, or a port is taken.",
  })
    .addOption(
      new Option("--host <host[:port]>", "check this database in place of the configured one").helpGroup(
        TARGET_GROUP,
      ),
    )
    .addOption(
      nameVariable(
        new Option("--user <name>", "log in too; the password comes from a file, MYSQL_PWD or a question"),
        "MYSQL_PWD",
      ).helpGroup(TARGET_GROUP),
    )
    .addOption(new Option("--password-file <path>", "file that holds the password").helpGroup(TARGET_GROUP))
    .addOption(
      new Option("--name-server <address[:port]>", "ask this name server in place of the system's").helpGroup(
        TARGET_GROUP,
      ),
    )
    .addOption(
      new Option("--only <ids>", "these checks and what they need").argParser(listOption).helpGroup(
        CHECKS_GROUP,
      ),
    )
    .addOption(
      new Option("--skip <ids>", "all checks but these").argParser(listOption).helpGroup(CHECKS_GROUP),
    )
    .addOption(new Option("--list-checks", "name the checks and what each is for").helpGroup(CHECKS_GROUP))
    .addOption(new Option("--strict", "warnings fail").helpGroup(CHECKS_GROUP))
    .addOption(
      new Option("--timeout <duration>", "for the whole run").argParser(durationOption)
        .default(DEFAULT_TIMEOUT_MS, "45s").helpGroup(CHECKS_GROUP),
    )
    .addOption(
      new Option("--watch [pause]", "run again until all is well, with a pause between (5s)").argParser(
        durationOption,
      )
        .preset("5s").helpGroup(CHECKS_GROUP),
    );
  addConfigOptions(command);
  return command.action((options) =>
    shell.run(command, async (context) => {
      const { run } = await import("../../commands/doctor.ts");
      return run({
        config: configInput(command, context),
        host: options.host,
        user: options.user,
        passwordFile: options.passwordFile,
        nameServer: options.nameServer,
        only: options.only ?? [],
        skip: options.skip ?? [],
        listChecks: options.listChecks === true,
        strict: options.strict === true,
        timeoutMs: options.timeout,
        watchMs: options.watch,
      }, context);
    })
  );
}
