import { ConfigError } from "../base/errors.ts";
import { parseIp } from "../net/x509/ip.ts";
import { systemCaBundle } from "./ca_bundle.ts";
import { type Config, type ConfigKey, KEYS } from "./keys.ts";
import type { Source } from "./source.ts";

/** Something that works and is probably not meant. */
export interface ConfigWarning {
  readonly key: string;
  readonly message: string;
  readonly hint: string;
}

/** What the keys say together. */
export interface Together {
  readonly problems: readonly ConfigError[];
  readonly warnings: readonly ConfigWarning[];
}

/** The machine as far as the advice depends on it. */
export interface Machine {
  readonly os: string;
  /** The bundle of public authorities here; looked up unless a test gives it. */
  readonly caBundle?: string | undefined;
}

/** Reports keys that are each fine and contradict one another. Keys that could not be read are `undefined`. */
export function checkTogether(
  config: Partial<Config>,
  sources: Partial<Record<ConfigKey, Source>>,
  machine: Machine,
): Together {
  const problems: ConfigError[] = [];
  const warnings: ConfigWarning[] = [];
  const refuse = (key: ConfigKey, message: string, hint: string) =>
    problems.push(new ConfigError(KEYS[key].env, message, { hint }));
  const warn = (key: ConfigKey, message: string, hint: string) =>
    warnings.push({ key: KEYS[key].env, message, hint });
  // A key that is set to something unreadable is reported already: nothing is said about its absence.
  const missing = (key: ConfigKey) => sources[key]?.from === "unset";
  const set = (key: ConfigKey) => sources[key] !== undefined && !missing(key);

  const mode = config.backendTlsMode;
  const verified = mode === "verify-ca" || mode === "verify-full";
  if (
    config.backendHost !== undefined && isPlanetScale(config.backendHost) &&
    (mode === "disable" || mode === "prefer")
  ) {
    const byDefault = sources.backendTlsMode?.from === "default" ? " by default" : "";
    refuse(
      "backendTlsMode",
      `GATEKEEPER_BACKEND_TLS_MODE is "${mode}"${byDefault}, and ${config.backendHost} refuses connections without TLS`,
      `Set GATEKEEPER_BACKEND_TLS_MODE=verify-full and GATEKEEPER_BACKEND_TLS_CA_FILE${
        bundleAdvice(machine)
      }`,
    );
  }
  if (verified && missing("backendTlsCaFile")) {
    refuse(
      "backendTlsCaFile",
      `GATEKEEPER_BACKEND_TLS_CA_FILE is not set, and GATEKEEPER_BACKEND_TLS_MODE is "${mode}"`,
      `Set GATEKEEPER_BACKEND_TLS_CA_FILE${
        bundleAdvice(machine)
      }; it has to be named even when it is the system's own`,
    );
  }
  for (
    const [one, other] of [
      ["backendTlsCert", "backendTlsKey"],
      ["backendTlsKey", "backendTlsCert"],
      ["proxyTlsCert", "proxyTlsKey"],
      ["proxyTlsKey", "proxyTlsCert"],
    ] as const
  ) {
    if (set(one) && missing(other)) {
      refuse(other, `${KEYS[one].env} is set and ${KEYS[other].env} is not`, "Set both, or neither");
    }
  }
  if (missing("proxyTlsCert") && missing("proxyTlsKey")) {
    if (config.proxyTlsMode === "require") {
      refuse(
        "proxyTlsMode",
        'GATEKEEPER_PROXY_TLS_MODE is "require", and there is no certificate to show',
        "Set GATEKEEPER_PROXY_TLS_CERT and GATEKEEPER_PROXY_TLS_KEY",
      );
    }
    if (set("proxyTlsClientCa")) {
      refuse(
        "proxyTlsClientCa",
        "GATEKEEPER_PROXY_TLS_CLIENT_CA is set, and without a certificate of querycop's own there is no TLS to use it in",
        "Set GATEKEEPER_PROXY_TLS_CERT and GATEKEEPER_PROXY_TLS_KEY",
      );
    }
    if (config.listenHost !== undefined && !isLoopback(config.listenHost)) {
      warn(
        "listenHost",
        `Listening on ${config.listenHost} without TLS: passwords cross that network in the open`,
        "Set GATEKEEPER_PROXY_TLS_CERT and GATEKEEPER_PROXY_TLS_KEY, unless the network itself is encrypted",
      );
    }
  }
  if (config.adminApiKey !== undefined && config.apiHost !== undefined && !isLoopback(config.apiHost)) {
    warn(
      "apiHost",
      `The admin API on ${config.apiHost} has no TLS: ADMIN_API_KEY crosses that network in the open`,
      "Set GATEKEEPER_API_HOST=127.0.0.1, or put a proxy with TLS before it",
    );
  }
  if (config.adminApiKey !== undefined && config.adminApiKey.length < 16) {
    warn("adminApiKey", "ADMIN_API_KEY has fewer than 16 characters", "Make one with openssl rand -hex 16");
  }
  checkAddresses(config, refuse);
  for (const [key, message, hint] of withoutEffect(config, (key) => isWritten(sources[key]))) {
    warn(key, message, hint);
  }
  if (machine.os === "windows" && (config.workers ?? 1) > 1) {
    refuse(
      "workers",
      "GATEKEEPER_WORKERS is above 1, and Windows cannot share a port",
      "Set GATEKEEPER_WORKERS=1",
    );
  }
  return { problems, warnings };
}

