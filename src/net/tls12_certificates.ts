import { ipFamily } from "./address.ts";
import type { Stream } from "./stream.ts";

const RECORD_HEADER_BYTES = 5;
const HANDSHAKE_RECORD = 22;
const HANDSHAKE_HEADER_BYTES = 4;
const CLIENT_HELLO = 1;
const CERTIFICATE = 11;
/** More than any chain takes. */
const MOST_BYTES = 256 * 1024;

/** ECDHE and plain RSA with AES-GCM, ChaCha20 and AES-CBC: what servers of TLS 1.2 have at least one of. */
const CIPHER_SUITES = [
  0xc02b,
  0xc02f,
  0xc02c,
  0xc030,
  0xcca9,
  0xcca8,
  0x009c,
  0x009d,
  0xc013,
  0xc014,
  0xc009,
  0xc00a,
  0x002f,
  0x0035,
];
/** ECDSA, RSA-PSS and PKCS #1, down to SHA-1, so that a weak certificate is shown too; and Ed25519. */
const SIGNATURES = [
  0x0403,
  0x0503,
  0x0603,
  0x0807,
  0x0804,
  0x0805,
  0x0806,
  0x0401,
  0x0501,
  0x0601,
  0x0203,
  0x0201,
];
/** Those that TLS stacks take, and curves that none does: a server has to have its certificate's among them to show it. */
const GROUPS = [0x001d, 0x0017, 0x0018, 0x0019, 0x0013, 0x0015, 0x0016, 0x001a, 0x001b, 0x001c];

/**
 * The certificates that a server sends in TLS 1.2, where they cross the wire in the open: DER, its own first. For a
 * server whose handshake a TLS stack will not finish, so that its certificate would never be seen. The handshake is
 * left where it is; close the stream.
 *
 * Rejects where the server has no TLS 1.2, sends an alert, or hangs up.
 */
export async function readTls12Certificates(
  stream: Stream,
  serverName: string,
): Promise<readonly Uint8Array[]> {
  await stream.write(clientHello(serverName));
  const chunk = new Uint8Array(16_384);
  let received = new Uint8Array(0);
  while (received.length < MOST_BYTES) {
    const count = await stream.read(chunk);
    if (count === null) throw new Error("The server hung up before it sent a certificate");
    received = concat([received, chunk.subarray(0, count)]);
    const message = certificateMessage(handshakeBytes(received));
    if (message !== undefined) return splitCertificates(message);
  }
  throw new Error("The server sent no certificate");
}

/** The handshake's bytes out of whole records; throws on an alert or on what is not TLS. */
function handshakeBytes(received: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= received.length) {
    if (received[at] !== HANDSHAKE_RECORD) {
      throw new Error("The server answers with an alert, or not in TLS 1.2");
    }
    const end = at + RECORD_HEADER_BYTES + uint16(received, at + 3);
    if (end > received.length) break;
    parts.push(received.subarray(at + RECORD_HEADER_BYTES, end));
    at = end;
  }
  return concat(parts);
}

/** The body of the Certificate message once it is there whole. */
function certificateMessage(handshake: Uint8Array): Uint8Array | undefined {
  let at = 0;
  while (at + HANDSHAKE_HEADER_BYTES <= handshake.length) {
    const end = at + HANDSHAKE_HEADER_BYTES + uint24(handshake, at + 1);
    if (end > handshake.length) return undefined;
    if (handshake[at] === CERTIFICATE) return handshake.subarray(at + HANDSHAKE_HEADER_BYTES, end);
    at = end;
  }
  return undefined;
}

/** certificate_list (RFC 5246, 7.4.2). */
function splitCertificates(message: Uint8Array): readonly Uint8Array[] {
  const certificates: Uint8Array[] = [];
  let at = 3;
  while (at + 3 <= message.length) {
    const end = at + 3 + uint24(message, at);
    if (end > message.length) throw new Error("The server's certificates are cut short");
    certificates.push(message.slice(at + 3, end));
    at = end;
  }
  return certificates;
}

/** A ClientHello for TLS 1.2 alone (RFC 5246, 7.4.1.2) in one record. */
function clientHello(serverName: string): Uint8Array {
  const name = new TextEncoder().encode(serverName);
  const extensions = concat([
    ...ipFamily(serverName) === undefined && name.length > 0
      ? [extension(0, vector16(concat([Uint8Array.of(0), vector16(name)])))]
      : [],
    extension(10, vector16(words(GROUPS))),
    extension(11, Uint8Array.of(1, 0)),
    extension(13, vector16(words(SIGNATURES))),
  ]);
  const body = concat([
    Uint8Array.of(3, 3),
    crypto.getRandomValues(new Uint8Array(32)),
    Uint8Array.of(0),
    vector16(words(CIPHER_SUITES)),
    Uint8Array.of(1, 0),
    vector16(extensions),
  ]);
  const length = Uint8Array.of(body.length >> 16, (body.length >> 8) & 0xff, body.length & 0xff);
  const message = concat([Uint8Array.of(CLIENT_HELLO), length, body]);
  return concat([Uint8Array.of(HANDSHAKE_RECORD, 3, 1), vector16(message)]);
}

function extension(id: number, content: Uint8Array): Uint8Array {
  return concat([words([id]), vector16(content)]);
}

/** With its length in two bytes before it. */
function vector16(content: Uint8Array): Uint8Array {
  return concat([words([content.length]), content]);
}

function words(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 0xff]));
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function uint24(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 16) | uint16(bytes, at + 1);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
