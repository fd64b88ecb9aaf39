import { createSecureContext, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import { shakeHandsWithNode } from "./tls_client.ts";
import { PLACEHOLDER_ANCHOR_PEM } from "./placeholder_anchor.ts";
import type { Stream } from "./stream.ts";
import { readTls12Certificates } from "./tls12_certificates.ts";

/** Certificates kept of what a peer presents; more than any real chain has. */
const MAX_CERTIFICATES = 16;

/** The certificates that the peer of a finished handshake presented, as DER, its own first. */
function presentedChain(socket: TLSSocket): readonly Uint8Array[] {
  const chain: Uint8Array[] = [];
  const seen = new Set<string>();
  let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (certificate?.raw !== undefined && chain.length < MAX_CERTIFICATES) {
    if (seen.has(certificate.fingerprint256)) break;
    seen.add(certificate.fingerprint256);
    chain.push(new Uint8Array(certificate.raw));
    certificate = certificate.issuerCertificate;
  }
  return chain;
}

/** What a peer shows of itself in a TLS handshake. */
export interface PresentedTls {
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly version: string | undefined;
  readonly cipher: string | undefined;
  /** DER, the peer's own first. */
  readonly certificates: readonly Uint8Array[];
}

/** Shakes hands on a stream whose peer was asked for TLS, without verifying, and hangs up. Takes the stream over. */
export async function inspectTls(
  stream: Stream,
  serverName: string,
  signal: AbortSignal,
): Promise<PresentedTls> {
  const context = createSecureContext({ ca: PLACEHOLDER_ANCHOR_PEM });
  const { secure } = await shakeHandsWithNode(stream, { serverName, context }, signal);
  const presented = {
    version: secure.getProtocol() ?? undefined,
    cipher: secure.getCipher()?.standardName,
    certificates: presentedChain(secure),
  };
  secure.on("error", () => {});
  secure.destroy();
  return presented;
}

/**
 * Connects, asks for TLS, shakes hands without verifying and hangs up: what a peer presents, for judging. Sends no
 * credential of any kind. Where the handshake itself fails, as with a key too short for the stack, a second connection
 * reads the certificates from TLS 1.2's opening.
 */
export async function fetchChain(
  connect: () => Promise<Stream>,
  serverName: string,
  requestTls: (stream: Stream, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const attempt = async (read: (stream: Stream) => Promise<readonly Uint8Array[]>) => {
    const stream = await connect();
    const close = () => stream.close();
    signal.addEventListener("abort", close);
    try {
      await requestTls(stream, signal);
      return await read(stream);
    } finally {
      signal.removeEventListener("abort", close);
      close();
    }
  };
  try {
    return await attempt(async (stream) => (await inspectTls(stream, serverName, signal)).certificates);
  } catch (error) {
    if (signal.aborted) throw error;
    return await attempt((stream) => readTls12Certificates(stream, serverName));
  }
}
