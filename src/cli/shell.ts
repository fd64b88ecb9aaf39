import { Command, Option } from "@commander-js/extra-typings";
import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import type { CommandContext } from "../commands/context.ts";
import { createContext, type GlobalOptions } from "./context.ts";
import { COLOR_CHOICES } from "./terminal/color.ts";
import type { Host } from "./terminal/host.ts";

/** What a command says about itself beside its options. */
export interface CommandSpec {
  /** One line for the list of commands, without a final period. */
  readonly summary: string;
  /** A short paragraph or more for the command's own help; the summary where it is left out. */
  readonly description?: string;
  /** Shown first in the help. */
  readonly examples: readonly Example[];
  /** What `--format` takes, the default first: `["text", "json"]` where it is left out. */
  readonly formats?: readonly string[];
  /** False for a command without a result to put into `--output FILE`. */
  readonly output?: boolean;
  /** Variables it reads that no option of its own names, by name, with what they are for. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Lines for the end of the help: exit codes, files, what to read next. */
  readonly more?: string;
}

/** One line that can be copied into a shell, and what it does. */
export interface Example {
  readonly run: string;
  readonly note: string;
}

/** Heading of the options that every command takes. */
export const COMMON_GROUP = "Common options:";

const SPECS = new WeakMap<object, CommandSpec>();

/** What was said about a command when it was declared. */
export function specOf(command: object): CommandSpec | undefined {
  return SPECS.get(command);
}

const VARIABLES = new WeakMap<object, string>();

/** Names the variable that an option has beside it in the help, for one that is read elsewhere than by commander. */
export function nameVariable<T extends object>(option: T, variable: string): T {
  VARIABLES.set(option, variable);
  return option;
}

/** The variable of an option, `undefined` where it has none. */
export function variableOf(option: { readonly envVar?: string | undefined }): string | undefined {
  return VARIABLES.get(option) ?? option.envVar;
}

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
    SPECS.set(command, spec);
    command.summary(spec.summary).description(spec.description ?? `${spec.summary}.`)
      .helpCommand(false).exitOverride()
      .addHelpOption(new Option("-h, --help", "show this help").helpGroup(COMMON_GROUP));
    command.addOption(
      new Option("--format <format>", "form of the result").choices(spec.formats ?? ["text", "json"])
        .default(spec.formats?.[0] ?? "text").helpGroup(COMMON_GROUP),
    );
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
function globalOptions(values: Partial<GlobalOptions>): GlobalOptions {
  return {
    format: values.format ?? "text",
    output: values.output,
    quiet: values.quiet ?? false,
    verbose: values.verbose ?? false,
    input: values.input ?? true,
    color: values.color ?? "auto",
  };
}
