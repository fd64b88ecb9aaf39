import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { type ConfigInput, configSchema, keyEntries, loadConfig, type Source } from "../config/mod.ts";
import type { CommandContext } from "./context.ts";
import { loadConfiguration } from "./load_configuration.ts";

/** Options of `querycop config check`. */
export interface CheckConfigOptions {
  readonly config: ConfigInput;
}

/** Options of `querycop config show`. */
export interface ShowConfigOptions extends CheckConfigOptions {
  readonly sources: boolean;
}

/** Prints every key with its value. */
export function showConfig(options: ShowConfigOptions, context: CommandContext): Promise<ExitCode> {
  const loaded = loadConfig(options.config);
  for (const { message, hint } of loaded.warnings) context.warn(message, hint);
  const rows = keyEntries().map(([key, definition]) => {
    const source = loaded.sources[key];
    const value = source.text !== undefined && definition.secret === true ? "***" : source.text;
    return { env: definition.env, group: definition.group, value, source };
  });
  if (context.format === "json") {
    const keys = Object.fromEntries(rows.map(({ env, value, source }) => [
      env,
      { value: value ?? null, ...(options.sources ? { from: source.from, name: source.name } : {}) },
    ]));
    context.stdout.line(JSON.stringify({ schema: "querycop.config/1", keys }, undefined, 2));
    return Promise.resolve(EXIT_CODES.ok);
  }
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
  return Promise.resolve(EXIT_CODES.ok);
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
