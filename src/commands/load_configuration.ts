import { ConfigErrors } from "../base/errors.ts";
import { checkFiles, type ConfigInput, loadConfig, type LoadedConfig } from "../config/mod.ts";
import type { CommandContext } from "./context.ts";
import { checkPolicy, policySetting } from "../serve/load_policy.ts";

/**
 * The configuration, known to be good, the files it names included; warnings have been printed. Throws ConfigError or
 * ConfigErrors with all that is wrong.
 */
export function loadConfiguration(input: ConfigInput, context: CommandContext): LoadedConfig {
  const loaded = checkConfiguration(input);
  for (const { message, hint } of loaded.warnings) context.warn(message, hint);
  return loaded;
}

/** The same for a command that has its own way to tell of warnings. */
export function checkConfiguration(input: ConfigInput): LoadedConfig {
  const loaded = loadConfig(input);
  const files = checkFiles(loaded.config);
  const policy = checkPolicy(loaded.config.policyFile, policySetting(loaded.config));
  const problems = [...files.problems, ...policy.problems];
  const [first, ...others] = problems;
  if (first !== undefined) throw others.length === 0 ? first : new ConfigErrors(problems);
  return { ...loaded, warnings: [...loaded.warnings, ...files.warnings, ...policy.warnings] };
}
