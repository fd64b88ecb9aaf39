import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import {
  type ConfigInput,
  configSchema,
  inspectConfig,
  type InspectedConfig,
  keyEntries,
  requireGood,
  type Source,
} from "../config/mod.ts";
import type { CommandContext } from "./context.ts";
import { loadConfiguration, printWarnings } from "./load_configuration.ts";

/** Options of `querycop config check`. */
export interface CheckConfigOptions {
  readonly config: ConfigInput;
}

/** Options of `querycop config show`. */
export interface ShowConfigOptions extends CheckConfigOptions {
  readonly sources: boolean;
}

/** Of a secret whose file cannot be read. */
const UNREADABLE: Source = { from: "unset", name: "", text: undefined };

/** Prints every key with its value as it was written, and throws what is wrong with them afterwards. */
export function showConfig(options: ShowConfigOptions, context: CommandContext): Promise<ExitCode> {
  const inspected = inspectConfig(options.config);
  printWarnings(inspected.warnings, context);
  if (context.format === "json") return Promise.resolve(printKeysAsJson(inspected, options, context));
  printKeys(inspected.sources, options, context);
  requireGood(inspected);
  return Promise.resolve(EXIT_CODES.ok);
}

/** One document, with what is wrong in it: another beside it could not be read by a program. */
function printKeysAsJson(
  { sources, problems }: InspectedConfig,
  options: ShowConfigOptions,
  context: CommandContext,
): ExitCode {
  const keys = Object.fromEntries(
    rowsOf(sources).map(({ env, value, source }) => [
      env,
      { value: value ?? null, ...(options.sources ? { from: source.from, name: source.name } : {}) },
    ]),
  );
  const wrong = problems.map(({ key, message, hint }) => ({ key, message, hint }));
  context.stdout.line(JSON.stringify({ schema: "querycop.config/1", keys, problems: wrong }, undefined, 2));
  for (const { message, hint } of problems) context.warn(message, hint);
  return problems.length === 0 ? EXIT_CODES.ok : EXIT_CODES.configuration;
}

/** Every key with its value, a secret's hidden. */
function rowsOf(sources: InspectedConfig["sources"]) {
  return keyEntries().map(([key, { env, group, secret }]) => {
    const source = sources[key] ?? UNREADABLE;
    return { env, group, value: source.text !== undefined && secret === true ? "***" : source.text, source };
  });
}

function printKeys(
  sources: InspectedConfig["sources"],
  options: ShowConfigOptions,
  context: CommandContext,
): void {
  const rows = rowsOf(sources);
  const { style } = context.stdout;
  const width = Math.max(...rows.map((row) => row.env.length));
  const valueWidth = Math.min(40, Math.max(...rows.map((row) => (row.value ?? "").length)));
  let group: string | undefined;
  for (const row of rows) {
    if (row.group !== group) {
      if (group !== undefined) context.stdout.line();
      context.stdout.line(style.bold(row.group));
      group = row.group;
    }
    const value = row.value ?? "(unset)";
    const shown = row.source.from === "default" || row.source.from === "unset" ? style.dim(value) : value;
    const padding = options.sources ? " ".repeat(Math.max(0, valueWidth - value.length) + 2) : "";
    const from = options.sources ? style.dim(describeSource(row.source)) : "";
    context.stdout.line(`  ${row.env.padEnd(width)}  ${shown}${padding}${from}`.trimEnd());
  }
}

/** Checks the configuration and the files that it names. */
export function checkConfig(options: CheckConfigOptions, context: CommandContext): Promise<ExitCode> {
  const { config, warnings } = loadConfiguration(options.config, context);
  if (context.format === "json") {
    context.stdout.line(
      JSON.stringify({ schema: "querycop.config-check/1", ok: true, warnings }, undefined, 2),
    );
    return Promise.resolve(EXIT_CODES.ok);
  }
  const { style } = context.stdout;
  context.stdout.line(
    `${
      style.green(style.marks.pass)
    } The configuration is good: ${config.listenHost}:${config.listenPort} to ` +
      `${config.backendHost}:${config.backendPort}, TLS ${config.backendTlsMode}`,
  );
  return Promise.resolve(EXIT_CODES.ok);
}

/** Prints the JSON Schema of a configuration file. */
export function printSchema(context: CommandContext): Promise<ExitCode> {
  context.stdout.line(JSON.stringify(configSchema(), undefined, 2));
  return Promise.resolve(EXIT_CODES.ok);
}

function describeSource(source: Source): string {
  if (source.from === "default" || source.from === "unset") return source.from;
  return source.from === "environment" ? `environment ${source.name}` : `${source.from} ${source.name}`;
}
