/** querycop.yaml: settings of lint-sql for the files below it, with overrides by path. */

import { dirname, join, relative, sep } from "node:path";
import * as z from "zod";
import { parseByteSize } from "../base/byte_size.ts";
import { ConfigError, ConfigErrors, QuerycopError, type SourceError } from "../base/errors.ts";
import { reasonOf } from "../base/file_reason.ts";
import { nearest } from "../base/suggest.ts";
import { checkAgainst } from "../config/schema_issues.ts";
import { type PlacedValue, type YamlPath, YamlSource } from "../config/yaml_source.ts";
import type { RiskOptions } from "../risk/options.ts";
import { ALL_RULES, findRule, ruleIds } from "../risk/registry.ts";
import { GROUP_LETTERS } from "../risk/rule.ts";
import { LEVEL_FLOORS, LEVELS } from "../risk/score.ts";
import { globToRegExp } from "./glob.ts";
import type { FileSettings } from "./settings.ts";

const words = z.array(z.string());
const files = words.describe("Patterns of paths, relative to this file");
const ruleList = words.describe("Codes (D001), names (drop-table), groups (vitess) or letters (V)");

const fileSettings = {
  target: z.enum(["mysql", "vitess", "planetscale"]).describe("The server the SQL is meant for"),
  sharded: z.boolean().describe("Tables live in a sharded keyspace"),
  safe_migrations: z.boolean().describe("The branch refuses direct DDL"),
  foreign_keys: z.boolean().describe("Foreign key constraints are enabled for the database"),
  server_version: z.union([z.string(), z.number()]).describe("Server version, for example 8.0.40"),
  vitess_version: z.union([z.string(), z.number()]).describe("Vitess version, for example 24.0"),
  rules: ruleList.describe("Only these rules run: codes, names, groups or letters"),
  ignore: ruleList.describe("These rules do not run: codes, names, groups or letters"),
  enable: ruleList.describe("Opt-in rules that run too: codes, names, groups or letters"),
  weights: z.record(z.string(), z.number().min(0).max(100)).describe("Scores that replace the rules' own"),
  large_tables: words.describe("Tables too large to alter in one statement"),
  sensitive_tables: words.describe("Tables that hold personal or secret data"),
  max_packet: z.union([z.string(), z.number()]).describe("The server's max_allowed_packet, for example 64MB"),
  max_transaction_statements: z.number().int().min(1).describe(
    "Statements above which a transaction is long",
  ),
  discount_new_tables: z.boolean().describe("Score locking DDL low on tables that the same file created"),
  down_counts: z.boolean().describe("Findings in down sections count"),
};

const override = z.strictObject({ files, ...fileSettings }).partial().required({ files: true });

const schema = z.strictObject({
  $schema: z.string().describe("Address of this schema, for editors"),
  ...fileSettings,
  fail_on: z.union([z.enum(LEVELS), z.number().min(0).max(100)])
    .describe("Level or score at which a run fails"),
  allow_unparsed: z.boolean().describe("Statements that MySQL would not parse do not fail a run"),
  max_warnings: z.number().int().min(0).describe("Findings below fail_on that a run may have"),
  exclude: files.describe("Patterns of paths that are left out"),
  rule_url: z.url().describe("What a rule's code and .md are appended to for the address of its page"),
  overrides: z.array(override).describe("Settings for some paths, later ones first"),
}).partial();

/** What querycop.yaml holds, as written; flags make one too. */
export type LintConfigValues = z.infer<typeof schema>;
type OverrideValues = Omit<z.infer<typeof override>, "files">;

/** One configuration file. */
export interface LintConfigFile {
  /** Absolute. */
  readonly file: string;
  readonly values: LintConfigValues;
}

/** File names looked for, in order. */
const NAMES = ["querycop.yaml", "querycop.yml", ".querycop.yaml"];

/** The JSON schema of querycop.yaml, for editors. */
export function lintConfigJsonSchema(): object {
  return { title: "querycop lint-sql configuration", ...z.toJSONSchema(schema, { io: "input" }) };
}

/**
 * Reads a configuration. Its settings may also stand under a key `lint`, beside those of other commands. Throws every
 * mistake with its line and column: SourceError, or ConfigErrors of several.
 */
