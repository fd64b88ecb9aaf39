import { Secret } from "../base/secret.ts";
import { requestMysqlTls } from "../client/mod.ts";
import type { Config } from "../config/mod.ts";
import { type BackendConnector, type ConnectionCounts, createBackendConnector } from "../net/mod.ts";

/** The keys that a connection to the backend depends on. */
export type BackendConfig = Pick<
  Config,
  | "backendHost"
  | "backendPort"
  | "backendIpFamily"
  | "backendTlsMode"
  | "backendTlsCaFile"
  | "backendTlsServerName"
  | "backendTlsCert"
  | "backendTlsKey"
  | "connectTimeoutMs"
>;

/** The backend as configured. Its files are read once: the CA file, and querycop's own certificate. */
export function backendConnector(config: BackendConfig, counts?: ConnectionCounts): BackendConnector {
  const mode = config.backendTlsMode;
  return createBackendConnector({
    host: config.backendHost,
    port: config.backendPort,
    family: config.backendIpFamily === "auto" ? "auto" : config.backendIpFamily === "4" ? 4 : 6,
    connectTimeoutMs: config.connectTimeoutMs,
    tls: {
      mode,
      caPem: config.backendTlsCaFile === undefined
        ? undefined
        : Deno.readTextFileSync(config.backendTlsCaFile),
      serverName: config.backendTlsServerName,
      certPem: config.backendTlsCert === undefined ? undefined : Deno.readTextFileSync(config.backendTlsCert),
      keyPem: config.backendTlsKey === undefined ? undefined : readSecret(config.backendTlsKey),
    },
    requestTls: requestMysqlTls,
    counts,
  });
}

/** The text of a file that holds a secret, such as a private key. */
export function readSecret(path: string): Secret {
  return new Secret(Deno.readTextFileSync(path));
}
