import type { Argument, CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import { splitArguments } from "./arguments.ts";
import { COMMANDS, DEFAULT_COMMAND } from "./registry.ts";
import { loadCommand } from "./run_command.ts";
import { Shell } from "./shell.ts";
import type { Host } from "./terminal/host.ts";
import { TOPICS } from "./topics.ts";

/** One possibility for the word under the cursor. */
export interface Completion {
  readonly value: string;
  readonly description: string;
}

/** Possibilities, or `files` where the shell should complete a path. */
export type Completions = readonly Completion[] | "files";

/** Placeholders and names of arguments that are paths. */
const PATHS = new Set(["file", "path", "paths", "dir", "directory", "files"]);

/** Answers `querycop complete`: what can stand in place of the last of `words`, the ones before it being given. */
export async function complete(words: readonly string[], host: Host): Promise<Completions> {
  const before = withoutEquals(words.slice(0, -1));
  const last = words.at(-1) ?? "";
  const current = last === "=" ? "" : last; // bash makes a word of the = in --format=json.
  const { command: name, rest } = splitArguments(before);
  if (name === undefined && !current.startsWith("-") && rest.length === 0) {
    const commands = [...COMMANDS, { name: "help", summary: "Show help for a command or a topic" }];
    return matching(commands.map((entry) => ({ value: entry.name, description: entry.summary })), current);
  }
  if (name === "help") {
    return matching(
      [...COMMANDS, ...TOPICS].map((each) => ({ value: each.name, description: each.summary })),
      current,
    );
  }
  const entry = COMMANDS.find((candidate) => candidate.name === (name ?? DEFAULT_COMMAND));
  if (entry === undefined) return [];
  const { command } = await loadCommand(entry, new Shell(host), host, "never");
  return completeCommand(command, rest, current);
}

/** The words of {@link complete}, out of the arguments of `querycop complete`. */
export function wordsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf("--");
  const given = args.slice(end + 1);
  const word = args.slice(0, end).find((arg) => arg.startsWith("--word="));
  return word === undefined ? given : [...given, word.slice("--word=".length)];
}

function completeCommand(root: CommandUnknownOpts, words: readonly string[], current: string): Completions {
  let command = root;
  let operands = 0;
  let pending: Option | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      pending = undefined;
    } else if (word.startsWith("-")) {
      const option = findOption(command, word);
      if (option !== undefined && takesValue(option) && !word.includes("=")) pending = option;
    } else {
      const sub = command.commands.find((candidate) => candidate.name() === word);
      if (sub !== undefined && operands === 0) command = sub;
      else operands++;
    }
  }
  if (pending !== undefined) return valuesOf(pending, current, "");
  const equals = current.startsWith("--") ? current.indexOf("=") : -1;
  if (equals > 0) {
    const option = findOption(command, current);
    return option === undefined
      ? []
      : valuesOf(option, current.slice(equals + 1), current.slice(0, equals + 1));
  }
  if (current.startsWith("-")) {
    const help = command.createHelp();
    return matching(
      help.visibleOptions(command).flatMap((option) =>
        option.long === undefined ? [] : [{ value: option.long, description: option.description }]
      ),
      current,
    );
  }
  if (command.commands.length > 0) {
    return matching(
      command.commands.map((sub) => ({ value: sub.name(), description: sub.summary() })),
      current,
    );
  }
  const argument = command.registeredArguments[operands] ??
    command.registeredArguments.find((each) => each.variadic);
  return argument === undefined ? [] : argumentValues(argument, current);
}

function valuesOf(option: Option, current: string, prefix: string): Completions {
  if (option.argChoices !== undefined) {
    return matching(option.argChoices.map((value) => ({ value, description: "" })), current)
      .map(({ value, description }) => ({ value: prefix + value, description }));
  }
  const placeholder = /[<[]([^>\]]+)[>\]]/.exec(option.flags)?.[1]?.replace(/\.\.\.$/, "") ?? "";
  return PATHS.has(placeholder) ? "files" : [];
}

function argumentValues(argument: Argument, current: string): Completions {
  if (argument.argChoices !== undefined) {
    return matching(argument.argChoices.map((value) => ({ value, description: "" })), current);
  }
  return PATHS.has(argument.name().toLowerCase()) ? "files" : [];
}

function matching(all: readonly Completion[], current: string): readonly Completion[] {
  return all.filter(({ value }) => value.startsWith(current));
}

function findOption(command: CommandUnknownOpts, word: string): Option | undefined {
  const flag = word.split("=", 1)[0];
  return command.options.find((option) => option.long === flag || option.short === flag);
}

function takesValue(option: Option): boolean {
  return option.required || option.optional;
}

function withoutEquals(words: readonly string[]): readonly string[] {
  return words.filter((word) => word !== "=");
}
