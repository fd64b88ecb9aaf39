import { EXIT_CODES, type ExitCode } from "../base/exit_codes.ts";
import { createLogger, type Logger } from "../base/logger.ts";
import type { Config, ConfigInput } from "../config/mod.ts";
import type { CommandContext } from "./context.ts";
import { checkConfiguration } from "./load_configuration.ts";
import { startServing } from "./serve_process.ts";
import { answerSupervisor } from "./worker_channel.ts";
import { superviseWorkers, WORKER_VARIABLE } from "./serve_workers.ts";

/** Options of `querycop serve`. */
export interface ServeOptions {
  readonly config: ConfigInput;
}

/** Serves until a signal ends it. Nothing listens before the configuration is known to be good. */
export async function run(options: ServeOptions, context: CommandContext): Promise<ExitCode> {
  const { signal } = context; // From here on a signal drains, however early it comes.
  const { config, warnings } = checkConfiguration(options.config);
  const worker = context.env[WORKER_VARIABLE];
  const logger = serveLogger(config, context).with(worker === undefined ? {} : { worker: Number(worker) });
  if (worker === undefined) {
    for (const { key, message, hint } of warnings) logger.warn(message, { key, hint });
  }
  if (worker === undefined && config.workers > 1) {
    return await superviseWorkers(config, logger, context);
  }
  const serving = await startServing(config, logger, { worker: worker !== undefined });
  if (worker !== undefined) {
    // The channel ends with the supervisor, however that ended: a worker that nobody supervises must not stay.
    answerSupervisor(serving.view, context.stdin.stream(), (line) => context.stdout.line(line)).catch((
      error,
    ) => logger.error("channel to the supervisor failed", { error })).finally(() => {
      logger.info("draining, the supervisor has gone");
      void serving.drain();
    });
  }
  const reload = () => {
    try {
      serving.reload();
      logger.info("certificates reloaded");
    } catch (error) {
      logger.error("reload failed, the old certificates stay", { error });
    }
  };
  const unsubscribe = onHangup(reload);
  signal.addEventListener("abort", () => {
    logger.info("draining", { timeout_ms: config.drainTimeoutMs, sessions: serving.sessions() });
    void serving.drain();
  }, { once: true });
  if (signal.aborted) void serving.drain();
  await serving.finished;
  unsubscribe();
  logger.info("stopped");
  return EXIT_CODES.ok;
}

/** Log lines on stderr: JSON unless a person is reading. */
function serveLogger(config: Config, context: CommandContext): Logger {
  const format = config.logFormat === "auto"
    ? (context.stderr.isTerminal ? "pretty" : "json")
    : config.logFormat;
  return createLogger({ level: config.logLevel, format, write: (line) => context.stderr.line(line) });
}

/** Calls back on SIGHUP, where the system has it, until the returned function is called. */
export function onHangup(callback: () => void): () => void {
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener("SIGHUP", callback);
  return () => Deno.removeSignalListener("SIGHUP", callback);
}
