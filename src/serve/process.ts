import type { DigestRow } from "../contract/digest.ts";
import type { ProcessView } from "../admin/process_view.ts";
import type { Logger } from "../base/logger.ts";
import { VERSION } from "../base/version.ts";
import type { Config } from "../config/mod.ts";
import {
  type ClientLegTls,
  ConnectionCounts,
  formatEndpoint,
  isolateTrustStore,
  listen,
  logAcceptFailures,
} from "../net/mod.ts";
import { RsaPasswordKey, sealPassword } from "../protocol/auth/rsa_password.ts";
import type { ProxyOptions } from "../proxy/options.ts";
import { Proxy } from "../proxy/proxy.ts";
import { connectionsWithin, descriptorLimit, descriptorsFor } from "../base/descriptor_limit.ts";
import { createIdMaker } from "../base/ids.ts";
import { openRecorder } from "../store/journal_recorder.ts";
import type { LoadedPolicy } from "./load_policy.ts";
import { ServedPolicy } from "./policy_in_force.ts";
import { openServeAudit } from "./audit.ts";
import { proxyView } from "./proxy_view.ts";
import { startAdmin } from "./admin.ts";
import { serveGate } from "./gate.ts";
import { backendConnector, readSecret } from "./backend_connector.ts";

/** One serving process. */
export interface Serving {
  /** Port that clients connect to. */
  readonly port: number;
  /** Port of health checks; `undefined` in a worker, whose supervisor answers them. */
  readonly apiPort: number | undefined;
  /** Resolves when the last session has ended after a drain. */
  readonly finished: Promise<void>;
  sessions(): number;
  /**
   * Reads the policy again, which says in the log how that went, and the client leg's certificate; throws and keeps the
   * old one where that cannot be used.
   */
  reload(): void;
  drain(): Promise<void>;
  /** The process as the API shows it. */
  readonly view: ProcessView;
}

