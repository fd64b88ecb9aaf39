import { Command, CommanderError, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { nearest } from "../base/suggest.ts";
import { hostOutput } from "./context.ts";
import { formatCommandHelp } from "./help.ts";
import type { CommandEntry } from "./registry.ts";
import { Shell } from "./shell.ts";
import type { ColorChoice } from "./terminal/color.ts";
import type { Host } from "./terminal/host.ts";

/** A command's tree under a root named querycop, with help and errors going our way. */
export async function loadCommand(entry: CommandEntry, shell: Shell, host: Host, color: ColorChoice) {
  const root = new Command("querycop").exitOverride();
  const command = (await entry.load())(shell);
  root.addCommand(command);
  const stdout = hostOutput(host, "stdout", color);
  const configure = (each: CommandUnknownOpts) => {
    each.configureHelp({ formatHelp: (shown, helper) => formatCommandHelp(shown, helper, stdout) })
      .configureOutput({
        writeOut: (text) => stdout.write(text),
        writeErr: () => {},
        outputError: () => {},
        getOutHasColors: () => true,
        getErrHasColors: () => true,
      })
      .exitOverride().helpCommand(false).showSuggestionAfterError(false);
    for (const sub of each.commands) configure(sub);
  };
  configure(root);
  return { root, command };
}

/** Parses the rest of argv with one command's declaration and runs it. */
export async function runCommand(
  entry: CommandEntry,
  args: readonly string[],
  host: Host,
  color: ColorChoice,
): Promise<ExitCode> {
  const shell = new Shell(host);
  const { root, command } = await loadCommand(entry, shell, host, color);
  try {
    await root.parseAsync([entry.name, ...args], { from: "user" });
    return shell.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") return EXIT_CODES.ok;
    if (error.code === "commander.help") throw missingSubcommand(deepest(command, args));
    throw usageError(error, deepest(command, args));
  }
}

/** The subcommand that the words of argv lead to. */
function deepest(command: CommandUnknownOpts, args: readonly string[]): CommandUnknownOpts {
  let current = command;
  for (const arg of args) {
    const sub = current.commands.find((candidate) => candidate.name() === arg);
    if (sub !== undefined) current = sub;
    else if (!arg.startsWith("-")) break;
  }
  return current;
}

function fullName(command: CommandUnknownOpts): string {
  return command.parent === null ? command.name() : `${fullName(command.parent)} ${command.name()}`;
}

function missingSubcommand(command: CommandUnknownOpts): UsageError {
  return new UsageError(`${fullName(command)} needs a subcommand`, {
    hint: `Give one of: ${command.commands.map((sub) => sub.name()).join(", ")}`,
  });
}

/** Commander's complaint in our words, with the nearest flag or subcommand as the hint. */
function usageError(error: CommanderError, command: CommandUnknownOpts): UsageError {
  const seeHelp = `See ${fullName(command)} --help`;
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  if (error.code === "commander.unknownOption") {
    const flag = quoted.split("=", 1)[0] ?? quoted;
    const flags = command.options.flatMap((option) => option.long ?? []);
    const near = nearest(flag, [...flags, "--help"]);
    return new UsageError(`Unknown option ${flag} for ${fullName(command)}`, {
      hint: near === undefined ? seeHelp : `Did you mean ${near}?`,
    });
  }
  if (error.code === "commander.unknownCommand") {
    const near = nearest(quoted, command.commands.map((sub) => sub.name()));
    return new UsageError(`Unknown subcommand "${quoted}" for ${fullName(command)}`, {
      hint: near === undefined ? seeHelp : `Did you mean ${fullName(command)} ${near}?`,
    });
  }
  if (error.code === "commander.excessArguments" && command.commands.length > 0) {
    const word = /got \d+: ([^\s,]+?)(?:[.,\s]|$)/.exec(error.message)?.[1] ?? "";
    const near = nearest(word, command.commands.map((sub) => sub.name()));
    return new UsageError(`Unknown subcommand "${word}" for ${fullName(command)}`, {
      hint: near === undefined ? seeHelp : `Did you mean ${fullName(command)} ${near}?`,
    });
  }
  const message = error.message.replace(/^error: /, "").replace(/\.$/, "");
  return new UsageError(message.charAt(0).toUpperCase() + message.slice(1), { hint: seeHelp });
}
