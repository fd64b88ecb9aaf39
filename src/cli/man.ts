import type { CommandUnknownOpts, Help, Option } from "@commander-js/extra-typings";
import { EXIT_CODES } from "../base/exit_codes.ts";
import { VERSION } from "../base/version.ts";
import { optionText } from "./help.ts";
import { type CommandEntry } from "./registry.ts";
import { COMMON_GROUP, specOf } from "./spec.ts";
import { EXIT_MEANINGS } from "./topics.ts";

/** The manual page (section 1, man macros) of a command and its subcommands. */
export function formatManPage(command: CommandUnknownOpts, helper: Help): string {
  const name = `querycop-${command.name()}`;
  const spec = specOf(command);
  const lines = [
    `.TH ${name.toUpperCase()} 1 "" "querycop ${VERSION}" "querycop"`,
    ".SH NAME",
    `${escape(name)} \\- ${escape(spec?.summary ?? command.description())}`,
    ".SH SYNOPSIS",
    `.B ${escape(helper.commandUsage(command))}`,
    ".SH DESCRIPTION",
    ...paragraphs(helper.commandDescription(command)),
    ...examplesOf(command),
    ...sections(command, helper),
  ];
  for (const sub of helper.visibleCommands(command)) {
    lines.push(
      `.SH ${escape(`querycop ${command.name()} ${sub.name()}`.toUpperCase())}`,
      ...paragraphs(helper.commandDescription(sub)),
      ".PP",
      `.B ${escape(helper.commandUsage(sub))}`,
      ...examplesOf(sub),
      ...sections(sub, helper),
    );
  }
  const variables = Object.entries(spec?.variables ?? {});
  if (variables.length > 0) {
    lines.push(
      ".SH ENVIRONMENT",
      ...variables.flatMap(([name, text]) => [".TP", `.B ${escape(name)}`, escape(text)]),
    );
  }
  if (spec?.more !== undefined) lines.push(".SH NOTES", ...paragraphs(spec.more));
  lines.push(".SH SEE ALSO", ".BR querycop (1)");
  return lines.join("\n") + "\n";
}

/** The manual page of querycop as a whole. */
export function formatRootManPage(entries: readonly CommandEntry[]): string {
  return [
    `.TH QUERYCOP 1 "" "querycop ${VERSION}" "querycop"`,
    ".SH NAME",
    "querycop \\- risk scoring and a guard between applications and PlanetScale or MySQL",
    ".SH SYNOPSIS",
    ".B querycop",
    "[command] [options]",
    ".SH DESCRIPTION",
    "With no command, querycop serves. Each command has a page of its own.",
    ".SH COMMANDS",
    ...entries.flatMap((entry) => [".TP", `.BR querycop\\-${escape(entry.name)} (1)`, escape(entry.summary)]),
    ".SH EXIT STATUS",
    ...Object.entries(EXIT_CODES).flatMap(([name, code]) => [
      ".TP",
      `.B ${code}`,
      escape(EXIT_MEANINGS[name as keyof typeof EXIT_CODES]),
    ]),
    ".SH ENVIRONMENT",
    "querycop help environment lists the variables.",
  ].join("\n") + "\n";
}

function examplesOf(command: CommandUnknownOpts): string[] {
  const examples = specOf(command)?.examples ?? [];
  if (examples.length === 0) return [];
  return [
    ".SS Examples",
    ...examples.flatMap(({ run, note }) => [".PP", escape(note), ".PP", ".nf", escape(run), ".fi"]),
  ];
}

function sections(command: CommandUnknownOpts, helper: Help): string[] {
  const groups = new Map<string, Option[]>();
  for (const option of helper.visibleOptions(command)) {
    const group = option.helpGroupHeading ?? "Options:";
    groups.set(group, [...(groups.get(group) ?? []), option]);
  }
  const common = groups.get(COMMON_GROUP);
  groups.delete(COMMON_GROUP);
  if (common !== undefined) groups.set(COMMON_GROUP, common); // Last, as in the help.
  return [...groups].flatMap(([group, options]) => [
    `.SS ${escape(group.replace(/:$/, ""))}`,
    ...options.flatMap((option) => [".TP", `.B ${escape(option.flags)}`, ...paragraphs(optionText(option))]),
  ]);
}

function paragraphs(text: string): string[] {
  return text.split("\n").flatMap((line, index) => index === 0 ? [escape(line)] : [".br", escape(line)]);
}

/** Text that roff prints as it is. */
function escape(text: string): string {
  return text.replace(/\\/g, "\\e").replace(/-/g, "\\-").replace(/^(['.])/gm, "\\&$1");
}
