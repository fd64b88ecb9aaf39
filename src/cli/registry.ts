import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Shell } from "./shell.ts";

/** A command as the list of commands knows it; its declaration is loaded only when it is needed. */
export interface CommandEntry {
  readonly name: string;
  /** One line for the list of commands, the same as in the declaration. */
  readonly summary: string;
  readonly load: () => Promise<Declare>;
}

/** What a file in `cli/commands/` exports as `declare`. */
export type Declare = (shell: Shell) => CommandUnknownOpts;

/**
 * Every command, in the order of the help.
 *
 * A new command `doctor` is three things: `commands/doctor.ts` exporting `run(options, context)`, which does the work;
 * `cli/commands/doctor.ts` exporting `declare(shell)`, which names its options, help and examples and imports `run`
 * only when the command runs (see `cli/commands/version.ts`; subcommands are `shell.command(...)` too, given to
 * `addCommand`; parsers for durations, sizes, whole numbers and lists are in `cli/values.ts`); and an entry here.
 */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "serve",
    summary: "Stand between applications and the database",
    load: async () => (await import("./commands/serve.ts")).declare,
  },
  {
    name: "doctor",
    summary: "Check that this environment reaches the database, securely, as configured",
    load: async () => (await import("./commands/doctor.ts")).declare,
  },
  {
    name: "lint-sql",
    summary: "Score SQL files, migrations and query logs by risk",
    load: async () => (await import("./commands/lint_sql.ts")).declare,
  },
  {
    name: "rotate",
    summary: "Replace a PlanetScale branch password without losing access",
    load: async () => (await import("./commands/rotate.ts")).declare,
  },
  {
    name: "explain",
    summary: "Show a rule, or how a statement's score comes about",
    load: async () => (await import("./commands/explain.ts")).declare,
  },
  {
    name: "policy",
    summary: "Check, try and change what statements may do",
    load: async () => (await import("./commands/policy.ts")).declare,
  },
  {
    name: "approvals",
    summary: "See held statements, and approve or reject them",
    load: async () => (await import("./commands/approvals.ts")).declare,
  },
  {
    name: "break-glass",
    summary: "Lift a role's refusals for a time, in an emergency",
    load: async () => (await import("./commands/break_glass.ts")).declare,
  },
  {
    name: "audit",
    summary: "Check, search and export what was recorded",
    load: async () => (await import("./commands/audit.ts")).declare,
  },
  {
    name: "config",
    summary: "Show and check the configuration of serve",
    load: async () => (await import("./commands/config.ts")).declare,
  },
  {
    name: "completions",
    summary: "Print a completion script for a shell",
    load: async () => (await import("./commands/completions.ts")).declare,
  },
  {
    name: "version",
    summary: "Print the version and what this build is made of",
    load: async () => (await import("./commands/version.ts")).declare,
  },
];

/** What runs when no command is named. */
export const DEFAULT_COMMAND = "serve";
