import type { Logger } from "../base/logger.ts";
import type { Config } from "../config/mod.ts";
import { formatEndpoint, isolateTrustStore, listen } from "../net/mod.ts";
import { WorkerChannel } from "./worker_channel.ts";
import { WorkersView } from "./workers_view.ts";
import { selfCommand } from "../base/self_command.ts";
import { pause } from "../base/pause.ts";
import { onHangup } from "./on_hangup.ts";
import type { ServerHost } from "./server_host.ts";
import { backendConnector } from "./backend_connector.ts";
import { openServeAudit } from "./audit.ts";
import { startAdmin } from "./admin.ts";

/** Set in a worker's environment to its number. */
export const WORKER_VARIABLE = "QUERYCOP_WORKER";

/** Waits between restarts of a worker that ends, in ms, doubling up to the last. */
const FIRST_RESTART_MS = 200;
const LONGEST_RESTART_MS = 10_000;
/** A worker that lived this long starts again without a wait. */
const HEALTHY_MS = 30_000;

/**
 * Runs GATEKEEPER_WORKERS processes that share the port, starts again what ends by itself, and answers health checks
 * for all of them. Signals are passed on.
 */
export async function superviseWorkers(
  config: Config,
  logger: Logger,
  host: Pick<ServerHost, "signal" | "onForcedEnd">,
): Promise<void> {
  isolateTrustStore(config.backendTlsCaFile);
  const port = await choosePort(config);
  const connector = backendConnector(config);
  let draining = false;
  const workers = new Map<number, Deno.ChildProcess>();
  const channels = new Map<number, WorkerChannel>();
  const passOn = (signal: Deno.Signal) => {
    for (const worker of workers.values()) {
      try {
        worker.kill(signal);
      } catch {
        // It has ended by itself, which its own loop sees.
      }
    }
  };
  const unsubscribe = onHangup(() => passOn("SIGHUP"));
  const stop = () => {
    draining = true;
    admin.endStreams();
    passOn("SIGTERM");
  };
  const audit = await openServeAudit(config, logger);
  const view = new WorkersView(channels, { drain: stop, audit: audit.state });
  audit.store.onOverrides((overrides) => void view.setOverrides(overrides));
  const admin = startAdmin(config, logger, {
    connector,
    backendTls: config.backendTlsMode,
    view,
    store: audit.store,
    recorder: audit.recorder,
    draining: () => draining,
    serving: () => view.serving,
  });
  host.signal.addEventListener("abort", stop, { once: true });
  if (host.signal.aborted) stop();
  host.onForcedEnd(() => passOn("SIGKILL"));
  logger.info("listening", {
    address: formatEndpoint({ host: config.listenHost, port }),
    workers: config.workers,
    api: formatEndpoint({ host: config.apiHost, port: admin.port }),
  });
  const keepRunning = async (index: number) => {
    let waitMs = 0;
    while (!draining) {
      const started = performance.now();
      const { command, args } = selfCommand();
      const worker = new Deno.Command(command, {
        // The last of a repeated flag counts, and a flag more than the environment.
        args: [...args, ...Deno.args, `--listen-port=${port}`],
        env: { [WORKER_VARIABLE]: String(index) },
        stdin: "piped",
        stdout: "piped",
        stderr: "inherit",
      }).spawn();
      workers.set(index, worker);
      const channel = new WorkerChannel(worker, (event) => view.tell(event));
      channels.set(index, channel);
      void view.greet(channel);
      const status = await worker.status;
      workers.delete(index);
      channels.delete(index);
      if (draining) break;
      const lived = performance.now() - started;
      waitMs = lived > HEALTHY_MS ? 0 : Math.min(Math.max(waitMs * 2, FIRST_RESTART_MS), LONGEST_RESTART_MS);
      logger.error("worker ended, starting another", { worker: index, code: status.code, wait_ms: waitMs });
      await pause(waitMs, host.signal);
    }
  };
  await Promise.all(Array.from({ length: config.workers }, (_, index) => keepRunning(index + 1)));
  unsubscribe();
  await admin.close();
  await audit.close();
}

/** The port that all workers listen on: as configured, or one that is free now. */
async function choosePort(config: Config): Promise<number> {
  // Binding it here also says at once, and once, when it cannot be had.
  const listener = await listen({ host: config.listenHost, port: config.listenPort });
  const { port } = listener.address;
  listener.close();
  return port;
}
