import type { Argument, CommandUnknownOpts, Help, Option } from "@commander-js/extra-typings";
import type { Output, Style } from "../commands/context.ts";
import { VERSION } from "../base/version.ts";
import type { CommandEntry } from "./registry.ts";
import { COMMON_GROUP, specOf, variableOf } from "./spec.ts";

/** Widest that prose and descriptions get. */
const MAX_WIDTH = 100;
const MIN_DESCRIPTION = 30;

/** One line of a two-column list. */
export interface Row {
  readonly term: string;
  readonly text: string;
}

/** The help of one command: what it is, examples, usage, then arguments, subcommands and options by group. */
export function formatCommandHelp(command: CommandUnknownOpts, helper: Help, out: Output): string {
  const { style } = out;
  const width = Math.min(out.columns, MAX_WIDTH);
  const spec = specOf(command);
  const parts: string[] = [wrap(helper.commandDescription(command), width, "")];
  if (spec !== undefined && spec.examples.length > 0) {
    const lines = spec.examples.map((example) =>
      `${wrap(`# ${example.note}`, width, "  ").split("\n").map(style.dim).join("\n")}\n  ${example.run}`
    );
    parts.push(`${style.bold("Examples:")}\n${lines.join("\n")}`);
  }
  parts.push(`${style.bold("Usage:")}\n  ${helper.commandUsage(command)}`);
  const groups = new Map<string, Row[]>();
  const add = (group: string, row: Row) => groups.set(group, [...(groups.get(group) ?? []), row]);
  for (const argument of helper.visibleArguments(command)) {
    add("Arguments:", { term: argumentTerm(argument), text: helper.argumentDescription(argument) });
  }
  for (const sub of helper.visibleCommands(command)) {
    add("Commands:", { term: sub.name(), text: helper.subcommandDescription(sub) });
  }
  const options = helper.visibleOptions(command);
  for (const common of [false, true]) {
    for (const option of options) {
      const group = option.helpGroupHeading ?? "Options:";
      if ((group === COMMON_GROUP) === common) {
        add(group, { term: optionTerm(option), text: optionText(option) });
      }
    }
  }
  for (const [term, text] of Object.entries(spec?.variables ?? {})) add("Environment:", { term, text });
  for (const [heading, rows] of groups) {
    parts.push(`${style.bold(heading)}\n${formatRows(rows, width, style)}`);
  }
  if (spec?.more !== undefined) parts.push(wrap(spec.more, width, ""));
  return parts.join("\n\n") + "\n";
}

/** The help of querycop as a whole. */
export function formatRootHelp(entries: readonly CommandEntry[], out: Output): string {
  const { style } = out;
  const width = Math.min(out.columns, MAX_WIDTH);
  const names = new Set(entries.map((entry) => entry.name));
  const examples: readonly (readonly [string, string, string])[] = [
    ["doctor", "Can this environment reach its database, securely?", "querycop doctor"],
    ["lint-sql", "Score the SQL of a folder", "querycop lint-sql migrations/"],
    [
      "serve",
      "Put querycop between your application and PlanetScale",
      "GATEKEEPER_BACKEND_HOST=aws.connect.psdb.cloud GATEKEEPER_BACKEND_TLS_MODE=verify-full \\\n" +
      "    GATEKEEPER_BACKEND_TLS_CA_FILE=/etc/ssl/certs/ca-certificates.crt querycop",
    ],
  ];
  const shown = examples.filter(([name]) => names.has(name));
  const rows = [
    ...entries.map((entry) => ({ term: entry.name, text: entry.summary })),
    { term: "help", text: "Show help for a command or a topic" },
  ];
  return [
    `querycop ${VERSION}: risk scoring and a guard between applications and PlanetScale or MySQL.`,
    ...(shown.length === 0 ? [] : [
      `${style.bold("Examples:")}\n${
        shown.map(([, note, run]) => `  ${style.dim(`# ${note}`)}\n  ${run}`).join("\n")
      }`,
    ]),
    `${style.bold("Usage:")}\n  querycop [command] [options]`,
    `${style.bold("Commands:")}\n${formatRows(rows, width, style)}`,
    `${style.bold("Topics:")}\n${
      formatRows(
        [
          { term: "help exit-codes", text: "What each exit code means" },
          { term: "help environment", text: "Environment variables that querycop reads" },
        ],
        width,
        style,
      )
    }`,
    `querycop <command> --help shows a command's options. With no command, querycop serves.`,
  ].join("\n\n") + "\n";
}

/** Rows in two columns, the second wrapped; below each other where the width does not allow two. */
export function formatRows(rows: readonly Row[], width: number, style: Style): string {
  const widest = Math.min(Math.max(...rows.map((row) => row.term.length)), 32);
  const indent = 2 + widest + 2;
  const stacked = width - indent < MIN_DESCRIPTION;
  return rows.map(({ term, text }) => {
    if (text === "") return `  ${style.cyan(term)}`;
    if (stacked || term.length > widest) {
      const under = stacked ? 10 : indent;
      return `  ${style.cyan(term)}\n${wrap(text, width, " ".repeat(under))}`;
    }
    const body = wrap(text, width, " ".repeat(indent)).trimStart();
    return `  ${style.cyan(term)}${" ".repeat(widest - term.length + 2)}${body}`;
  }).join("\n");
}

/** Text broken at spaces so that each line, indent included, fits; line breaks in it stay. */
export function wrap(text: string, width: number, indent: string): string {
  return text.split("\n").map((paragraph) => {
    const lines: string[] = [];
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && indent.length + line.length + 1 + word.length > width) {
        lines.push(indent + line);
        line = word;
      } else {
        line = line === "" ? word : `${line} ${word}`;
      }
    }
    return [...lines, indent + line].join("\n");
  }).join("\n");
}

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionTerm(option: Option): string {
  return option.short === undefined ? `    ${option.flags}` : option.flags;
}

/** The description with allowed values, default and environment name behind it. */
export function optionText(option: Option): string {
  const notes: string[] = [];
  if (option.argChoices !== undefined) notes.push(option.argChoices.join("|"));
  const fallback: unknown = option.defaultValue;
  if (option.defaultValueDescription !== undefined) notes.push(`default: ${option.defaultValueDescription}`);
  else if (typeof fallback === "string" || typeof fallback === "number") notes.push(`default: ${fallback}`);
  const variable = variableOf(option);
  if (variable === undefined) {
    return notes.length === 0 ? option.description : `${option.description} [${notes.join("; ")}]`;
  }
  return `${option.description}\n[${[`env: ${variable}`, ...notes].join("; ")}]`;
}
