import type { Secret } from "../base/secret.ts";
import { connectMysql, MysqlHandshake } from "../client/mod.ts";
import type { BackendConnector, TlsMode } from "../net/mod.ts";
import type { LoginTarget } from "./world.ts";

const ATTEMPT_LIMIT_MS = 15_000;

/** A place to log in at over the wire; `mode` is that of the connector. */
export function mysqlLogin(name: string, connector: BackendConnector, mode: TlsMode): LoginTarget {
  const limited = (signal: AbortSignal) => AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_LIMIT_MS)]);
  return {
    name,
    async probe(signal) {
      const handshake = await MysqlHandshake.open(connector, limited(signal));
      try {
        if (mode !== "disable" && handshake.offersTls) await handshake.startTls(limited(signal));
      } finally {
        handshake.close();
      }
    },
    async logIn(username: string, password: Secret, signal: AbortSignal) {
      const limit = limited(signal);
      const connection = await connectMysql(connector, mode, { user: username, password }, limit);
      try {
        await connection.query("select 1", limit);
      } finally {
        await connection.close(limit);
      }
    },
  };
}
