import type { Secret } from "../base/secret.ts";

/** How much TLS a backend leg wants, weakest first; the words are those of MySQL and PostgreSQL clients. */
export const TLS_MODES = ["disable", "prefer", "require", "verify-ca", "verify-full"] as const;

/**
 * `prefer` and `require` encrypt without checking who the peer is; `verify-ca` checks the certificate's chain against
 * the CA file; `verify-full` also the name. `prefer` goes on in plaintext where the server has no TLS.
 */
export type TlsMode = typeof TLS_MODES[number];

/** TLS of the backend leg. */
export interface BackendTls {
  readonly mode: TlsMode;
  /** PEM text of the only certificates that `verify-ca` and `verify-full` trust; those modes need it. */
  readonly caPem?: string | undefined;
  /** Name for SNI and verification; the dialled host where unset. */
  readonly serverName?: string | undefined;
  /** PEM text of the client's certificate and the intermediates that belong to it. */
  readonly certPem?: string | undefined;
  /** PEM text of that certificate's private key. */
  readonly keyPem?: Secret | undefined;
}

/** Whether the mode checks the peer's certificate. */
export function verifiesPeer(mode: TlsMode): boolean {
  return mode === "verify-ca" || mode === "verify-full";
}
