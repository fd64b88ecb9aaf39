import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { RotateCommonOptions, RotateSettingsOptions } from "../../commands/rotate/options.ts";
import type { CommandContext } from "../../commands/context.ts";
import { addConfigOptions, configInput } from "../config_options.ts";
import { nameVariable, type Shell } from "../shell.ts";
import { durationOption } from "../values.ts";

const WHAT_GROUP = "What to rotate:";
const SINK_GROUP = "Where the new pair goes:";
const RECYCLE_GROUP = "Moving over:";
const API_GROUP = "PlanetScale:";
const DEFAULT_WAIT_MS = 60 * 60_000;
const DEFAULT_POLL_MS = 15_000;

/** `querycop rotate`. */
export function declare(shell: Shell) {
  const command = shell.command("rotate", {
    summary: "Replace a PlanetScale branch password without losing access",
    description:
      "Makes a new branch password like the old one, hands it over, logs in with it, waits until nobody uses the " +
      "old one, and deletes that. It can be interrupted at any point: both passwords work until the last step, and " +
      "rotate resume goes on.\nRotating happens through PlanetScale's API, with a service token.",
    examples: [
      {
        note: "The checklist, filled in; no token needed",
        run: "querycop rotate --plan --org acme --database shop --branch main",
      },
      {
        note: "By hand: shows the pair once, asks before it deletes",
        run:
          "querycop rotate --org acme --database shop --branch main --username k3f9 --querycop http://127.0.0.1:8080",
      },
      {
        note: "Unattended, into a secrets store, with a restart of the application",
        run:
          "querycop rotate --yes --to exec:./store-secret --read-back exec:./read-secret --on-recycle 'exec:kubectl rollout restart deploy/shop'",
      },
      { note: "After an interruption", run: "querycop rotate resume" },
    ],
    formats: ["text", "json", "markdown"],
    variables: {
      PLANETSCALE_SERVICE_TOKEN_ID: "with the next, the service token",
      PLANETSCALE_SERVICE_TOKEN: "the token itself, or PLANETSCALE_SERVICE_TOKEN_FILE",
      ADMIN_API_KEY: "key of the admin APIs that --querycop names",
    },
    more:
      "Exit codes: 0 done, 1 a step did not hold, 2 wrong usage, 3 the configuration is wrong, 4 refused by the " +
      "API, 5 unreachable, 6 refused for safety.",
  });
  addTargetOptions(command);
  addDeliveryOptions(command);
  addCommonOptions(command);
  addConfigOptions(command);
  command.action(() =>
    shell.run(command, async (context) => {
      const { run } = await import("../../commands/rotate/begin.ts");
      const given = command.opts() as Readonly<Record<string, unknown>>;
      return run({
        ...commonOptions(command, context),
        organization: text(given.org),
        database: text(given.database),
        branch: text(given.branch),
        passwordId: text(given.passwordId),
        username: text(given.username),
        ...settingsOptions(command),
        plan: given.plan === true,
      }, context);
    })
  );
  command.addCommand(declareStatus(shell));
  command.addCommand(declareResume(shell));
  command.addCommand(declareAbort(shell));
  return command;
}

function declareStatus(shell: Shell): CommandUnknownOpts {
  const status = shell.command("status", {
    summary: "Show what rotations were begun here, and how far each is",
    examples: [
      { note: "Every run", run: "querycop rotate status" },
      { note: "One run, with all that was done", run: "querycop rotate status bcdfghjk" },
    ],
    formats: ["text", "json", "markdown"],
  }).argument("[run]", "the run's id");
  addConfigOptions(status);
  status.action((runId) =>
    shell.run(status, async (context) => {
      const { run } = await import("../../commands/rotate/status.ts");
      return run({ config: mergedConfig(status, context), runId }, context);
    })
  );
  return status;
}