/** Whether somebody set it, to whatever. */
function isWritten(source: Source | undefined): boolean {
  return source !== undefined && source.from !== "default" && source.from !== "unset";
}

/** Keys that were set and change nothing beside the others: each with why, and what would make them count. */
function withoutEffect(
  config: Partial<Config>,
  isSet: (key: ConfigKey) => boolean,
): readonly (readonly [key: ConfigKey, message: string, hint: string])[] {
  const unused: (readonly [ConfigKey, string, string])[] = [];
  const note = (key: ConfigKey, why: string, hint: string) => {
    if (isSet(key)) unused.push([key, `${KEYS[key].env} is set and not used: ${why}`, hint]);
  };
  const { backendTlsMode: mode } = config;
  if (mode !== undefined && mode !== "verify-ca" && mode !== "verify-full") {
    note(
      "backendTlsCaFile",
      `mode "${mode}" checks no certificate`,
      "Set GATEKEEPER_BACKEND_TLS_MODE to verify-full",
    );
  }
  if (mode === "disable") {
    const hint = "Set GATEKEEPER_BACKEND_TLS_MODE to require or stronger";
    note("backendTlsCert", 'mode "disable" has no TLS', hint);
    note("backendTlsServerName", 'mode "disable" has no TLS', hint);
  }
  if (config.backendHost !== undefined && parseIp(config.backendHost) !== undefined) {
    note(
      "backendIpFamily",
      `${config.backendHost} is one address`,
      "Unset it, or name the database by its host name",
    );
  }
  if (!isSet("proxyTlsCert") && config.proxyTlsMode === "prefer") {
    note(
      "proxyTlsMode",
      "without a certificate applications get no TLS",
      "Set GATEKEEPER_PROXY_TLS_CERT and GATEKEEPER_PROXY_TLS_KEY",
    );
  }
  const { maxConnections, maxConnectionsPerUser } = config;
  if (
    maxConnections !== undefined && maxConnectionsPerUser !== undefined &&
    maxConnectionsPerUser >= maxConnections
  ) {
    note(
      "maxConnectionsPerUser",
      `GATEKEEPER_MAX_CONNECTIONS is ${maxConnections}`,
      "Set it below GATEKEEPER_MAX_CONNECTIONS, or unset it",
    );
  }
  if (!isSet("webhookUrl")) {
    for (const key of ["webhookSecret", "webhookCaFile"] as const) {
      note(key, "there is no webhook", "Set GATEKEEPER_WEBHOOK_URL");
    }
  } else if (config.webhookUrl?.protocol === "http:") {
    note("webhookCaFile", "GATEKEEPER_WEBHOOK_URL is http", "Give the webhook an https URL");
  }
  if (config.auditOnFailure === "refuse" && config.dataDirRequired === false) {
    note(
      "dataDirRequired",
      "GATEKEEPER_AUDIT_ON_FAILURE=refuse needs the data directory",
      "Unset it, or set GATEKEEPER_AUDIT_ON_FAILURE=continue",
    );
  }
  return unused;
}

function checkAddresses(
  config: Partial<Config>,
  refuse: (key: ConfigKey, message: string, hint: string) => void,
): void {
  const { listenHost, listenPort, apiHost, apiPort, backendHost, backendPort } = config;
  if (
    listenPort !== undefined && listenPort !== 0 && listenPort === apiPort && overlap(listenHost, apiHost)
  ) {
    refuse(
      "apiPort",
      `GATEKEEPER_API_PORT and GATEKEEPER_LISTEN_PORT are both ${apiPort}`,
      "Give one of them another port",
    );
  }
  if (
    backendHost !== undefined && isLoopback(backendHost) && backendPort === listenPort &&
    overlap(listenHost, backendHost)
  ) {
    refuse(
      "backendPort",
      `The backend ${backendHost}:${backendPort} is where querycop itself listens`,
      "Set GATEKEEPER_BACKEND_HOST and GATEKEEPER_BACKEND_PORT to the database",
    );
  }
}

/** Whether sockets on both hosts would meet on one port. */
function overlap(a: string | undefined, b: string | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const anywhere = (host: string) => host === "0.0.0.0" || host === "::";
  return a === b || anywhere(a) || anywhere(b) || (a === "localhost" && isLoopback(b)) ||
    (b === "localhost" && isLoopback(a));
}

/** PlanetScale's edge, which takes no connection without TLS. */
export function isPlanetScale(host: string): boolean {
  return /(^|\.)psdb\.cloud\.?$/i.test(host);
}

/** Whether an address stays on this machine. */
export function isLoopback(host: string): boolean {
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|::1|0:0:0:0:0:0:0:1)$/i.test(host);
}

function bundleAdvice(machine: Machine): string {
  const bundle = "caBundle" in machine ? machine.caBundle : systemCaBundle();
  return bundle === undefined
    ? " to a PEM file of the authorities to trust (install the package ca-certificates for the public ones)"
    : `=${bundle}`;
}
