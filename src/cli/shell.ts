import { Command, Option } from "@commander-js/extra-typings";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import type { CommandContext } from "../commands/context.ts";
import { createContext, type GlobalOptions } from "./context.ts";
import { COLOR_CHOICES } from "./terminal/color.ts";
import { type CommandSpec, COMMON_GROUP, setSpec } from "./spec.ts";
import type { Host } from "./terminal/host.ts";

export { type CommandSpec, nameVariable } from "./spec.ts";

/** Declares commands and starts them. */
export class Shell {
  readonly #host: Host;
  #exitCode: ExitCode = EXIT_CODES.ok;

  constructor(host: Host) {
    this.#host = host;
  }

  /** What the command that ran resolved to. */
  get exitCode(): ExitCode {
    return this.#exitCode;
  }

  /** A command (or, given to `addCommand`, a subcommand) with the common options on it. */
  command(name: string, spec: CommandSpec): Command {
    const command = new Command(name);
    setSpec(command, spec);
    command.summary(spec.summary).description(spec.description ?? `${spec.summary}.`)
      .helpCommand(false).exitOverride()
      .addHelpOption(new Option("-h, --help", "show this help").helpGroup(COMMON_GROUP));
    command.addOption(
      new Option("--format <format>", "form of the result").choices(spec.formats ?? ["text", "json"])
        .default(spec.formats?.[0] ?? "text").helpGroup(COMMON_GROUP),
    );
    if (spec.formats?.includes("json") !== false) {
      command.addOption(new Option("--json", "the same as --format json").helpGroup(COMMON_GROUP));
    }
    if (spec.output !== false) {
      command.addOption(
        new Option("-o, --output <file>", "write the result to a file").helpGroup(COMMON_GROUP),
      );
    }
    command.addOption(new Option("-q, --quiet", "only results and errors").helpGroup(COMMON_GROUP));
    command.addOption(
      new Option("-v, --verbose", "more detail, causes and stack traces").helpGroup(COMMON_GROUP),
    );
    command.addOption(new Option("--no-input", "never ask a question").helpGroup(COMMON_GROUP));
    command.addOption(
      new Option("--color <when>", "colour: NO_COLOR and FORCE_COLOR count too").choices(COLOR_CHOICES)
        .default("auto").helpGroup(COMMON_GROUP),
    );
    return command;
  }

  /** Runs a command's body with a context made from the options that `command` was given. */
  async run(
    command: { optsWithGlobals(): object },
    body: (context: CommandContext) => Promise<ExitCode>,
  ): Promise<void> {
    const owned = createContext(this.#host, globalOptions(command.optsWithGlobals()));
    try {
      this.#exitCode = await body(owned.context);
    } catch (error) {
      const signal = owned.signalled();
      if (signal === undefined) throw error;
      this.#exitCode = signal === "SIGINT" ? EXIT_CODES.interrupted : EXIT_CODES.terminated;
    } finally {
      owned.close();
    }
  }
}

/** The common options out of all that a command was given. */
function globalOptions(values: Partial<GlobalOptions> & { readonly json?: boolean }): GlobalOptions {
  return {
    format: values.json === true ? "json" : values.format ?? "text",
    output: values.output,
    quiet: values.quiet ?? false,
    verbose: values.verbose ?? false,
    input: values.input ?? true,
    color: values.color ?? "auto",
  };
}
