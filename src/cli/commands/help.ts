import { UsageError } from "../../base/errors.ts";
import { EXIT_CODES, type ExitCode } from "../../base/exit_codes.ts";
import { nearest } from "../../base/suggest.ts";
import { hostOutput } from "../context.ts";
import { formatRootHelp } from "../help.ts";
import { COMMANDS } from "../registry.ts";
import type { ColorChoice } from "../terminal/color.ts";
import type { Host } from "../terminal/host.ts";
import { TOPICS } from "../topics.ts";

/** `querycop help [command or topic]`. */
export async function showHelp(words: readonly string[], host: Host, color: ColorChoice): Promise<ExitCode> {
  const out = hostOutput(host, "stdout", color);
  const man = words.includes("--man");
  const [name, ...path] = words.filter((word) => !word.startsWith("-"));
  if (man) {
    out.write(await manPage(name, host));
    return EXIT_CODES.ok;
  }
  if (name === undefined || name === "help") {
    out.write(formatRootHelp(COMMANDS, out));
    return EXIT_CODES.ok;
  }
  const topic = TOPICS.find((candidate) => candidate.name === name);
  if (topic !== undefined) {
    out.write(await topic.render(out));
    return EXIT_CODES.ok;
  }
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (entry !== undefined) {
    const { runCommand } = await import("../run_command.ts");
    return runCommand(entry, [...path, "--help"], host, color);
  }
  throw noHelpOn(name);
}

/** `querycop help --man [command]`. */
async function manPage(name: string | undefined, host: Host): Promise<string> {
  const { formatManPage, formatRootManPage } = await import("../man.ts");
  if (name === undefined) return formatRootManPage(COMMANDS);
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (entry === undefined) throw noHelpOn(name);
  const { loadCommand } = await import("../run_command.ts");
  const { Shell } = await import("../shell.ts");
  const { command } = await loadCommand(entry, new Shell(host), host, "never");
  return formatManPage(command, command.createHelp());
}

function noHelpOn(name: string): UsageError {
  const near = nearest(name, [...COMMANDS, ...TOPICS].map((candidate) => candidate.name));
  return new UsageError(`There is no help on "${name}"`, {
    hint: near === undefined
      ? "Run querycop help for commands and topics"
      : `Did you mean querycop help ${near}?`,
  });
}
