import type { Cidr } from "../base/cidr.ts";
import { clientAddress } from "./client_address.ts";
import type { Mode } from "../contract/words.ts";
import type { AuditEvent } from "../contract/audit.ts";
import type { Logger } from "../base/logger.ts";
import type { Secret } from "../base/secret.ts";
import type { Store } from "../store/store.ts";
import { answer, type AnswerContext } from "./answer.ts";
import { isKey } from "./authorize.ts";
import { EventHub, isNotable } from "./event_hub.ts";
import { LoginSessions } from "./login_sessions.ts";
import { serveHttp } from "./http_server.ts";
import { type AdminTotals, Metrics } from "./metrics.ts";
import { MOST_ADMIN_CONNECTIONS } from "../base/descriptor_limit.ts";
import { logAcceptFailures } from "../net/mod.ts";
import type { ProcessView } from "./process_view.ts";
import { RateLimit } from "./rate_limit.ts";
import type { Readiness } from "./readiness.ts";
import { StatsMaker } from "./stats.ts";

/** Requests a second of one address that are refused because the key is missing or wrong; those with it are not counted. */
const API_PER_SECOND = 10;
/** And of the open ones that cost something: metrics, the description, the dashboard's files. */
const OPEN_PER_SECOND = 50;
/** Wrong keys of an address at once, and a minute. */
const WRONG_LOGINS = 5;
/** How long requests under way may go on when the server is closed, in ms. */
const CLOSE_PATIENCE_MS = 2000;
/** How long a client may take for the head of a request, its first and each that follows on the connection, in ms. */
const HEAD_PATIENCE_MS = 15_000;
/** How long a client may take nothing of an answer, in ms. */
const WRITE_PATIENCE_MS = 30_000;

export interface AdminOptions {
  readonly host: string;
  readonly port: number;
  /** Proxies whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly Cidr[];
  /** Without it only the open routes answer. */
  readonly key: Secret | undefined;
  readonly version: string;
  readonly mode: Mode;
  readonly pooler: string;
  readonly view: ProcessView;
  readonly store: Store;
  /** Records an event; false where it could not be written. */
  readonly record: (event: AuditEvent) => boolean;
  readonly refuseUnaudited: boolean;
  readonly newId: () => string;
  readonly ready: () => Promise<Readiness>;
  /** Webhook deliveries by result. */
  readonly webhook: () => Readonly<Record<string, number>>;
  readonly logger: Logger;
  /** How long a client may take for the head of a request, in ms. Default 15 s. */
  readonly headPatienceMs?: number;
}

/** The running HTTP side. */
export interface AdminServer {
  readonly port: number;
  /** Ends the event streams, so that who listens sees the drain begin. */
  endStreams(): void;
  /** Resolves once no request runs, after two seconds at most. */
  close(): Promise<void>;
}

/** Starts the HTTP side: health, metrics, dashboard, and with a key the admin API. */
export function startAdminServer(options: AdminOptions): AdminServer {
  const { key, logger } = options;
  let acceptFailures = 0;
  const log = logAcceptFailures(logger, "admin");
  const context = answerContext(options, REAL_TIME, () => ({
    connections: server.connections(),
    acceptFailures,
  }));
  const server = serveHttp({
    host: options.host,
    port: options.port,
    mostConnections: MOST_ADMIN_CONNECTIONS,
    headPatienceMs: options.headPatienceMs ?? HEAD_PATIENCE_MS,
    writePatienceMs: WRITE_PATIENCE_MS,
    answer: (request, peer) => {
      const forwardedFor = request.headers.get("x-forwarded-for");
      return answer(request, clientAddress(peer, forwardedFor, options.trustedProxies), context);
    },
    onAcceptFailed: (error) => {
      acceptFailures++;
      log(error);
    },
  });
  if (key !== undefined && !isLoopback(options.host)) {
    logger.warn(
      "the admin API listens beyond this machine without TLS, so its key crosses the network in clear",
      {
        address: options.host,
        hint: "Put a proxy with TLS in front of it, or set GATEKEEPER_API_HOST=127.0.0.1",
      },
    );
  }
  return {
    port: server.port,
    endStreams: () => context.events.close(),
    close: async () => {
      context.events.close();
      await server.close(CLOSE_PATIENCE_MS);
    },
  };
}

/** Where time comes from; a test gives its own. */
export interface AdminTime {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** Milliseconds that never go back. */
  readonly monotonic: () => number;
  readonly everySecond: (callback: () => void) => () => void;
}

const REAL_TIME: AdminTime = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  everySecond: (callback) => {
    const timer = setInterval(callback, 1000);
    return () => clearInterval(timer);
  },
};

const NO_CONNECTIONS = { connections: { open: 0, refused: 0, timedOut: 0 }, acceptFailures: 0 };

/** Everything that answering needs, made from the options. */
export function answerContext(
  options: Omit<AdminOptions, "host" | "port" | "trustedProxies">,
  { now, monotonic, everySecond }: AdminTime = REAL_TIME,
  http: () => Pick<AdminTotals, "connections" | "acceptFailures"> = () => NO_CONNECTIONS,
): AnswerContext {
  const { key, version, mode, view, store } = options;
  const requests: Record<string, number> = {};
  const stats = new StatsMaker({ view, version, mode, now });
  const events = new EventHub({
    view,
    stats: () => stats.current(),
    everySecond,
    recent: async (limit) => {
      await store.flush();
      return await store.audit({ limit });
    },
  });
  return {
    ...options,
    now,
    record: (event) => {
      if (isNotable(event)) events.publish({ type: "decision", event });
      return options.record(event);
    },
    metrics: new Metrics({ pooler: options.pooler }, version),
    onAnswer: (status) => void (requests[status] = (requests[status] ?? 0) + 1),
    adminTotals: () => ({
      requests: { ...requests },
      eventStreams: events.listeners,
      webhook: options.webhook(),
      ...http(),
    }),
    stats: () => stats.current(),
    events,
    logins: new LoginSessions(monotonic),
    wrongKeys: new RateLimit({ perSecond: WRONG_LOGINS / 60, burst: WRONG_LOGINS, now: monotonic }),
    isKey: (text) => key !== undefined && isKey(text, key),
    apiLimit: new RateLimit({ perSecond: API_PER_SECOND, burst: API_PER_SECOND, now: monotonic }),
    openLimit: new RateLimit({ perSecond: OPEN_PER_SECOND, burst: OPEN_PER_SECOND, now: monotonic }),
  };
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}
