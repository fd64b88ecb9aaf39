import { createSecureContext, type SecureContext } from "node:tls";
import type { ConnectionCounts } from "./connection_counts.ts";
import type { IpFamily } from "./address.ts";
import type { BackendPeer, BackendStream, ExplainTlsFailure } from "./backend_peer.ts";
import { DenoStream } from "./deno_stream.ts";
import { shakeHandsWithNode } from "./tls_client.ts";
import { PLACEHOLDER_ANCHOR_PEM } from "./placeholder_anchor.ts";
import { TlsStream } from "./tls_stream.ts";
import type { Stream } from "./stream.ts";
import { verifiesPeer } from "./tls_mode.ts";
import { CertificateRefused } from "./tls_failure.ts";
import { judgeServerCertificate, parseCertificate } from "./x509/mod.ts";
import { trustAnchors } from "./trust_store.ts";

/** Starts TLS on an open connection, taking it over. Rejects with whatever the stack throws. */
export type TlsStarter = (stream: Stream, signal: AbortSignal) => Promise<Stream>;

/** TLS for a backend as configured; `undefined` where it is disabled. */
export function chooseTlsStarter({ tls, serverName }: BackendPeer): TlsStarter | undefined {
  if (tls.mode === "disable") return undefined;
  const verify = verifiesPeer(tls.mode)
    ? certificateCheck(tls.mode === "verify-full" ? serverName : undefined)
    : undefined;
  let context: SecureContext | undefined;
  return async (stream, signal) => {
    context ??= createSecureContext({
      ca: verify === undefined ? PLACEHOLDER_ANCHOR_PEM : trustAnchors(tls.caPem),
      cert: tls.certPem,
      key: tls.keyPem?.reveal(),
    });
    const { secure, transport } = await shakeHandsWithNode(stream, { serverName, context, verify }, signal);
    return new TlsStream(secure, transport, stream);
  };
}

/** How long a certificate that was looked at is taken without another look, in ms. */
const CERTIFICATE_FRESH_MS = 10_000;

/**
 * Judges the certificate of a peer whose chain is trusted, more strictly than `node:tls`: by RFC 9525, which gives
 * common names no say, and of version 3. `host` is left out where any name will do.
 */
function certificateCheck(host: string | undefined): (certificate: Uint8Array) => void {
  let accepted: { readonly certificate: Uint8Array; readonly untilMs: number } | undefined;
  return (certificate) => {
    const nowMs = Date.now();
    if (accepted !== undefined && nowMs < accepted.untilMs && equal(accepted.certificate, certificate)) {
      return;
    }
    const problem = judgeServerCertificate(parseCertificate(certificate), { nowMs, host });
    if (problem !== undefined) throw new CertificateRefused(problem);
    accepted = { certificate: certificate.slice(), untilMs: nowMs + CERTIFICATE_FRESH_MS };
  };
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}

/** A plaintext connection to a backend that can be upgraded as configured. */
export class DenoBackendStream extends DenoStream implements BackendStream {
  readonly family: IpFamily;
  readonly #startTls: TlsStarter | undefined;
  readonly #explain: ExplainTlsFailure;
  readonly #counts: ConnectionCounts | undefined;

  constructor(
    conn: Deno.TcpConn,
    family: IpFamily,
    startTls: TlsStarter | undefined,
    explain: ExplainTlsFailure,
    counts: ConnectionCounts | undefined,
  ) {
    super(conn);
    this.family = family;
    this.#startTls = startTls;
    this.#explain = explain;
    this.#counts = counts;
  }

  upgrade(signal: AbortSignal): Promise<Stream> {
    const upgraded = this.#upgrade(signal);
    return this.#counts?.handshake("backend", upgraded) ?? upgraded;
  }

  async #upgrade(signal: AbortSignal): Promise<Stream> {
    if (this.#startTls === undefined) throw new TypeError("TLS is disabled for this backend");
    try {
      return await this.#startTls(this, signal);
    } catch (error) {
      this.close();
      throw await this.#explain(error, signal);
    }
  }
}