export function parseLintConfig(text: string, name: string): LintConfigValues {
  const source = new YamlSource(text, name);
  refuse(source.errors, name);
  const root: unknown = source.value ?? {};
  const inside = isRecord(root) && isRecord(root["lint"]);
  const own = inside ? root["lint"] : root;
  const part = source.part(inside ? ["lint"] : [], isRecord(own) ? underscored(own) : own);
  const { value, errors } = checkAgainst(part, schema);
  refuse(errors, name);
  refuse(value === undefined ? [] : checkRules(value, part), name);
  return value ?? {};
}

function refuse(errors: readonly SourceError[], name: string): void {
  const [first, ...others] = errors;
  if (first === undefined) return;
  throw others.length === 0 ? first : new ConfigErrors(errors, `${errors.length} mistakes in ${name}`);
}

/** Finds and reads configurations, each once. */
export class LintConfigs {
  readonly #byDirectory = new Map<string, Promise<LintConfigFile | undefined>>();
  readonly #none: boolean;

  /** With `none`, no file is looked for. */
  constructor(none = false) {
    this.#none = none;
  }

  /** The configuration that holds for files in a directory: the nearest upwards. */
  find(directory: string): Promise<LintConfigFile | undefined> {
    if (this.#none) return Promise.resolve(undefined);
    let found = this.#byDirectory.get(directory);
    if (found === undefined) {
      found = this.#look(directory);
      this.#byDirectory.set(directory, found);
    }
    return found;
  }

  async #look(directory: string): Promise<LintConfigFile | undefined> {
    for (const name of NAMES) {
      const file = join(directory, name);
      const found = await readLintConfig(file).catch((error: unknown) => {
        // The runtime keeps /dev and /proc from every program: there is no configuration there.
        if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) {
          return undefined;
        }
        if (error instanceof QuerycopError) throw error;
        throw new ConfigError("config", `Cannot read ${file}: ${reasonOf(error)}`, {
          hint: "Make it readable, or pass --no-config",
          cause: error,
        });
      });
      if (found !== undefined) return found;
    }
    const parent = dirname(directory);
    return parent === directory ? undefined : await this.find(parent);
  }
}

/** Reads one configuration file. Throws NotFound where there is none, ConfigError where it is wrong. */
export async function readLintConfig(file: string): Promise<LintConfigFile> {
  return { file, values: parseLintConfig(await Deno.readTextFile(file), file) };
}

/** The overrides of a configuration that hold for a path, by their index. */
export function overridesFor(path: string, config: LintConfigFile): number[] {
  const below = relative(dirname(config.file), path).split(sep).join("/");
  return (config.values.overrides ?? []).flatMap(({ files }, index) =>
    files.some((pattern) => globToRegExp(pattern).test(below)) ? [index] : []
  );
}

/** Settings for one file: defaults, the configuration, its overrides for the path, then what the flags say. */
export function settingsFor(
  path: string,
  config: LintConfigFile | undefined,
  flags: LintConfigValues,
  defaults: FileSettings,
): FileSettings {
  let settings = defaults;
  if (config !== undefined) {
    settings = apply(settings, config.values, config.file);
    for (const index of overridesFor(path, config)) {
      const { files: _, ...values } = config.values.overrides?.[index] ?? { files: [] };
      settings = apply(settings, values, config.file);
    }
    if (config.values.rule_url !== undefined) settings = { ...settings, ruleUrl: config.values.rule_url };
  }
  return apply(settings, flags, "the command line");
}

/** The codes that words name: codes, names, groups and letters. A group's opt-in rules only with `optIn`. */
export function ruleCodes(list: readonly string[], where: string, optIn = true): Set<string> {
  const codes = new Set<string>();
  for (const word of list) {
    const rule = findRule(word);
    const group = Object.entries(GROUP_LETTERS).find(([name, letter]) =>
      name === word.toLowerCase() || letter === word.toUpperCase()
    )?.[0];
    if (rule !== undefined) codes.add(rule.code);
    else if (group !== undefined) {
      for (const candidate of ALL_RULES) {
        if (candidate.group === group && (optIn || candidate.optIn !== true)) codes.add(candidate.code);
      }
    } else {
      const near = nearest(word, [...ruleIds(), ...Object.keys(GROUP_LETTERS)]);
      throw new ConfigError(where, `No rule is called ${word} (${where})`, {
        hint: near === undefined ? "querycop explain lists the rules" : `Did you mean ${near}?`,
      });
    }
  }
  return codes;
}

