import { type CommandUnknownOpts, Option } from "@commander-js/extra-typings";
import type { CommandContext } from "../commands/context.ts";
import { type ConfigInput, type ConfigKey, flagOf, keyEntries } from "../config/mod.ts";
import { nameVariable } from "./shell.ts";

/**
 * Adds `--config` and a flag for every key of the configuration, or only for those given, grouped as the documentation is.
 */
export function addConfigOptions(command: CommandUnknownOpts, only?: readonly ConfigKey[]): void {
  command.addOption(
    new Option("--config <file>", "YAML or JSON file of keys, weaker than the environment").helpGroup(
      "Configuration:",
    ),
  );
  for (const [key, definition] of keyEntries()) {
    if (only !== undefined && !only.includes(key)) continue;
    const placeholder = definition.secret === true ? "path" : definition.kind.placeholder;
    const isChoice = placeholder.includes("|");
    const option = new Option(
      `${flagOf(definition)} <${isChoice ? "word" : placeholder}>`,
      definition.summary,
    )
      .helpGroup(`${definition.group}:`);
    nameVariable(
      option,
      definition.secret === true ? `${definition.env} or ${definition.env}_FILE` : definition.env,
    );
    if (isChoice) option.argChoices = placeholder.split("|"); // For help and completion; the table itself checks.
    const fallback = definition.fallbackText ?? definition.fallback;
    if (typeof fallback === "string") option.default(undefined, fallback);
    command.addOption(option);
  }
}

/** What the options of {@link addConfigOptions} and the environment say. */
export function configInput(
  command: { readonly options: readonly Option[]; opts(): object },
  context: CommandContext,
): ConfigInput {
  const given = command.opts() as Readonly<Record<string, unknown>>;
  const flags: Partial<Record<ConfigKey, string>> = {};
  for (const [key, definition] of keyEntries()) {
    const option = command.options.find((candidate) => candidate.long === flagOf(definition));
    const value = option === undefined ? undefined : given[option.attributeName()];
    if (typeof value === "string") flags[key] = value;
  }
  return {
    flags,
    env: context.env,
    file: typeof given.config === "string" ? given.config : undefined,
    os: Deno.build.os,
  };
}