function declareResume(shell: Shell): CommandUnknownOpts {
  const resume = shell.command("resume", {
    summary: "Go on with a rotation that was interrupted or stopped",
    description:
      "Goes on from the saved state, with the options that the rotation was begun with; those given now replace " +
      "them. A new password whose secret was lost on the way is replaced.",
    examples: [
      { note: "The only unfinished run", run: "querycop rotate resume --yes" },
      {
        note: "With the command corrected that made it stop",
        run: "querycop rotate resume --on-recycle 'exec:systemctl reload shop'",
      },
    ],
    formats: ["text", "json", "markdown"],
  }).argument("[run]", "the run's id; the only unfinished one where it is left out");
  addDeliveryOptions(resume);
  addCommonOptions(resume);
  addConfigOptions(resume);
  resume.action((runId) =>
    shell.run(resume, async (context) => {
      const { run } = await import("../../commands/rotate/resume.ts");
      return run({ ...commonOptions(resume, context), ...settingsOptions(resume), runId }, context);
    })
  );
  return resume;
}

function declareAbort(shell: Shell): CommandUnknownOpts {
  const abort = shell.command("abort", {
    summary: "Take a rotation back: delete the new password, if no application took it",
    examples: [
      { note: "The only unfinished run", run: "querycop rotate abort" },
      { note: "Close a run that cannot go on either way", run: "querycop rotate abort --force bcdfghjk" },
    ],
    formats: ["text", "json", "markdown"],
    more:
      "Exit code 6 where the new password is in use, or the old one is gone; --force then closes the run.",
  }).argument("[run]", "the run's id; the only unfinished one where it is left out");
  abort.addOption(
    new Option("--force", "close the run whatever its state, delete nothing, and say what is left"),
  );
  addCommonOptions(abort);
  addConfigOptions(abort);
  abort.action((runId) =>
    shell.run(abort, async (context) => {
      const { run } = await import("../../commands/rotate/abort.ts");
      const given: Readonly<Record<string, unknown>> = abort.opts();
      return run({ ...commonOptions(abort, context), runId, force: given.force === true }, context);
    })
  );
  return abort;
}

function addTargetOptions(command: CommandUnknownOpts): void {
  const add = (option: Option) => command.addOption(option.helpGroup(WHAT_GROUP));
  add(nameVariable(new Option("--org <name>", "organisation"), "PLANETSCALE_ORG"));
  add(nameVariable(new Option("--database <name>", "database"), "PLANETSCALE_DATABASE"));
  add(nameVariable(new Option("--branch <name>", "branch"), "PLANETSCALE_BRANCH"));
  add(new Option("--password-id <id>", "the old password, by its id"));
  add(
    new Option(
      "--username <name>",
      "the old password, by its username; neither is needed where there is one only",
    ),
  );
  add(
    new Option(
      "--plan",
      "print what would be done and change nothing; without a token, how to do it by hand",
    ),
  );
}

function addDeliveryOptions(command: CommandUnknownOpts): void {
  const sink = (option: Option) => command.addOption(option.helpGroup(SINK_GROUP));
  sink(
    new Option(
      "--to <where>",
      "env-file:PATH, exec:CMD (the pair as JSON on standard input), json:- (standard output) or terminal; may be " +
        "repeated. On a terminal it is shown there unless said otherwise",
    ).argParser(repeated),
  );
  sink(
    new Option(
      "--read-back <exec:cmd>",
      "for each --to exec:, in order, a command that prints the pair in the store as JSON with username and password, " +
        "or none. Without it the store gets the pair again right before the old password is deleted",
    ).argParser(repeated),
  );
  sink(
    new Option("--env-username <name>", "variable in an env-file").default(undefined, "DATABASE_USERNAME"),
  );
  sink(
    new Option("--env-password <name>", "variable in an env-file").default(undefined, "DATABASE_PASSWORD"),
  );
  sink(
    new Option(
      "--env-url <name>",
      "variable in an env-file that gets the pair as a connection string; those with the old username change anyway",
    ),
  );
  const recycle = (option: Option) => command.addOption(option.helpGroup(RECYCLE_GROUP));
  recycle(
    new Option("--on-recycle <exec:cmd>", "run this once the new pair is verified; may be repeated")
      .argParser(repeated),
  );
  recycle(
    new Option("--querycop <url>", "admin API of a querycop whose sessions are watched; may be repeated")
      .argParser(
        repeated,
      ),
  );
  recycle(
    new Option(
      "--through <host[:port]>",
      "where applications reach querycop, to log in through it; the hosts of --querycop where it is left out; none " +
        "leaves that login out",
    ).argParser(repeated),
  );
  recycle(
    new Option("--quiet-for <duration>", "how long nobody may have used the old password").argParser(
      durationOption,
    )
      .default(undefined, "15m"),
  );
}

