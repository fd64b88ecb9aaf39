import { ConfigErrors } from "../base/errors.ts";
import {
  checkFiles,
  type ConfigInput,
  type ConfigWarning,
  inspectConfig,
  type LoadedConfig,
  requireGood,
} from "../config/mod.ts";
import type { CommandContext } from "./context.ts";
import { checkPolicy, policySetting } from "../serve/load_policy.ts";

/**
 * The configuration, known to be good, the files it names included; warnings have been printed. Throws ConfigError or
 * ConfigErrors with all that is wrong.
 */
export function loadConfiguration(input: ConfigInput, context: CommandContext): LoadedConfig {
  const loaded = checkConfiguration(input, context);
  printWarnings(loaded.warnings, context);
  return loaded;
}

/** Prints warnings on stderr, each with its hint. */
export function printWarnings(warnings: readonly ConfigWarning[], context: CommandContext): void {
  for (const { message, hint } of warnings) context.warn(message, hint);
}

/**
 * The same for a command that has its own way to tell of warnings. They are printed here where there is an error: a
 * mistyped name is often why another key is missing.
 */
export function checkConfiguration(input: ConfigInput, context: CommandContext): LoadedConfig {
  const inspected = inspectConfig(input);
  if (inspected.problems.length > 0) printWarnings(inspected.warnings, context);
  const loaded = requireGood(inspected);
  const files = checkFiles(loaded.config);
  const policy = checkPolicy(loaded.config.policyFile, policySetting(loaded.config));
  const problems = [...files.problems, ...policy.problems];
  const [first, ...others] = problems;
  if (first !== undefined) throw others.length === 0 ? first : new ConfigErrors(problems);
  return { ...loaded, warnings: [...loaded.warnings, ...files.warnings, ...policy.warnings] };
}
