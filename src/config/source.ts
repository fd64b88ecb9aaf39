import { ConfigError } from "../base/errors.ts";
import { reasonOf } from "../base/file_reason.ts";
import { parseConfigFile } from "./config_file.ts";
import { type ConfigKey, type Environment, flagOf, type KeyDefinition } from "./keys.ts";

/** Where a value came from. */
export interface Source {
  readonly from: "flag" | "environment" | "file" | "default" | "unset";
  /** The flag, variable or `FILE:LINE`; empty for a default. */
  readonly name: string;
  /** The value as it was written; `undefined` when unset. Never show it for a secret. */
  readonly text: string | undefined;
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

/** The strongest place where a key is set; `undefined` when that place cannot be read, which is then in `problems`. */
export function findSource(
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

export function readConfigFile(path: string, readFile: (path: string) => string, problems: ConfigError[]) {
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