function addCommonOptions(command: CommandUnknownOpts): void {
  const recycle = (option: Option) => command.addOption(option.helpGroup(RECYCLE_GROUP));
  recycle(
    new Option("--wait <duration>", "stop where the old password is still in use after this long").argParser(
      durationOption,
    ).default(DEFAULT_WAIT_MS, "1h"),
  );
  recycle(
    new Option("--poll <duration>", "pause between two looks").argParser(durationOption)
      .default(DEFAULT_POLL_MS, "15s"),
  );
  recycle(new Option("--yes", "delete without asking, once everything holds"));
  recycle(
    new Option(
      "--trust-sinks",
      "with --yes, delete though nobody was seen to use the new pair and a sink (json:-, terminal) cannot be read",
    ),
  );
  recycle(
    nameVariable(
      new Option(
        "--old-password-file <path>",
        "file with the old password, to see that it is refused in the end",
      ),
      "PLANETSCALE_OLD_PASSWORD",
    ),
  );
  const api = (option: Option) => command.addOption(option.helpGroup(API_GROUP));
  api(
    nameVariable(new Option("--api-url <url>", "base of PlanetScale's API"), "PLANETSCALE_API_URL")
      .default(undefined, "https://api.planetscale.com"),
  );
  api(
    nameVariable(
      new Option("--api-ca-file <path>", "PEM file of the authorities to trust for it"),
      "PLANETSCALE_API_CA_FILE",
    ).default(undefined, "this machine's bundle"),
  );
}

/** `rotate` itself takes what is written before a subcommand and what both know, so both are asked. */
function commonOptions(command: CommandUnknownOpts, context: CommandContext): RotateCommonOptions {
  const given = command.optsWithGlobals() as Readonly<Record<string, unknown>>;
  return {
    config: mergedConfig(command, context),
    apiUrl: text(given.apiUrl),
    apiCaFile: text(given.apiCaFile),
    oldPasswordFile: text(given.oldPasswordFile),
    outputFile: text(given.output),
    yes: given.yes === true,
    trustSinks: given.trustSinks === true,
    waitMs: Number(given.wait),
    pollMs: Number(given.poll),
  };
}

/** As {@link commonOptions}, of what a rotation is to do. */
function settingsOptions(command: CommandUnknownOpts): RotateSettingsOptions {
  const given = command.optsWithGlobals() as Readonly<Record<string, unknown>>;
  return {
    to: list(given.to),
    readBack: list(given.readBack),
    envUsername: text(given.envUsername),
    envPassword: text(given.envPassword),
    envUrl: text(given.envUrl),
    onRecycle: list(given.onRecycle),
    querycops: list(given.querycop),
    through: list(given.through),
    quietMs: given.quietFor === undefined ? undefined : Number(given.quietFor),
  };
}

function mergedConfig(command: CommandUnknownOpts, context: CommandContext) {
  return configInput({ options: command.options, opts: () => command.optsWithGlobals() }, context);
}

/** For `.argParser` of an option that may be repeated and whose values may hold commas. */
function repeated(value: string, previous: string[] | undefined): string[] {
  return [...(previous ?? []), value];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function list(value: unknown): readonly string[] | undefined {
  if (!Array.isArray(value)) return undefined;
  return value.filter((each): each is string => typeof each === "string");
}
