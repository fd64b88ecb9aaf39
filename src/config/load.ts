import { ConfigError, ConfigErrors } from "../base/errors.ts";
import { checkTogether, type ConfigWarning } from "./check_together.ts";
import { type Config, type ConfigKey, flagOf, type KeyDefinition, keyEntries } from "./keys.ts";
import { strayVariables } from "./stray_variables.ts";
import { type ConfigInput, findSource, readConfigFile, type Source } from "./source.ts";

/** A configuration that is known to be good, as far as it can be without looking at the files it names. */
export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<ConfigKey, Source>>;
  readonly warnings: readonly ConfigWarning[];
}

/** A configuration read as far as it can be, with everything that is wrong with it. */
export interface InspectedConfig {
  /** `undefined` also for what is set and wrong. */
  readonly config: Partial<Config>;
  readonly sources: Readonly<Partial<Record<ConfigKey, Source>>>;
  readonly problems: readonly ConfigError[];
  readonly warnings: readonly ConfigWarning[];
}

/** Reads and checks every key. Throws ConfigErrors with all that is wrong. */
export function loadConfig(input: ConfigInput): LoadedConfig {
  return requireGood(inspectConfig(input));
}

/** An inspected configuration as one that is known to be good. Throws ConfigErrors where it is not. */
export function requireGood({ config, sources, problems, warnings }: InspectedConfig): LoadedConfig {
  if (problems.length > 0) throw problems.length === 1 ? problems[0] : new ConfigErrors(problems);
  return {
    config: Object.freeze({ ...UNSET, ...config }) as Config,
    sources: sources as Record<ConfigKey, Source>,
    warnings,
  };
}

/** The same, for who goes on with what is good: throws nothing. */
export function inspectConfig(input: ConfigInput): InspectedConfig {
  const readFile = input.readFile ?? Deno.readTextFileSync;
  const problems: ConfigError[] = [];
  const file = input.file === undefined ? undefined : readConfigFile(input.file, readFile, problems);
  const sources: Partial<Record<ConfigKey, Source>> = {};
  const values: Partial<Record<ConfigKey, unknown>> = {};
  for (const [key, definition] of keyEntries()) {
    const found = findSource(key, definition, input, file, readFile, problems);
    if (found === undefined) continue; // Set, but not readable: reported.
    sources[key] = found;
    if (found.text === undefined) {
      if (definition.required !== undefined) {
        problems.push(
          new ConfigError(definition.env, `${definition.env} is not set`, {
            hint: `${definition.required}, or pass ${flagOf(definition)}`,
          }),
        );
      }
      continue;
    }
    const parsed = definition.kind.schema.safeParse(found.text);
    if (parsed.success) values[key] = parsed.data;
    else problems.push(wrongValue(definition, found, parsed.error.issues[0]?.message));
  }
  const warnings = strayVariables(input.env);
  const together = checkTogether(values as Partial<Config>, sources, input);
  problems.push(...together.problems);
  return {
    config: values as Partial<Config>,
    sources,
    problems,
    warnings: [...warnings, ...together.warnings],
  };
}

const UNSET = Object.fromEntries(keyEntries().map(([key]) => [key, undefined]));

/** How a key is called where its value was written: the flag, the variable, or the file and line. */
function nameOf(definition: KeyDefinition<unknown>, source: Source): string {
  if (source.from === "flag" || source.name === definition.env || source.name === "") {
    return source.from === "flag" ? `${definition.env} (${source.name})` : definition.env;
  }
  return `${definition.env} (from ${source.name})`;
}

function wrongValue(
  definition: KeyDefinition<unknown>,
  source: Source,
  cure: string | undefined,
): ConfigError {
  const { allowed } = definition.kind;
  const name = nameOf(definition, source);
  const message = definition.secret === true
    ? `${name} is not ${allowed}`
    : `${name} is ${JSON.stringify(source.text)}, which is not ${allowed}`;
  const fallback = typeof definition.fallback === "string" ? `; the default is ${definition.fallback}` : "";
  return new ConfigError(definition.env, message, { hint: `${cure ?? `Write ${allowed}`}${fallback}` });
}
