import { ProtocolError } from "../base/errors.ts";
import { formatIp } from "./x509/ip.ts";
import type { Endpoint } from "./stream.ts";

/** What a PROXY header says. */
export interface ProxyHeader {
  /** Who the client is; `undefined` where the balancer speaks for itself (LOCAL, UNKNOWN, a Unix socket). */
  readonly client: Endpoint | undefined;
  /** Bytes of the header; what follows belongs to the client. */
  readonly length: number;
}

/** Longest header taken, TLVs of version 2 included; more than any balancer sends, certificates in TLVs included. */
export const MAX_PROXY_HEADER_BYTES = 16 * 1024;

const V1_PREFIX = new TextEncoder().encode("PROXY ");
/** Longest line of version 1, its CRLF included. */
const MAX_V1_BYTES = 107;
const V2_SIGNATURE = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
const V2_FIXED_BYTES = 16;

/**
 * Decodes a PROXY protocol header, version 1 or 2, at the front of `bytes` (HAProxy's proxy-protocol.txt). Resolves to
 * `undefined` where more bytes are needed. Errors: `ProtocolError` as soon as the bytes cannot become a header.
 */
export function decodeProxyHeader(bytes: Uint8Array): ProxyHeader | undefined {
  if (bytes.length === 0) return undefined;
  if (startsLike(bytes, V2_SIGNATURE)) return decodeV2(bytes);
  if (startsLike(bytes, V1_PREFIX)) return decodeV1(bytes);
  throw new ProtocolError("The connection does not start with a PROXY protocol header", {
    hint: "Let the balancer send the PROXY protocol, or turn it off here",
  });
}

/** Whether `bytes` and `prefix` agree as far as both go. */
function startsLike(bytes: Uint8Array, prefix: Uint8Array): boolean {
  const length = Math.min(bytes.length, prefix.length);
  for (let at = 0; at < length; at++) if (bytes[at] !== prefix[at]) return false;
  return true;
}

function decodeV1(bytes: Uint8Array): ProxyHeader | undefined {
  const end = bytes.subarray(0, MAX_V1_BYTES).indexOf(0x0a);
  if (end < 0) {
    if (bytes.length >= MAX_V1_BYTES) throw new ProtocolError("PROXY header of version 1 has no end of line");
    return undefined;
  }
  const line = new TextDecoder("latin1").decode(bytes.subarray(0, end + 1));
  if (!line.endsWith("\r\n")) throw malformed(1, "the line does not end in CRLF");
  const length = end + 1;
  const fields = line.slice(0, -2).split(" ");
  const [, family, source = "", destination = "", sourcePort = "", destinationPort = ""] = fields;
  if (family === "UNKNOWN") return { client: undefined, length };
  const isAddress = family === "TCP4" ? isIpv4 : family === "TCP6" ? isIpv6 : undefined;
  if (isAddress === undefined || fields.length !== 6) {
    throw malformed(1, "its fields are not those of TCP4 or TCP6");
  }
  if (!isAddress(source) || !isAddress(destination)) throw malformed(1, `an address is not of ${family}`);
  const port = parsePort(sourcePort);
  if (port === undefined || parsePort(destinationPort) === undefined) {
    throw malformed(1, "a port is not a number");
  }
  return { client: { host: source.toLowerCase(), port }, length };
}

function isIpv4(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

function isIpv6(text: string): boolean {
  return text.includes(":") && URL.canParse(`http://[${text}]`);
}

function parsePort(text: string): number | undefined {
  if (!/^(0|[1-9]\d{0,4})$/.test(text)) return undefined;
  const port = Number(text);
  return port <= 65_535 ? port : undefined;
}

/** Bytes of the addresses and place of the source port, by address family and transport. */
const V2_FAMILIES: Readonly<Record<number, { readonly addressBytes: number; readonly totalBytes: number }>> =
  {
    0x11: { addressBytes: 4, totalBytes: 12 },
    0x21: { addressBytes: 16, totalBytes: 36 },
  };
const V2_UNSPECIFIED = 0x00;
const V2_UNIX_STREAM = 0x31;

function decodeV2(bytes: Uint8Array): ProxyHeader | undefined {
  if (bytes.length < V2_FIXED_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, command] = [view.getUint8(12) >> 4, view.getUint8(12) & 0x0f];
  if (version !== 2) throw malformed(2, `its version is ${version}`);
  if (command > 1) throw malformed(2, `its command is ${command}`);
  const length = V2_FIXED_BYTES + view.getUint16(14);
  if (length > MAX_PROXY_HEADER_BYTES) throw malformed(2, `its length is ${length} bytes`);
  if (bytes.length < length) return undefined;
  const family = view.getUint8(13);
  if (command === 0 || family === V2_UNSPECIFIED || family === V2_UNIX_STREAM) {
    return { client: undefined, length };
  }
  const layout = V2_FAMILIES[family];
  if (layout === undefined) throw malformed(2, `its family and transport are 0x${family.toString(16)}`);
  if (length - V2_FIXED_BYTES < layout.totalBytes) throw malformed(2, "it is too short for its addresses");
  const host = formatIp(bytes.subarray(V2_FIXED_BYTES, V2_FIXED_BYTES + layout.addressBytes));
  return { client: { host, port: view.getUint16(V2_FIXED_BYTES + 2 * layout.addressBytes) }, length };
}

function malformed(version: number, detail: string): ProtocolError {
  return new ProtocolError(`PROXY header of version ${version} is malformed: ${detail}`);
}
