// Apart from shell.ts, so that the help of querycop as a whole starts without loading commander.

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

/** Keeps what was said about a command for its help. */
export function setSpec(command: object, spec: CommandSpec): void {
  SPECS.set(command, spec);
}

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
