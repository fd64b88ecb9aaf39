import { BackendLeg, nobody, wantsTls } from "./backend_leg.ts";
import type { ProxyOptions } from "./options.ts";

/**
 * Reaches the backend as a session would, TLS as configured, and resolves to the server's version. The login is
 * finished, as a user that the server refuses. Errors are those of a session: ConnectError, TlsError, ProtocolError.
 */
export async function probeBackend(
  options: Pick<ProxyOptions, "connector" | "backendTls">,
  signal: AbortSignal,
): Promise<string> {
  const leg = await BackendLeg.open(options, signal, () => {});
  const close = (): void => leg.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    if (wantsTls(leg, options.backendTls, options.connector.target)) {
      await leg.startTls(nobody(leg.greeting, true), signal);
    }
    return leg.greeting.serverVersion;
  } finally {
    await leg.leave();
    signal.removeEventListener("abort", close);
  }
}