/** Starts to serve: the proxy and, unless this is one of several workers, the HTTP side. */
export async function startServing(
  config: Config,
  logger: Logger,
  role: { readonly worker: boolean },
): Promise<Serving> {
  isolateTrustStore(config.backendTlsCaFile);
  const counts = new ConnectionCounts();
  const connector = backendConnector(config, counts);
  const tls = clientLegTls(config);
  const listener = await listen({
    host: config.listenHost,
    port: config.listenPort,
    reusePort: role.worker,
    tls,
    counts,
    onAcceptFailed: logAcceptFailures(logger, "mysql"),
  });
  const audit = role.worker ? undefined : await openServeAudit(config, logger);
  const recorder = audit?.recorder ?? openRecorder({ dataDir: config.dataDir });
  const newId = createIdMaker();
  const recordProcess = (action: "started" | "stopped") =>
    recorder.record({ id: newId(), time: Date.now(), type: "process", action, detail: { version: VERSION } });
  recordProcess("started");
  const policy = new ServedPolicy(config, logger);
  const sinks = { recorder, onDigests: (rows: readonly DigestRow[]) => void recorder.addDigests(rows) };
  const gate = serveGate(config, policy.current, sinks, logger);
  const recordPolicy = ({ policy: { source, roles }, sha256, shadowSha256 }: LoadedPolicy) =>
    recorder.record({
      id: newId(),
      time: Date.now(),
      type: "policy",
      action: "loaded",
      detail: {
        source,
        roles: roles.length,
        ...(sha256 === undefined ? {} : { sha256 }),
        ...(shadowSha256 === undefined ? {} : { shadow_sha256: shadowSha256 }),
      },
    });
  recordPolicy(policy.current);
  policy.onChange = (fresh) => {
    gate.setPolicy(fresh);
    recordPolicy(fresh);
  };
  const options: ProxyOptions = {
    listener,
    connector,
    backendTls: config.backendTlsMode,
    clientTls: tls === undefined ? "off" : config.proxyTlsMode,
    proxyProtocol: config.proxyProtocol === "require",
    openJudge: gate.openJudge,
    observer: gate.observer,
    sealer: RsaPasswordKey.generate().then((key) => ({
      publicKeyPem: key.publicKeyPem,
      open: (sealed, nonce) => key.open(sealed, nonce),
      seal: sealPassword,
    })),
    limits: { responseBytes: config.maxResponseBytes, windowBytes: config.maxWindowBytes, rows: Infinity },
    maxStatementBytes: config.maxStatementBytes,
    connectionLimit: await connectionLimit(config, logger, role),
    maxConnectionsPerUser: config.maxConnectionsPerUser,
    connectTimeoutMs: config.connectTimeoutMs,
    loginTimeoutMs: config.loginTimeoutMs,
    idleTimeoutMs: config.idleTimeoutMs,
    drainTimeoutMs: config.drainTimeoutMs,
    logger,
  };
  const proxy = new Proxy(options);
  // A worker serves once its supervisor has told it what is blocked: nothing slips through between.
  const told = Promise.withResolvers<void>();
  if (!role.worker) told.resolve();
  const drain = () => {
    admin?.endStreams();
    told.resolve();
    return proxy.drain();
  };
  const view: ProcessView = {
    ...proxyView({
      proxy,
      gate,
      connections: counts,
      audit: () => audit?.state() ?? recorder.state(),
      policy,
    }),
    setOverrides: (overrides) => {
      gate.setOverrides(overrides);
      told.resolve();
      return Promise.resolve();
    },
    drain: () => void drain(),
  };
  audit?.store.onOverrides((overrides) => void view.setOverrides(overrides));
  const admin = audit === undefined ? undefined : startAdmin(config, logger, {
    // Checks of readiness count as nobody's connections.
    connector: backendConnector(config),
    backendTls: config.backendTlsMode,
    view,
    store: audit.store,
    recorder,
    draining: () => proxy.draining,
    serving: () => true,
  });
  const running = told.promise.then(() => proxy.run());
  logger.info("listening", {
    address: formatEndpoint(listener.address),
    client_tls: options.clientTls,
    backend: connector.target,
    backend_tls: config.backendTlsMode,
    pooler: config.backendPooler,
    ...(admin === undefined ? {} : { api: formatEndpoint({ host: config.apiHost, port: admin.port }) }),
    version: VERSION,
  });
  return {
    port: listener.address.port,
    apiPort: admin?.port,
    finished: running.then(async () => {
      gate.close();
      await admin?.close();
      recordProcess("stopped");
      recorder.close();
      await audit?.close();
    }),
    sessions: () => proxy.sessions.size,
    reload: () => {
      void policy.reload();
      const fresh = clientLegTls(config);
      if (fresh !== undefined) listener.setTls(fresh);
    },
    drain,
    view,
  };
}

/** As many connections as are configured, or as the process has descriptors for. */
async function connectionLimit(
  config: Config,
  logger: Logger,
  role: { readonly worker: boolean },
): Promise<ProxyOptions["connectionLimit"]> {
  const most = role.worker ? Math.ceil(config.maxConnections / config.workers) : config.maxConnections;
  const limit = await descriptorLimit();
  const room = limit === undefined ? most : connectionsWithin(limit.soft);
  if (limit === undefined || room >= most) {
    return { most, because: `GATEKEEPER_MAX_CONNECTIONS=${config.maxConnections}` };
  }
  logger.warn("the descriptor limit leaves room for fewer connections than are configured", {
    limit: limit.soft,
    connections: room,
    configured: most,
    hint: `Set the limit to ${descriptorsFor(most)} or more (LimitNOFILE= in systemd, --ulimit nofile= in ` +
      `Docker, ulimit -n in a shell), or GATEKEEPER_MAX_CONNECTIONS to ${room} or less`,
  });
  return { most: room, because: `descriptor limit ${limit.soft}` };
}

function clientLegTls(config: Config): ClientLegTls | undefined {
  if (config.proxyTlsCert === undefined || config.proxyTlsKey === undefined) return undefined;
  return {
    certPem: Deno.readTextFileSync(config.proxyTlsCert),
    keyPem: readSecret(config.proxyTlsKey),
    clientCaPem: config.proxyTlsClientCa === undefined
      ? undefined
      : Deno.readTextFileSync(config.proxyTlsClientCa),
    handshakeTimeoutMs: config.loginTimeoutMs,
  };
}
