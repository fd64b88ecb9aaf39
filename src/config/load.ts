import { ConfigError, ConfigErrors } from "../base/errors.ts";
import { nearest } from "../base/suggest.ts";
import { checkTogether } from "./check_together.ts";
import { parseConfigFile } from "./config_file.ts";
import {
  type Config,
  type ConfigKey,
  type Environment,
  flagOf,
  type KeyDefinition,
  keyEntries,
} from "./keys.ts";

/** Where a value came from. */
export interface Source {
  readonly from: "flag" | "environment" | "file" | "default" | "unset";
  /** The flag, variable or `FILE:LINE`; empty for a default. */
  readonly name: string;
  /** The value as it was written; `undefined` when unset. Never show it for a secret. */
  readonly text: string | undefined;
}

/** Something that works and is probably not meant. */
export interface ConfigWarning {
  readonly key: string;
  readonly message: string;
  readonly hint: string;
}

/** A configuration that is known to be good, as far as it can be without looking at the files it names. */
export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<ConfigKey, Source>>;
  readonly warnings: readonly ConfigWarning[];
}

/** What a configuration is made from, strongest first: flags, environment, file. */
export interface ConfigInput {
  /** Values by key as they were written on the command line; for a secret, the path of a file that holds it. */
  readonly flags: Readonly<Partial<Record<ConfigKey, string>>>;
  readonly env: Environment;
  /** Path of the configuration file. */
  readonly file?: string | undefined;
  /** `linux`, `darwin`, `windows`: for defaults that depend on it. */
  readonly os: string;
  /** Reads a file; this machine's unless a test gives another. */
  readonly readFile?: (path: string) => string;
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
  const { config, sources, problems, warnings } = inspectConfig(input);
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
  const warnings = unknownVariables(input.env);
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

/** The strongest place where a key is set; `undefined` when that place cannot be read, which is then in `problems`. */
function findSource(
  key: ConfigKey,
  definition: KeyDefinition<unknown>,
  input: ConfigInput,
  file: ReturnType<typeof parseConfigFile> | undefined,
  readFile: (path: string) => string,
  problems: ConfigError[],
): Source | undefined {
  const flag = input.flags[key];
  if (flag !== undefined) {
    if (definition.secret === true) {
      return readSecret(definition, "flag", flagOf(definition), flag, readFile, problems);
    }
    return { from: "flag", name: flagOf(definition), text: flag.trim() };
  }
  const direct = input.env[definition.env]?.trim();
  const fileName = `${definition.env}_FILE`;
  const indirect = definition.secret === true ? input.env[fileName]?.trim() : undefined;
  if (direct && indirect) {
    problems.push(
      new ConfigError(definition.env, `${definition.env} and ${fileName} are both set`, {
        hint: `Unset one of them; the file is the safer place`,
      }),
    );
    return undefined;
  }
  if (indirect) return readSecret(definition, "environment", fileName, indirect, readFile, problems);
  if (direct) return { from: "environment", name: definition.env, text: direct };
  const inFile = file?.values.get(key);
  if (inFile !== undefined) {
    return { from: "file", name: `${input.file}:${inFile.line}`, text: inFile.text.trim() };
  }
  const { fallback } = definition;
  const text = typeof fallback === "function" ? fallback(input.env, input.os) : fallback;
  return { from: text === undefined ? "unset" : "default", name: "", text };
}

function readSecret(
  definition: KeyDefinition<unknown>,
  from: "flag" | "environment",
  name: string,
  path: string,
  readFile: (path: string) => string,
  problems: ConfigError[],
): Source | undefined {
  try {
    const text = readFile(path).trim();
    if (text !== "") return { from, name, text };
    problems.push(
      new ConfigError(definition.env, `${name} names ${path}, which is empty`, {
        hint: "Put the secret into the file",
      }),
    );
  } catch (error) {
    problems.push(
      new ConfigError(definition.env, `${name} names ${path}, which cannot be read: ${reasonOf(error)}`, {
        hint: "Correct the path, or let this user read the file",
        cause: error,
      }),
    );
  }
  return undefined;
}

function readConfigFile(path: string, readFile: (path: string) => string, problems: ConfigError[]) {
  try {
    const parsed = parseConfigFile(readFile(path), path);
    problems.push(...parsed.problems);
    return parsed;
  } catch (error) {
    problems.push(
      new ConfigError("--config", `Cannot read ${path}: ${reasonOf(error)}`, {
        hint: "Correct the path given with --config, or let this user read the file",
        cause: error,
      }),
    );
    return undefined;
  }
}

/** Variables that look like ours and are not. */
function unknownVariables(env: Environment): ConfigWarning[] {
  const known = new Set(
    keyEntries().flatMap(([, { env, secret }]) => secret === true ? [env, `${env}_FILE`] : [env]),
  );
  return Object.keys(env)
    .filter((name) => name.startsWith("GATEKEEPER_") && !known.has(name) && env[name] !== "")
    .sort()
    .map((name) => {
      const near = nearest(
        name.slice("GATEKEEPER_".length),
        [...known].map((k) => k.replace(/^GATEKEEPER_/, "")),
      );
      const meant = [...known].find((k) => k.replace(/^GATEKEEPER_/, "") === near);
      return {
        key: name,
        message: `${name} is set, and querycop knows no such key`,
        hint: meant === undefined ? "querycop help environment lists the keys" : `Did you mean ${meant}?`,
      };
    });
}

/** Why a file cannot be read, in words. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.IsADirectory) return "it is a directory";
  return error instanceof Error ? error.message : String(error);
}
