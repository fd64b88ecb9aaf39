import type { AuditHealth } from "../contract/stats.ts";
import type { ProcessView } from "../admin/process_view.ts";
import { type Readiness, ReadinessCheck } from "../admin/readiness.ts";
import { type AdminOptions, type AdminServer, startAdminServer } from "../admin/server.ts";
import { QuerycopError } from "../base/errors.ts";
import { createIdMaker } from "../base/ids.ts";
import type { Logger } from "../base/logger.ts";
import { VERSION } from "../base/version.ts";
import type { Config } from "../config/mod.ts";
import { listenFailure } from "../net/mod.ts";
import type { ProxyOptions } from "../proxy/options.ts";
import { probeBackend } from "../proxy/probe.ts";
import type { Recorder } from "../store/recorder.ts";
import type { Store } from "../store/store.ts";
import { serveWebhook } from "./webhook.ts";

/** How long an answer of /readyz holds, in ms. */
const READY_FRESH_MS = 3000;
/** How long the end waits for messages to the webhook that are under way, in ms. */
const WEBHOOK_PATIENCE_MS = 2000;

/** What the HTTP side is given beside the configuration. */
export interface AdminParts extends Pick<ProxyOptions, "connector" | "backendTls"> {
  readonly view: ProcessView;
  readonly store: Store;
  readonly recorder: Recorder;
  readonly draining: () => boolean;
  /** Whether anybody takes clients' connections. */
  readonly serving: () => boolean;
}

/** The HTTP side of a process or of the supervisor of several, and the webhook beside it. */
export function startAdmin(config: Config, logger: Logger, parts: AdminParts): AdminServer {
  const { view, store, recorder } = parts;
  const newId = createIdMaker();
  const readiness = new ReadinessCheck({
    probe: (signal) => probeBackend(parts, signal),
    draining: parts.draining,
    now: () => performance.now(),
    freshMs: READY_FRESH_MS,
    timeoutMs: config.connectTimeoutMs + config.loginTimeoutMs,
  });
  const webhook = serveWebhook(config, newId, logger);
  const server = listening(config, {
    host: config.apiHost,
    port: config.apiPort,
    trustedProxies: config.apiTrustedProxies ?? [],
    key: config.adminApiKey,
    version: VERSION,
    mode: config.mode,
    pooler: config.backendPooler,
    view,
    store,
    record: (event) => recorder.record(event),
    refuseUnaudited: config.auditOnFailure === "refuse",
    newId,
    ready: async () =>
      withAudit(await readiness.check(), (await view.snapshot()).audit, config.auditOnFailure),
    webhook: () => ({ ...webhook?.totals }),
    logger,
  });
  const unsubscribe = webhook === undefined ? undefined : view.subscribe((event) => webhook.notify(event));
  return {
    port: server.port,
    endStreams: () => server.endStreams(),
    close: async () => {
      unsubscribe?.();
      await Promise.all([server.close(), webhook?.close(WEBHOOK_PATIENCE_MS)]);
    },
  };
}

/** Errors: `QuerycopError` `listen.<reason>`, as those of the proxy's listener. */
function listening({ apiHost, apiPort }: Config, options: AdminOptions): AdminServer {
  try {
    return startAdminServer(options);
  } catch (error) {
    if (error instanceof QuerycopError) throw error;
    throw listenFailure(error, { host: apiHost, port: apiPort });
  }
}

/** An audit that cannot be written is said in any case, and is a reason to send no traffic where the configuration says so. */
export function withAudit(
  { ready, detail }: Readiness,
  { healthy, problem, lost }: AuditHealth,
  onFailure: Config["auditOnFailure"],
): Readiness {
  const gone = lost > 0 ? `; ${lost} audit records are lost since the start` : "";
  if (healthy) return { ready, detail: `${detail}${gone}` };
  return {
    ready: ready && onFailure === "continue",
    detail: `${detail}; the audit cannot be written: ${problem ?? "unknown reason"}${gone}`,
  };
}
