import { ConnectError, type ErrorOptionsWithHint, TlsError, type TlsReason } from "../base/errors.ts";
import type { BackendPeer } from "./backend_peer.ts";
import { streamFailure } from "./stream_failure.ts";
import { verifiesPeer } from "./tls_mode.ts";
import {
  type Certificate,
  type CertificateProblem,
  judgeChain,
  parseCertificate,
  parsePemBundle,
  tlsReasonOf,
} from "./x509/mod.ts";

/** What is known where a handshake with a backend failed. */
export interface TlsFailureContext {
  readonly peer: BackendPeer;
  /** The signal that the handshake had. */
  readonly signal: AbortSignal;
  /** The DER certificates that the peer presents, its own first; `undefined` where they cannot be asked for. */
  readonly fetchChain: (() => Promise<readonly Uint8Array[]>) | undefined;
}

/** Our own refusal of a certificate during a handshake. */
export class CertificateRefused extends Error {
  readonly problem: CertificateProblem;

  constructor(problem: CertificateProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/**
 * The error to raise for a handshake that failed. A refused certificate is judged again by our own reading of the
 * chain, since the stacks' words mislead: `node:tls` calls an expired certificate "unable to verify the first
 * certificate".
 */
export async function explainTlsFailure(error: unknown, context: TlsFailureContext): Promise<Error> {
  const { signal, peer } = context;
  if (signal.aborted) return abortedHandshake(peer.target, signal);
  if (error instanceof CertificateRefused) {
    return untrusted(peer, tlsReasonOf(error.problem.code), error.problem.message);
  }
  if (verifiesPeer(peer.tls.mode) && refusedCertificate(error)) {
    const judged = await judgePresented(context).catch(() => undefined);
    return judged ??
      untrusted(peer, roughReason(error), `the certificate was refused: ${words(error)}`, error);
  }
  if (refusedCertificate(error)) {
    // Whoever it is from, a certificate's key has to make the handshake's signature.
    return untrusted(peer, "weak_key", "its certificate's key or signature is too weak for TLS here", error);
  }
  const alert = alertOf(error);
  if (alert !== undefined) {
    // A server that has no certificate of a kind that the client takes says no more than that.
    const weak = HANDSHAKE_ALERTS.test(alert)
      ? await weakCertificate(context).catch(() => undefined)
      : undefined;
    return weak ?? alertError(peer.target, alert, error);
  }
  const failure = streamFailure(error);
  if (failure.reason !== "failed") {
    return new ConnectError("tls", failure.reason, peer.target, `${failure.text} during the TLS handshake`, {
      cause: error,
    });
  }
  return new TlsError("handshake_failed", `TLS handshake with ${peer.target} failed: ${failure.text}`, {
    cause: error,
  });
}

function abortedHandshake(target: string, signal: AbortSignal): ConnectError {
  const timedOut = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError";
  return timedOut
    ? new ConnectError("tls", "timeout", target, "the TLS handshake took too long", { cause: signal.reason })
    : new ConnectError("tls", "aborted", target, "the TLS handshake was cancelled", { cause: signal.reason });
}

/** Alerts of a server that finds nothing in common with the client. */
const HANDSHAKE_ALERTS = /handshakefailure|insufficientsecurity|illegalparameter/;

/** The refusal of a certificate whose key no TLS stack takes; `undefined` where that is not what is wrong. */
async function weakCertificate(context: TlsFailureContext): Promise<TlsError | undefined> {
  const { peer, fetchChain } = context;
  if (fetchChain === undefined) return undefined;
  const ders = await fetchChain();
  const chain = ders.map(parseCertificate);
  const { problems } = judgeChain(chain, { anchors: anchorsOf(peer), nowMs: Date.now() });
  const weak = problems.find(({ code }) => code === "weak_key" || code === "unsupported_key");
  if (weak === undefined) return undefined;
  const judged = verifiesPeer(peer.tls.mode)
    ? await judgePresented({ ...context, fetchChain: () => Promise.resolve(ders) })
    : undefined;
  return judged ?? untrusted(peer, tlsReasonOf(weak.code), weak.message);
}

/** Our own verdict on what the peer presents; `undefined` where it finds nothing wrong. */
async function judgePresented({ peer, fetchChain }: TlsFailureContext): Promise<TlsError | undefined> {
  if (fetchChain === undefined) return undefined;
  const chain = (await fetchChain()).map(parseCertificate);
  const { problems } = judgeChain(chain, {
    anchors: anchorsOf(peer),
    nowMs: Date.now(),
    ...(peer.tls.mode === "verify-full" ? { host: peer.serverName } : {}),
  });
  const decisive = problems.find((problem) => problem.severity === "error");
  if (decisive === undefined) return undefined;
  return untrusted(peer, tlsReasonOf(decisive.code), decisive.message);
}

function anchorsOf(peer: BackendPeer): readonly Certificate[] {
  return parsePemBundle(new TextEncoder().encode(peer.tls.caPem ?? "")).certificates;
}

const HINTS: Readonly<Partial<Record<TlsReason, string>>> = {
  unknown_issuer: "Use a CA bundle that holds the issuer of the server's certificate",
  self_signed: "Use the server's own certificate as the CA bundle, or give the server one from a CA",
  incomplete_chain: "Have the server send its intermediate certificates, or add them to the CA bundle",
  expired: "Renew the server's certificate, or set this machine's clock",
  not_yet_valid: "Set this machine's clock, or wait until the certificate is valid",
  name_mismatch: "Connect by a name that the certificate has, or set the TLS server name to one",
  bad_purpose: "Give the server a certificate made for servers (serverAuth)",
  weak_key: "Give the server a certificate with a stronger key: RSA of 2048 bits or more, or P-256",
};

/** A host of PlanetScale's: a name that its certificate does not have is somebody else's, not another one to accept. */
const PLANETSCALE_HOST = /(^|\.)psdb\.cloud\.?$/i;
const IMPOSTOR_HINT = "Find out what answers in PlanetScale's place: DNS, a proxy, the hosts file";

function untrusted(peer: BackendPeer, reason: TlsReason, detail: string, cause?: unknown): TlsError {
  const impostor = reason === "name_mismatch" && PLANETSCALE_HOST.test(peer.serverName);
  const options: ErrorOptionsWithHint = { hint: impostor ? IMPOSTOR_HINT : HINTS[reason], cause };
  return new TlsError(reason, `Cannot trust ${peer.target}: ${detail}`, options);
}

/** Whether a stack refused the peer's certificate, as rustls and OpenSSL's names put it. */
function refusedCertificate(error: unknown): boolean {
  return /invalid peer certificate/.test(words(error)) ||
    /^(UNABLE_TO_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_(CA|PURPOSE)|PATH_LENGTH|HOSTNAME_|ERR_TLS_CERT_)/
      .test(codeOf(error));
}

/** The reason by the stack's word alone, for want of the certificates. */
function roughReason(error: unknown): TlsReason {
  const text = `${codeOf(error)} ${words(error)}`;
  if (/not valid for name|NotValidForName|ALTNAME|HOSTNAME/.test(text)) return "name_mismatch";
  if (/expired/i.test(text)) return "expired";
  if (/NotValidYet|not valid yet|NOT_YET/i.test(text)) return "not_yet_valid";
  if (/UnknownIssuer|UNABLE_TO/.test(text)) return "unknown_issuer";
  return "invalid_chain";
}

/** The peer's fatal alert in lower-case words without separators, `undefined` where it sent none. */
function alertOf(error: unknown): string | undefined {
  const rustls = /received fatal alert: (\w+)/.exec(words(error))?.[1];
  const openssl = /^ERR_SSL_(?:SSL|TLS)V?\d*_?(?:ALERT_)?(\w+)/.exec(codeOf(error))?.[1];
  return (rustls ?? openssl)?.replaceAll("_", "").toLowerCase();
}

function alertError(target: string, alert: string, cause: unknown): TlsError {
  if (alert.includes("certificaterequired") || alert === "peerdidnotreturnacertificate") {
    return new TlsError("client_certificate_required", `${target} requires a client certificate`, {
      hint:
        "Set GATEKEEPER_BACKEND_TLS_CERT and GATEKEEPER_BACKEND_TLS_KEY to a certificate that it accepts, and its key",
      cause,
    });
  }
  if (/protocolversion|inappropriatefallback/.test(alert)) {
    return new TlsError("protocol", `${target} has no TLS version in common with querycop (1.2 and 1.3)`, {
      hint: "Let the server offer TLS 1.2 or 1.3",
      cause,
    });
  }
  if (/handshakefailure|insufficientsecurity/.test(alert)) {
    return new TlsError(
      "protocol",
      `${target} has no cipher suite, key exchange or signature in common with querycop (AES-GCM or ` +
        "ChaCha20-Poly1305, with ECDHE in TLS 1.2)",
      { hint: "Let the server offer TLS 1.3, or ECDHE suites with AES-GCM in TLS 1.2", cause },
    );
  }
  return new TlsError("handshake_failed", `TLS handshake with ${target} failed: ${words(cause)}`, { cause });
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
