import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/mod.ts";
import { onHangup } from "./on_hangup.ts";
import { type Serving, startServing } from "./process.ts";
import type { ServerHost } from "./server_host.ts";
import { answerSupervisor } from "./worker_channel.ts";
import { superviseWorkers } from "./workers.ts";

/** Serves until `signal` drains it: as a supervisor of workers, as one of them, or alone. */
export async function runServer(config: Config, logger: Logger, host: ServerHost): Promise<void> {
  const { signal, worker } = host;
  if (worker === undefined && config.workers > 1) {
    await superviseWorkers(config, logger, host);
  } else {
    const serving = await startServing(config, logger, { worker: worker !== undefined });
    if (worker !== undefined) followSupervisor(serving, logger, host);
    const unsubscribe = onHangup(() => reload(serving, logger));
    const drain = () => {
      logger.info("draining", { timeout_ms: config.drainTimeoutMs, sessions: serving.sessions() });
      void serving.drain();
    };
    if (signal.aborted) drain();
    else signal.addEventListener("abort", drain, { once: true });
    await serving.finished;
    unsubscribe();
  }
  logger.info("stopped");
}

/** The channel ends with the supervisor, however that ended: a worker without a supervisor must not stay. */
function followSupervisor(serving: Serving, logger: Logger, { input, writeLine }: ServerHost): void {
  answerSupervisor(serving.view, input(), writeLine)
    .catch((error) => logger.error("channel to the supervisor failed", { error }))
    .finally(() => {
      logger.info("draining, the supervisor has gone");
      void serving.drain();
    });
}

function reload(serving: Serving, logger: Logger): void {
  try {
    serving.reload();
    logger.info("certificates reloaded");
  } catch (error) {
    logger.error("reload failed, the old certificates stay", { error });
  }
}