/** The score that a level's name or a number stands for. */
export function failScore(value: string | number): number | undefined {
  if (typeof value === "number") return value;
  const level = LEVELS.find((candidate) => candidate === value.toLowerCase());
  if (level !== undefined) return LEVEL_FLOORS[level];
  return /^\d{1,3}(\.\d+)?$/.test(value) && Number(value) <= 100 ? Number(value) : undefined;
}

/** 80034 for 8.0.34; 80400 for 8.4. */
function parseServerVersion(text: string): number | undefined {
  const match = /^(\d{1,2})(?:\.(\d{1,2}))?(?:\.(\d{1,2}))?/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * 10_000 + Number(match[2] ?? 0) * 100 + Number(match[3] ?? 0);
}

function apply(settings: FileSettings, values: OverrideValues, where: string): FileSettings {
  const { risk } = settings;
  const version = versionOf("server_version", values.server_version, where, "8.0.40");
  const vitessVersion = versionOf("vitess_version", values.vitess_version, where, "24.0");
  const packet = values.max_packet === undefined ? undefined : parseByteSize(String(values.max_packet));
  const codes = (
    list: readonly string[] | undefined,
  ) => (list === undefined ? undefined : ruleCodes(list, where));
  const next: RiskOptions = {
    ...risk,
    ...definedOnly({
      target: values.target,
      sharded: values.sharded,
      safeMigrations: values.safe_migrations,
      foreignKeys: values.foreign_keys,
      serverVersion: version,
      vitessVersion,
      rules: values.rules === undefined ? undefined : ruleCodes(values.rules, where, false),
      ignored: union(risk.ignored, codes(values.ignore)),
      enabled: union(risk.enabled, codes(values.enable)),
      weights: values.weights === undefined ? undefined : weightsOf(risk.weights, values.weights, where),
      largeTables: union(risk.largeTables, lower(values.large_tables)),
      sensitiveTables: union(risk.sensitiveTables, lower(values.sensitive_tables)),
      maxPacketBytes: packet,
      maxTransactionStatements: values.max_transaction_statements,
      discountNewTables: values.discount_new_tables,
    }),
  };
  return { ...settings, risk: next, downCounts: values.down_counts ?? settings.downCounts };
}

/** The number of a version as it is written; undefined where none is. Throws for what is not one. */
function versionOf(
  key: "server_version" | "vitess_version",
  value: string | number | undefined,
  where: string,
  example: string,
): number | undefined {
  if (value === undefined) return undefined;
  const version = parseServerVersion(String(value));
  if (version !== undefined) return version;
  const what = key.replace("_", " ");
  throw new ConfigError(key, `${value} is not a ${what} (${where})`, { hint: `Write it like ${example}` });
}

function weightsOf(
  old: ReadonlyMap<string, number>,
  weights: Readonly<Record<string, number>>,
  where: string,
): Map<string, number> {
  const all = new Map(old);
  for (const [word, score] of Object.entries(weights)) {
    for (const code of ruleCodes([word], where)) all.set(code, score);
  }
  return all;
}

/** Words that name no rule. */
function checkRules(values: LintConfigValues, source: PlacedValue): SourceError[] {
  const errors: SourceError[] = [];
  const check = (word: string, path: YamlPath, atKey: boolean) => {
    try {
      ruleCodes([word], "");
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      errors.push(source.error(path, `no rule is called "${word}"`, error.hint, atKey));
    }
  };
  const parts = [[[], values], ...(values.overrides ?? []).map((one, index) => [["overrides", index], one])];
  for (const [path, part] of parts as [YamlPath, OverrideValues][]) {
    for (const key of ["rules", "ignore", "enable"] as const) {
      for (const [index, word] of (part[key] ?? []).entries()) check(word, [...path, key, index], false);
    }
    for (const word of Object.keys(part.weights ?? {})) check(word, [...path, "weights", word], true);
  }
  return errors;
}

function union(
  old: ReadonlySet<string>,
  more: ReadonlySet<string> | undefined,
): ReadonlySet<string> | undefined {
  return more === undefined ? undefined : new Set([...old, ...more]);
}

function lower(list: readonly string[] | undefined): ReadonlySet<string> | undefined {
  return list === undefined ? undefined : new Set(list.map((word) => word.toLowerCase()));
}

/** Without the keys whose value is undefined. */
function definedOnly<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** Keys may be written with dashes, as the flags are. */
function underscored(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key.replaceAll("-", "_"),
      key === "overrides" && Array.isArray(value)
        ? value.map((item) => (isRecord(item) ? underscored(item) : item))
        : value,
    ]),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
