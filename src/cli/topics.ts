import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { EXIT_CODES } from "../base/exit_codes.ts";
import type { Output } from "../commands/context.ts";
import { formatRows, type Row, wrap } from "./help.ts";
import { COMMANDS } from "./registry.ts";
import { specOf, variableOf } from "./spec.ts";
import { systemHost } from "./terminal/host.ts";

/** A page of `querycop help TOPIC`. */
export interface Topic {
  readonly name: string;
  readonly summary: string;
  readonly render: (out: Output) => string | Promise<string>;
}

/** What each exit code means, by its name in EXIT_CODES. */
export const EXIT_MEANINGS: Readonly<Record<keyof typeof EXIT_CODES, string>> = {
  ok: "Done, nothing found",
  findings:
    "Done, and it found something: a check failed, a statement scored at or above the level, a step of rotate did not hold",
  usage:
    "The command line was wrong: an unknown option, a missing argument, a file that cannot be read or written",
  configuration: "The configuration was wrong: each key is named with what it allows",
  refused: "A server or an API answered and refused",
  unreachable: "A server could not be reached, or its TLS could not be trusted",
  unsafe: "Refused for safety: going on could have lost access or data",
  internal: "A defect in querycop; the message says what to report",
  interrupted: "Stopped by SIGINT (Ctrl-C)",
  brokenPipe: "The reader of the output went away",
  terminated: "Stopped by SIGTERM",
};

/** Pages beside the commands' own help. */
export const TOPICS: readonly Topic[] = [
  {
    name: "exit-codes",
    summary: "What each exit code means",
    render: (out) => {
      const rows = Object.entries(EXIT_CODES).map(([name, code]) => ({
        term: String(code),
        text: EXIT_MEANINGS[name as keyof typeof EXIT_CODES],
      }));
      return `${out.style.bold("Exit codes:")}\n${formatRows(rows, Math.min(out.columns, 100), out.style)}\n`;
    },
  },
  {
    name: "environment",
    summary: "Environment variables that querycop reads",
    render: async (out) => {
      const { keyEntries } = await import("../config/mod.ts");
      const width = Math.min(out.columns, 100);
      const groups = new Map<string, Row[]>();
      for (const [, definition] of keyEntries()) {
        const fallback = definition.fallbackText ?? definition.fallback;
        const text = typeof fallback === "string"
          ? `${definition.summary} [${fallback}]`
          : definition.summary;
        const rows = groups.get(definition.group) ?? [];
        rows.push({ term: definition.env, text });
        groups.set(definition.group, rows);
      }
      for (const row of await commandVariables(new Set(keyEntries().map(([, { env }]) => env)))) {
        groups.set("Commands", [...(groups.get("Commands") ?? []), row]);
      }
      const keys = [...groups].map(([group, rows]) =>
        `${out.style.bold(`${group}:`)}\n${formatRows(rows, width, out.style)}`
      );
      const rows = [
        { term: "NO_COLOR", text: "not empty: no colour, unless --color says otherwise" },
        { term: "FORCE_COLOR", text: "colour where there is no terminal" },
        { term: "TERM", text: "dumb: no colour" },
        { term: "COLUMNS", text: "width of text where there is no terminal to ask" },
      ];
      const terminal = `${out.style.bold("Terminal:")}\n${formatRows(rows, width, out.style)}`;
      const secrets = wrap(
        "A secret is read from the file that NAME_FILE names, too. A flag wins over the environment, and that over a --config file.",
        width,
        "",
      );
      return [...keys, terminal, secrets].join("\n\n") + "\n";
    },
  },
];

/** Variables that options of single commands name, beside the keys of the configuration. */
async function commandVariables(known: ReadonlySet<string>): Promise<readonly Row[]> {
  const { Shell } = await import("./shell.ts");
  const rows = new Map<string, Row>();
  const shell = new Shell(systemHost());
  const visit = (command: CommandUnknownOpts) => {
    for (const option of command.options) {
      const name = variableOf(option);
      if (name === undefined || known.has(name.split(" ")[0] ?? "")) continue;
      rows.set(name, { term: name, text: option.description });
    }
    for (const [term, text] of Object.entries(specOf(command)?.variables ?? {})) {
      rows.set(term, { term, text });
    }
    command.commands.forEach(visit);
  };
  for (const entry of COMMANDS) visit((await entry.load())(shell));
  return [...rows.values()];
}
