import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { createLogger, type Logger } from "../base/logger.ts";
import type { Config, ConfigInput } from "../config/mod.ts";
import { runServer } from "../serve/server.ts";
import { WORKER_VARIABLE } from "../serve/workers.ts";
import type { CommandContext } from "./context.ts";
import { checkConfiguration } from "./load_configuration.ts";

/** Options of `querycop serve`. */
export interface ServeOptions {
  readonly config: ConfigInput;
}

/** Serves until a signal ends it. Nothing listens before the configuration is known to be good. */
export async function run(options: ServeOptions, context: CommandContext): Promise<ExitCode> {
  const { signal } = context; // From here on a signal drains, however early it comes.
  const { config, warnings } = checkConfiguration(options.config, context);
  const variable = context.env[WORKER_VARIABLE];
  const worker = variable === undefined ? undefined : Number(variable);
  const logger = serveLogger(config, context).with(worker === undefined ? {} : { worker });
  if (worker === undefined) {
    for (const { key, message, hint } of warnings) logger.warn(message, { key, hint });
  }
  await runServer(config, logger, {
    signal,
    worker,
    input: () => context.stdin.stream(),
    writeLine: (line) => context.stdout.line(line),
    onForcedEnd: (action) => context.onForcedEnd(action),
  });
  return EXIT_CODES.ok;
}

/** Log lines on stderr: JSON unless a person is reading. */
function serveLogger(config: Config, context: CommandContext): Logger {
  const format = config.logFormat === "auto"
    ? (context.stderr.isTerminal ? "pretty" : "json")
    : config.logFormat;
  return createLogger({ level: config.logLevel, format, write: (line) => context.stderr.line(line) });
}
