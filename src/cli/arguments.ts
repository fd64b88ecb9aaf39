/** Options that may stand before the command, and whether a value follows. */
const BEFORE_COMMAND: Readonly<Record<string, boolean>> = {
  "--format": true,
  "--output": true,
  "-o": true,
  "--color": true,
  "--quiet": false,
  "-q": false,
  "--verbose": false,
  "-v": false,
  "--no-input": false,
};

/** The command line cut in two. */
export interface SplitArguments {
  /** The first word that is no option, `undefined` where there is none before a command's own option. */
  readonly command: string | undefined;
  /** Everything else in its order. */
  readonly rest: readonly string[];
}

/**
 * Finds the command in argv. Options that all commands share may stand before it (`querycop --quiet doctor`); any
 * other option there belongs to the default command.
 */
export function splitArguments(args: readonly string[]): SplitArguments {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (!arg.startsWith("-") || arg === "-") {
      return { command: arg, rest: [...args.slice(0, i), ...args.slice(i + 1)] };
    }
    const takesValue = BEFORE_COMMAND[arg.split("=", 1)[0] ?? ""];
    if (takesValue === undefined) break;
    if (takesValue && !arg.includes("=")) i++;
  }
  return { command: undefined, rest: args };
}

/** The value of a common option anywhere in argv, for what has to be known before or without parsing. */
export function peekOption(args: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") break;
    if (arg === name) value = args[i + 1];
    else if (arg.startsWith(`${name}=`)) value = arg.slice(name.length + 1);
  }
  return value;
}
