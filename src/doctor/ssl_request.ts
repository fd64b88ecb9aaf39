import {
  CLIENT_LONG_PASSWORD,
  CLIENT_PLUGIN_AUTH,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  CLIENT_SSL,
} from "../protocol/capabilities.ts";
import type { Greeting } from "../protocol/packets/greeting.ts";
import { encodeSslRequest } from "../protocol/packets/handshake_response.ts";

const UTF8MB4 = 45;
const MOST_PACKET_BYTES = 1 << 24;
/** What a client needs to get as far as TLS. */
const WANTED = CLIENT_LONG_PASSWORD | CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH |
  CLIENT_SSL;

/** Payload of the SSLRequest that answers a greeting. */
export function sslRequest(greeting: Greeting): Uint8Array {
  return encodeSslRequest({
    capabilities: (WANTED & greeting.capabilities) >>> 0,
    mariadbCapabilities: 0,
    maxPacketBytes: MOST_PACKET_BYTES,
    collation: UTF8MB4,
  });
}
