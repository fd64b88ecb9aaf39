import { TlsError, type TlsReason } from "../base/errors.ts";
import type { EndCause } from "../contract/words.ts";
import type { ProxyOptions } from "./options.ts";

/** Why a login did not lead to a session; the client has been told. */
export class LoginEnded extends Error {
  override readonly name = "LoginEnded";
  readonly endCause: EndCause;
  /** Error number the client was given, 0 for none. */
  readonly errno: number;
  constructor(endCause: EndCause, message: string, errno = 0) {
    super(message);
    this.endCause = endCause;
    this.errno = errno;
  }
}

/** The words of 2003: the backend cannot be reached, or does not answer. */
export function unreachable(options: ProxyOptions, error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  return `Can't connect to MySQL server on '${options.connector.target}' (querycop: ${detail})`;
}

/** The words where the backend offers no TLS and has to. */
export function noTlsOffered(options: ProxyOptions): string {
  return `SSL connection error: querycop: ${options.connector.target} does not offer TLS, which ` +
    `GATEKEEPER_BACKEND_TLS_MODE=${options.backendTls} asks for`;
}

/** What failed, where it was not that the certificate could not be verified. */
const TLS_WORDS: Readonly<Partial<Record<TlsReason, string>>> = {
  weak_key: "certificate key too weak",
  protocol: "no common protocol",
  client_certificate_required: "client certificate required",
  handshake_failed: "handshake failed",
};

/** The words of 2026: what of TLS failed, and why. */
export function tlsFailed({ connector }: ProxyOptions, error: unknown): string {
  const [what, why] = error instanceof TlsError
    ? [TLS_WORDS[error.reason] ?? "certificate verify failed", error.message]
    : ["handshake failed", `the TLS handshake failed: ${(error as Error).message}`];
  return `SSL connection error: ${what} (querycop: ${connector.target}: ${why})`;
}
