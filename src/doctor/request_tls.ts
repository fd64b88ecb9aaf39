import { ProtocolError, ServerError } from "../base/errors.ts";
import type { Stream } from "../net/mod.ts";
import {
  CLIENT_LONG_PASSWORD,
  CLIENT_PLUGIN_AUTH,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  CLIENT_SSL,
} from "../protocol/capabilities.ts";
import { encodePackets, HEADER_BYTES, readPayloadLength } from "../protocol/framing.ts";
import { decodeErr, ERR_HEADER } from "../protocol/packets/err.ts";
import { decodeGreeting, type Greeting } from "../protocol/packets/greeting.ts";
import { encodeSslRequest } from "../protocol/packets/handshake_response.ts";

const MOST_GREETING_BYTES = 4096;
const UTF8MB4 = 45;
const MOST_PACKET_BYTES = 1 << 24;

/** The flags that a client needs to get as far as TLS, as far as the server has them. */
export function chooseCapabilities(greeting: Greeting): number {
  const wanted = CLIENT_LONG_PASSWORD | CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH |
    CLIENT_SSL;
  return (wanted & greeting.capabilities) >>> 0;
}

/** Payload of an SSLRequest with these flags. */
export function sslRequest(capabilities: number): Uint8Array {
  return encodeSslRequest({
    capabilities,
    mariadbCapabilities: 0,
    maxPacketBytes: MOST_PACKET_BYTES,
    collation: UTF8MB4,
  });
}

/** Reads a fresh connection's greeting and asks for TLS, which is what has to come before the TLS handshake. */
export async function requestTls(stream: Stream, signal: AbortSignal): Promise<void> {
  const close = () => stream.close();
  signal.addEventListener("abort", close);
  try {
    const payload = await readPacket(stream);
    if (payload[0] === ERR_HEADER) {
      const { errno, sqlState, message } = decodeErr(payload);
      throw new ServerError(errno, sqlState, message);
    }
    await stream.write(encodePackets(1, sslRequest(chooseCapabilities(decodeGreeting(payload)))));
  } finally {
    signal.removeEventListener("abort", close);
  }
}

async function readPacket(stream: Stream): Promise<Uint8Array> {
  const buffer = new Uint8Array(MOST_GREETING_BYTES);
  let held = 0;
  for (;;) {
    if (held >= HEADER_BYTES) {
      const end = HEADER_BYTES + readPayloadLength(buffer, 0);
      if (end > buffer.length) throw new ProtocolError("The greeting is longer than a greeting can be");
      if (held >= end) return buffer.slice(HEADER_BYTES, end);
    }
    const count = await stream.read(buffer.subarray(held));
    if (count === null) throw new ProtocolError("The connection was closed before the greeting");
    held += count;
  }
}
