import { Argument, Option } from "@commander-js/extra-typings";
import type { Shell } from "../shell.ts";
import { integerOption, listOption } from "../values.ts";

const WHAT = "What is judged:";
const HOW = "How it is judged:";
const OUTCOME = "What fails:";

/** `querycop lint-sql`. */
export function declare(shell: Shell) {
  const command = shell.command("lint-sql", {
    summary: "Score SQL files, migrations and query logs by risk",
    description:
      "Judges every statement by the rules that serve applies on the wire. Takes files, directories (*.sql below them, " +
      ".gitignore respected), quoted patterns and - for standard input. When nothing is named: what is piped in, else the " +
      "working directory.",
    examples: [
      { run: "querycop lint-sql db/migrations", note: "Fail on what scores high" },
      { run: "querycop lint-sql --changed-since origin/main", note: "Only what this branch adds" },
      {
        run: "querycop lint-sql --input slow-log slow.log --fail-on critical",
        note: "A day of traffic by shape",
      },
      { run: "querycop lint-sql --format sarif -o lint.sarif", note: "For code scanning" },
      {
        run: "querycop lint-sql --write-baseline lint-baseline.json",
        note: "Start from here: known findings stop counting",
      },
    ],
    formats: [
      "text",
      "json",
      "sarif",
      "github",
      "gitlab",
      "junit",
      "checkstyle",
      "rdjson",
      "rdjsonl",
      "markdown",
    ],
    more: [
      "Exit codes: 0 nothing at or above --fail-on, 1 something, 2 usage or an input that could not be read, 3 " +
      "configuration or baseline. An input that cannot be read does not hide the others' findings.",
      "",
      "To silence a rule for the next statement: -- querycop-ignore drop-table: reason",
      "For the whole file: -- querycop-ignore-file drop-table: reason",
      "",
      "Configuration: querycop.yaml, the nearest upwards from each file. querycop explain RULE shows a rule.",
    ].join("\n"),
  })
    .addArgument(new Argument("[paths...]", "files, directories, patterns, or -"))
    .addOption(
      new Option("--input <kind>", "what the inputs hold").choices(
        ["sql", "slow-log", "general-log", "json"] as const,
      )
        .default("sql" as const).helpGroup(WHAT),
    )
    .addOption(
      new Option("--stdin-filename <path>", "judge standard input as this file, for editors").helpGroup(WHAT),
    )
    .addOption(
      new Option("--changed-since <revision>", "only statements that the branch adds to").helpGroup(WHAT),
    )
    .addOption(new Option("--exclude <patterns>", "paths to leave out").argParser(listOption).helpGroup(WHAT))
    .addOption(
      new Option("--schema <file>", "CREATE TABLE statements of the tables that exist").helpGroup(WHAT),
    )
    .addOption(
      new Option("--target <server>", "the server it is meant for (default planetscale)")
        .choices(["mysql", "vitess", "planetscale"] as const).helpGroup(HOW),
    )
    .addOption(new Option("--server-version <version>", "MySQL version, for example 8.0.40").helpGroup(HOW))
    .addOption(new Option("--vitess-version <version>", "Vitess version (default 23.0)").helpGroup(HOW))
    .addOption(new Option("--sharded", "tables live in a sharded keyspace").helpGroup(HOW))
    .addOption(new Option("--safe-migrations", "the branch refuses direct DDL").helpGroup(HOW))
    .addOption(new Option("--foreign-keys", "foreign key constraints are enabled").helpGroup(HOW))
    .addOption(
      new Option("--rules <rules>", "only these rules, groups or letters").argParser(listOption).helpGroup(
        HOW,
      ),
    )
    .addOption(new Option("--ignore <rules>", "not these").argParser(listOption).helpGroup(HOW))
    .addOption(new Option("--enable <rules>", "these opt-in rules too").argParser(listOption).helpGroup(HOW))
    .addOption(new Option("--config <file>", "this configuration for every file").helpGroup(HOW))
    .addOption(new Option("--no-config", "no configuration file").helpGroup(HOW))
    .addOption(new Option("--fix", "write what is certain to keep its meaning").helpGroup(HOW))
    .addOption(
      new Option("--fail-on <level>", "level or score that fails the run (default high)").helpGroup(OUTCOME),
    )
    .addOption(
      new Option("--allow-unparsed", "do not fail on statements that MySQL would not parse").helpGroup(
        OUTCOME,
      ),
    )
    .addOption(
      new Option("--max-warnings <count>", "fail on more findings than this below --fail-on")
        .argParser(integerOption(0)).helpGroup(OUTCOME),
    )
    .addOption(new Option("--down-counts", "findings in down sections count").helpGroup(OUTCOME))
    .addOption(new Option("--baseline <file>", "findings in it do not count").helpGroup(OUTCOME))
    .addOption(
      new Option("--write-baseline <file>", "write the findings to a baseline and succeed").helpGroup(
        OUTCOME,
      ),
    )
    .addOption(new Option("--print-config-schema", "print the JSON Schema of querycop.yaml").helpGroup(HOW));
  return command.action((paths, options) =>
    shell.run(command, async (context) => {
      const { run } = await import("../../commands/lint_sql.ts");
      return await run({
        paths,
        stdinFilename: options.stdinFilename,
        input: options.input,
        flags: {
          ...(options.target === undefined ? {} : { target: options.target }),
          ...(options.serverVersion === undefined ? {} : { server_version: options.serverVersion }),
          ...(options.vitessVersion === undefined ? {} : { vitess_version: options.vitessVersion }),
          ...(options.sharded === true ? { sharded: true } : {}),
          ...(options.safeMigrations === true ? { safe_migrations: true } : {}),
          ...(options.foreignKeys === true ? { foreign_keys: true } : {}),
          ...(options.rules === undefined ? {} : { rules: options.rules }),
          ...(options.ignore === undefined ? {} : { ignore: options.ignore }),
          ...(options.enable === undefined ? {} : { enable: options.enable }),
          ...(options.downCounts === true ? { down_counts: true } : {}),
        },
        failOn: options.failOn,
        allowUnparsed: options.allowUnparsed,
        maxWarnings: options.maxWarnings,
        config: options.config,
        schema: options.schema,
        exclude: options.exclude ?? [],
        baseline: options.baseline,
        writeBaseline: options.writeBaseline,
        changedSince: options.changedSince,
        fix: options.fix === true,
        printConfigSchema: options.printConfigSchema === true,
      }, context);
    })
  );
}
