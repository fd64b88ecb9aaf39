import { LOG_LEVELS } from "../base/logger.ts";
import { TLS_MODES } from "../net/tls_mode.ts";
import * as kinds from "./kinds.ts";

/** Variables by name, as the process found them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One key of the configuration. */
export interface KeyDefinition<T> {
  /** The environment variable. The flag and the name in a configuration file follow from it. */
  readonly env: string;
  readonly group: string;
  /** What it is for, in a phrase or two without a final period. */
  readonly summary: string;
  readonly kind: kinds.Kind<T>;
  /** Text that stands where nothing is set; `undefined` leaves the key unset. */
  readonly fallback: string | undefined | ((env: Environment, os: string) => string);
  /** Said in the documentation in place of a fallback that depends on the machine. */
  readonly fallbackText?: string;
  /** Must be set. The text says how to cure it. */
  readonly required?: string;
  /** Read from NAME_FILE too, has no flag of its own, is never shown. */
  readonly secret?: boolean;
}

const BACKEND = "Backend";
const BACKEND_TLS = "Backend TLS";
const CLIENT = "Client side";
const LIMITS = "Limits";
const API = "Admin API";
const POLICY = "Policy";
const AUDIT = "Audit";
const WEBHOOK = "Webhook";
const RUNNING = "Running";

/**
 * Every key there is. A new one is an entry here: flag, file key, documentation, JSON schema, completion and the
 * property of {@link Config} follow from it.
 */
