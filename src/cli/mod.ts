import { QuerycopError, UsageError } from "../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { nearest } from "../base/suggest.ts";
import { VERSION } from "../base/version.ts";
import { peekOption, splitArguments } from "./arguments.ts";
import { hostOutput } from "./context.ts";
import { errorDocument, exitCodeOf, printError } from "./errors.ts";
import { type CommandEntry, COMMANDS, DEFAULT_COMMAND } from "./registry.ts";
import { COLOR_CHOICES, type ColorChoice } from "./terminal/color.ts";
import { type Host, systemHost } from "./terminal/host.ts";
import { OutputClosed } from "./terminal/output.ts";
import { PromptCancelled } from "./terminal/prompts.ts";

/** Runs the command line and resolves to the exit code. Everything that goes wrong has been printed by then. */
export async function run(
  args: readonly string[],
  host: Host = systemHost(),
  commands: readonly CommandEntry[] = COMMANDS,
): Promise<ExitCode> {
  const color = peekColor(args);
  try {
    return await dispatch(args, host, color, commands);
  } catch (error) {
    if (error instanceof OutputClosed) return EXIT_CODES.brokenPipe;
    if (error instanceof PromptCancelled) return EXIT_CODES.interrupted;
    return report(error, args, host, color);
  }
}

/** Runs the command line of this process and ends it. What nobody caught is a defect like any other. */
export async function runProcess(): Promise<never> {
  const host = systemHost();
  const crash = (error: unknown) => host.exit(report(error, Deno.args, host, peekColor(Deno.args)));
  globalThis.addEventListener("unhandledrejection", (event) => crash(event.reason));
  globalThis.addEventListener("error", (event) => crash(event.error));
  return host.exit(await run(Deno.args, host));
}

async function dispatch(
  args: readonly string[],
  host: Host,
  color: ColorChoice,
  commands: readonly CommandEntry[],
): Promise<ExitCode> {
  const first = args[0];
  if (args.length === 1 && (first === "--version" || first === "-V")) {
    hostOutput(host, "stdout", color).line(`querycop ${VERSION}`);
    return EXIT_CODES.ok;
  }
  const { command, rest } = splitArguments(args);
  if (command === undefined && (rest.includes("--help") || rest.includes("-h"))) {
    const { showHelp } = await import("./commands/help.ts");
    return showHelp([], host, color);
  }
  if (command === "help") {
    const { showHelp } = await import("./commands/help.ts");
    return showHelp(rest, host, color);
  }
  if (command === "complete") {
    const { complete, wordsOf } = await import("./complete.ts");
    const found = await complete(wordsOf(rest), host);
    const out = hostOutput(host, "stdout", "never");
    if (found === "files") out.line(":files");
    else for (const { value, description } of found) out.line(`${value}\t${description}`);
    return EXIT_CODES.ok;
  }
  const name = command ?? (rest.includes("--version") || rest.includes("-V") ? "version" : DEFAULT_COMMAND);
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry === undefined) throw unknownCommand(name, commands);
  const { runCommand } = await import("./run_command.ts");
  const ownArgs = command === undefined ? rest.filter((arg) => arg !== "--version" && arg !== "-V") : rest;
  return runCommand(entry, ownArgs, host, color);
}

/** What to say to a command that does not exist. */
function unknownCommand(name: string, commands: readonly CommandEntry[]): UsageError {
  const near = nearest(name, [...commands.map((entry) => entry.name), "help"]);
  return new UsageError(`Unknown command "${name}"`, {
    hint: near === undefined
      ? "Run querycop help for the list of commands"
      : `Did you mean querycop ${near}?`,
  });
}

function report(error: unknown, args: readonly string[], host: Host, color: ColorChoice): ExitCode {
  const code = exitCodeOf(error);
  const verbose = args.includes("--verbose") || args.includes("-v");
  try {
    if (peekOption(args, "--format") === "json") writeDocument(errorDocument(error), args, host);
    printError(error, hostOutput(host, "stderr", color), verbose && !(error instanceof UsageError));
  } catch (printing) {
    if (!(printing instanceof OutputClosed)) throw printing;
  }
  return error instanceof QuerycopError ? code : EXIT_CODES.internal;
}

/** Puts the document where the result would have gone; to stdout where that is what failed. */
function writeDocument(document: string, args: readonly string[], host: Host): void {
  const path = peekOption(args, "--output") ?? peekOption(args, "-o");
  if (path !== undefined && path !== "-") {
    try {
      Deno.writeTextFileSync(path, document + "\n");
      return;
    } catch {
      // That it cannot be written is what the error is about, or will be seen by its absence.
    }
  }
  hostOutput(host, "stdout", "never").line(document);
}

function peekColor(args: readonly string[]): ColorChoice {
  const value = peekOption(args, "--color");
  return COLOR_CHOICES.find((choice) => choice === value) ?? "auto";
}
