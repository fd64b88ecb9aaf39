import { TlsError } from "../base/errors.ts";
import {
  type BackendConnector,
  type BackendConnectorOptions,
  createBackendConnector,
  type TlsMode,
} from "../net/mod.ts";
import { MysqlHandshake, requestMysqlTls } from "./handshake.ts";
import type { Credentials } from "./login.ts";
import type { MysqlConnection } from "./mysql_connection.ts";

/** A connector that names the reason where a MySQL server's certificate is refused. */
export function createMysqlConnector(options: Omit<BackendConnectorOptions, "requestTls">): BackendConnector {
  return createBackendConnector({ ...options, requestTls: requestMysqlTls });
}

/**
 * Connects and logs in, with TLS as `mode` says: `prefer` goes on in plaintext where the server has none, the stronger
 * modes refuse before anything of the credentials is sent. `mode` is that of the connector.
 */
export async function connectMysql(
  connector: BackendConnector,
  mode: TlsMode,
  credentials: Credentials,
  signal: AbortSignal,
): Promise<MysqlConnection> {
  const handshake = await MysqlHandshake.open(connector, signal);
  if (mode !== "disable") {
    if (handshake.offersTls) await handshake.startTls(signal);
    else if (mode !== "prefer") {
      handshake.close();
      throw new TlsError("not_offered", `${connector.target} does not offer TLS`, {
        hint: `Turn TLS on in the server: mode ${mode} needs it`,
      });
    }
  }
  return await handshake.logIn(credentials, signal);
}