export const KEYS = {
  backendHost: {
    env: "GATEKEEPER_BACKEND_HOST",
    group: BACKEND,
    summary: "The database's host",
    kind: kinds.host,
    fallback: undefined,
    required:
      "Set it to the database's host, for PlanetScale aws.connect.psdb.cloud or gcp.connect.psdb.cloud",
  },
  backendPort: {
    env: "GATEKEEPER_BACKEND_PORT",
    group: BACKEND,
    summary: "The database's port",
    kind: kinds.port(1),
    fallback: "3306",
  },
  backendIpFamily: {
    env: "GATEKEEPER_BACKEND_IP_FAMILY",
    group: BACKEND,
    summary:
      "auto dials IPv6 and IPv4 addresses staggered and takes the first to answer; 4 and 6 dial one family",
    kind: kinds.choice("auto", "4", "6"),
    fallback: "auto",
  },
  backendPooler: {
    env: "GATEKEEPER_BACKEND_POOLER",
    group: BACKEND,
    summary:
      "What stands before the database (vitess, proxysql, ...): a label in logs and metrics, no change on the wire",
    kind: kinds.label,
    fallback: "none",
  },
  backendTlsMode: {
    env: "GATEKEEPER_BACKEND_TLS_MODE",
    group: BACKEND_TLS,
    summary:
      "prefer uses TLS where the server offers it; require refuses to go on without; verify-ca checks the " +
      "certificate's issuer, verify-full its name too",
    kind: kinds.choice(...TLS_MODES),
    fallback: "prefer",
  },
  backendTlsCaFile: {
    env: "GATEKEEPER_BACKEND_TLS_CA_FILE",
    group: BACKEND_TLS,
    summary:
      "PEM file of the certificate authorities to trust, and no others; verify-ca and verify-full need it, " +
      "even when it is the system's own bundle",
    kind: kinds.optional(kinds.path),
    fallback: undefined,
  },
  backendTlsServerName: {
    env: "GATEKEEPER_BACKEND_TLS_SERVER_NAME",
    group: BACKEND_TLS,
    summary: "Name for SNI and for the check of the certificate",
    kind: kinds.optional(kinds.host),
    fallback: undefined,
    fallbackText: "GATEKEEPER_BACKEND_HOST",
  },
  backendTlsCert: {
    env: "GATEKEEPER_BACKEND_TLS_CERT",
    group: BACKEND_TLS,
    summary: "PEM file of querycop's own certificate, for a database that asks for one",
    kind: kinds.optional(kinds.path),
    fallback: undefined,
  },
  backendTlsKey: {
    env: "GATEKEEPER_BACKEND_TLS_KEY",
    group: BACKEND_TLS,
    summary: "PEM file of that certificate's private key",
    kind: kinds.optional(kinds.path),
    fallback: undefined,
  },
  listenHost: {
    env: "GATEKEEPER_LISTEN_HOST",
    group: CLIENT,
    summary: "Address to listen on for applications",
    kind: kinds.host,
    fallback: "127.0.0.1",
  },
  listenPort: {
    env: "GATEKEEPER_LISTEN_PORT",
    group: CLIENT,
    summary: "Port to listen on; 0 takes any free one",
    kind: kinds.port(0),
    fallback: "15336",
  },
  proxyTlsCert: {
    env: "GATEKEEPER_PROXY_TLS_CERT",
    group: CLIENT,
    summary:
      "PEM file of the certificate shown to applications; without it their side has no TLS. SIGHUP reads it again",
    kind: kinds.optional(kinds.path),
    fallback: undefined,
  },
  proxyTlsKey: {
    env: "GATEKEEPER_PROXY_TLS_KEY",
    group: CLIENT,
    summary: "PEM file of that certificate's private key",
    kind: kinds.optional(kinds.path),
    fallback: undefined,
  },
  proxyTlsMode: {
    env: "GATEKEEPER_PROXY_TLS_MODE",
    group: CLIENT,
    summary: "With a certificate: prefer lets applications choose, require refuses those without TLS",
    kind: kinds.choice("prefer", "require"),
    fallback: "prefer",
  },
  proxyTlsClientCa: {
    env: "GATEKEEPER_PROXY_TLS_CLIENT_CA",
    group: CLIENT,
    summary: "PEM file of the authorities that applications' own certificates must come from (mutual TLS)",
    kind: kinds.optional(kinds.path),
    fallback: undefined,
  },
  proxyProtocol: {
    env: "GATEKEEPER_PROXY_PROTOCOL",
    group: CLIENT,
    summary: "require expects a PROXY v1 or v2 header from the balancer in front",
    kind: kinds.choice("off", "require"),
    fallback: "off",
  },
  maxConnections: {
    env: "GATEKEEPER_MAX_CONNECTIONS",
    group: LIMITS,
    summary: "Client connections at a time; the next gets error 1040",
    kind: kinds.count(1, 1_000_000),
    fallback: "1000",
  },
  maxConnectionsPerUser: {
    env: "GATEKEEPER_MAX_CONNECTIONS_PER_USER",
    group: LIMITS,
    summary: "The same for one user name; 0 is no limit",
    kind: kinds.count(0, 1_000_000),
    fallback: "0",
  },
  connectTimeoutMs: {
    env: "GATEKEEPER_CONNECT_TIMEOUT",
    group: LIMITS,
    summary: "Longest time to reach the database, TLS included",
    kind: kinds.duration(1),
    fallback: "10s",
  },
  loginTimeoutMs: {
    env: "GATEKEEPER_LOGIN_TIMEOUT",
    group: LIMITS,
    summary: "Longest time for an application to log in",
    kind: kinds.duration(1),
    fallback: "10s",
  },
  idleTimeoutMs: {
    env: "GATEKEEPER_IDLE_TIMEOUT",
    group: LIMITS,
    summary: "A connection without a statement for this long is closed",
    kind: kinds.duration(1),
    fallback: "8h",
  },
  drainTimeoutMs: {
    env: "GATEKEEPER_DRAIN_TIMEOUT",
    group: LIMITS,
    summary: "After SIGTERM, time for running statements and open transactions to finish",
    kind: kinds.duration(0),
    fallback: "30s",
  },
  maxStatementBytes: {
    env: "GATEKEEPER_MAX_STATEMENT_MB",
    group: LIMITS,
    summary: "Longest statement that is judged; a longer one is refused",
    kind: kinds.megabytes(1024, false),
    fallback: "64",
  },
  maxResponseBytes: {
    env: "GATEKEEPER_MAX_RESPONSE_MB",
    group: LIMITS,
    summary: "Most that one statement may return; 0 is no limit",
    kind: kinds.megabytes(1_000_000, true),
    fallback: "100",
  },
  maxWindowBytes: {
    env: "GATEKEEPER_MAX_WINDOW_MB",
    group: LIMITS,
    summary: "Most that one connection may fetch in any 60 seconds; 0 is no limit",
    kind: kinds.megabytes(1_000_000, true),
    fallback: "500",
  },
  apiHost: {
    env: "GATEKEEPER_API_HOST",
    group: API,
    summary: "Address of health checks, metrics and the admin API",
    kind: kinds.host,
    fallback: "127.0.0.1",
  },
  apiPort: {
    env: "GATEKEEPER_API_PORT",
    group: API,
    summary: "Its port; 0 takes any free one",
    kind: kinds.port(0),
    fallback: "8080",
  },
  adminApiKey: {
    env: "ADMIN_API_KEY",
    group: API,
    summary: "Bearer key of the admin API; unset, only /healthz, /readyz and /metrics answer",
    kind: kinds.optional(kinds.secret),
    fallback: undefined,
    secret: true,
  },
  apiTrustedProxies: {
    env: "GATEKEEPER_API_TRUSTED_PROXIES",
    group: API,
    summary:
      "Address ranges, with commas, of proxies before the admin API whose X-Forwarded-For is believed: limits and " +
      "the audit then count the address behind them",
    kind: kinds.optional(kinds.addressRanges),
    fallback: undefined,
  },
  mode: {
    env: "GATEKEEPER_MODE",
    group: POLICY,
    summary:
      "enforce refuses and holds as the policy says; monitor scores and records and lets everything pass",
    kind: kinds.choice("enforce", "monitor"),
    fallback: "enforce",
  },
  policyFile: {
    env: "GATEKEEPER_POLICY_FILE",
    group: POLICY,
    summary: "YAML or JSON file of roles, thresholds, rules and limits; SIGHUP reads it again",
    kind: kinds.optional(kinds.path),
    fallback: undefined,
    fallbackText: "the built-in policy",
  },
  scorePrepared: {
    env: "GATEKEEPER_SCORE_PREPARED",
    group: POLICY,
    summary: "off lets statements that the server prepares pass unjudged",
    kind: kinds.boolean,
    fallback: "on",
  },
  holdTimeoutMs: {
    env: "GATEKEEPER_HOLD_TIMEOUT",
    group: POLICY,
    summary: "How long a held statement waits for an approver before it is refused",
    kind: kinds.duration(1),
    fallback: "5m",
  },
  auditOnFailure: {
    env: "GATEKEEPER_AUDIT_ON_FAILURE",
    group: AUDIT,
    summary:
      "When the audit cannot be written: continue lets statements pass and counts what is lost, refuse lets none pass",
    kind: kinds.choice("continue", "refuse"),
    fallback: "continue",
  },
  auditStatements: {
    env: "GATEKEEPER_AUDIT_STATEMENTS",
    group: AUDIT,
    summary: "notable records what was warned of, held or refused; all records every statement",
    kind: kinds.choice("notable", "all"),
    fallback: "notable",
  },
  auditLiterals: {
    env: "GATEKEEPER_AUDIT_LITERALS",
    group: AUDIT,
    summary: "on records statements as they were written, values and all, rather than their normal form",
    kind: kinds.boolean,
    fallback: "off",
  },
  auditKeepDays: {
    env: "GATEKEEPER_AUDIT_KEEP_DAYS",
    group: AUDIT,
    summary: "Days that audit records are kept; 0 keeps them for good",
    kind: kinds.count(0, 36_500),
    fallback: "90",
  },
  auditMaxBytes: {
    env: "GATEKEEPER_AUDIT_MAX_MB",
    group: AUDIT,
    summary: "Size past which the oldest audit records are removed; 0 is no limit",
    kind: kinds.megabytes(1_000_000, true),
    fallback: "1024",
  },
  webhookUrl: {
    env: "GATEKEEPER_WEBHOOK_URL",
    group: WEBHOOK,
    summary: "Told of held statements and of refusals that are critical, by POST",
    kind: kinds.optional(kinds.httpUrl),
    fallback: undefined,
  },
  webhookSecret: {
    env: "GATEKEEPER_WEBHOOK_SECRET",
    group: WEBHOOK,
    summary: "Key of the HMAC-SHA256 signature that each call carries",
    kind: kinds.optional(kinds.secret),
    fallback: undefined,
    secret: true,
  },
  webhookCaFile: {
    env: "GATEKEEPER_WEBHOOK_CA_FILE",
    group: WEBHOOK,
    summary: "PEM file of the certificate authorities to trust for an https webhook",
    kind: kinds.optional(kinds.path),
    fallback: undefined,
    fallbackText: "the system's bundle",
  },
  dataDir: {
    env: "GATEKEEPER_DATA_DIR",
    group: RUNNING,
    summary: "Directory of what querycop keeps: audit, approvals, digests, rotations",
    kind: kinds.path,
    fallback: defaultDataDir,
    fallbackText: "$XDG_STATE_HOME/querycop",
  },
  dataDirRequired: {
    env: "GATEKEEPER_DATA_DIR_REQUIRED",
    group: RUNNING,
    summary:
      "Refuse to start when the data directory cannot be written; false starts and keeps no audit until it can",
    kind: kinds.boolean,
    fallback: "true",
  },
  workers: {
    env: "GATEKEEPER_WORKERS",
    group: RUNNING,
    summary: "Processes that share the port",
    kind: kinds.count(1, 256),
    fallback: "1",
  },
  logLevel: {
    env: "GATEKEEPER_LOG_LEVEL",
    group: RUNNING,
    summary: "How much is logged",
    kind: kinds.choice(...LOG_LEVELS),
    fallback: "info",
  },
  logFormat: {
    env: "GATEKEEPER_LOG_FORMAT",
    group: RUNNING,
    summary: "auto is pretty on a terminal and json elsewhere",
    kind: kinds.choice("auto", "json", "pretty"),
    fallback: "auto",
  },
} satisfies Readonly<Record<string, KeyDefinition<unknown>>>;

/** Name of a key in {@link Config}. */
export type ConfigKey = keyof typeof KEYS;

/**
 * The configuration, read and checked. Durations in milliseconds, sizes in bytes (Infinity where 0 was written for no
 * limit), secrets as Secret, and `undefined` for what may stay unset and is.
 */
export type Config = {
  readonly [K in ConfigKey]: (typeof KEYS)[K]["kind"] extends kinds.Kind<infer T> ? T : never;
};

/** The table in its order, typed for those who walk it. */
export function keyEntries(): readonly (readonly [ConfigKey, KeyDefinition<unknown>])[] {
  return Object.entries(KEYS) as [ConfigKey, KeyDefinition<unknown>][];
}

/** `--backend-host` for GATEKEEPER_BACKEND_HOST; a secret's flag names a file: `--admin-api-key-file`. */
export function flagOf(key: KeyDefinition<unknown>): string {
  return `--${fileKeyOf(key).replaceAll("_", "-")}${key.secret === true ? "-file" : ""}`;
}

/** `backend_host` for GATEKEEPER_BACKEND_HOST. */
export function fileKeyOf(key: KeyDefinition<unknown>): string {
  return key.env.replace(/^GATEKEEPER_/, "").toLowerCase();
}

/** Where state belongs by the system's convention; /var/lib for a user without a home. */
function defaultDataDir(env: Environment, os: string): string {
  if (os === "windows") return `${env.LOCALAPPDATA ?? env.USERPROFILE ?? "C:\\ProgramData"}\\querycop`;
  if (env.XDG_STATE_HOME?.startsWith("/")) return `${env.XDG_STATE_HOME}/querycop`;
  return env.HOME?.startsWith("/") ? `${env.HOME}/.local/state/querycop` : "/var/lib/querycop";
}
