import { TlsError } from "../base/errors.ts";
import type { Stream } from "../net/stream.ts";
import {
  CLIENT_PLUGIN_AUTH,
  CLIENT_PROTOCOL_41,
  CLIENT_SECURE_CONNECTION,
  CLIENT_SSL,
  hasCapability,
} from "../protocol/capabilities.ts";
import { encodePackets } from "../protocol/framing.ts";
import { decodeErr, ERR_HEADER } from "../protocol/packets/err.ts";
import { decodeGreeting, type Greeting } from "../protocol/packets/greeting.ts";
import {
  encodeHandshakeResponse,
  encodeSslRequest,
  type HandshakeResponse,
} from "../protocol/packets/handshake_response.ts";
import type { ProxyOptions } from "./options.ts";
import { PacketSource } from "./packet_source.ts";

/** The user that a probe logs in as, to be refused. */
const PROBE_USER = new TextEncoder().encode("querycop-readyz");

/** Payloads that a refusal takes at most: a switch of the plugin, more data, the ERR. */
const MAX_ANSWERS = 3;

/**
 * Reaches the backend as a session would, TLS as configured, and resolves to the server's version.
 *
 * The login is finished, as an unknown user without a password: a server counts a connection that breaks off before as
 * a protocol error and locks the host out after `max_connect_errors` of them, which it does not do for a refused login.
 * Errors are those of a session: ConnectError, TlsError, ProtocolError.
 */
export async function probeBackend(
  options: Pick<ProxyOptions, "connector" | "backendTls">,
  signal: AbortSignal,
): Promise<string> {
  const streams: Stream[] = [];
  try {
    const plain = await options.connector.connect(signal);
    streams.push(plain);
    signal.addEventListener("abort", () => streams.forEach((stream) => stream.close()), { once: true });
    const packets = new PacketSource(plain);
    const greeting = await readGreeting(packets);
    const tls = options.backendTls !== "disable" && hasCapability(greeting.capabilities, CLIENT_SSL);
    if (!tls && options.backendTls !== "disable" && options.backendTls !== "prefer") {
      throw new TlsError("not_offered", `${options.connector.target} does not offer TLS`);
    }
    const response = probeResponse(greeting, tls);
    let stream: Stream = plain;
    if (tls) {
      await plain.write(encodePackets(1, encodeSslRequest(response)));
      stream = await plain.upgrade(signal);
      streams.push(stream);
    }
    await stream.write(encodePackets(tls ? 2 : 1, encodeHandshakeResponse(response)));
    const answers = new PacketSource(stream);
    for (let count = 0; count < MAX_ANSWERS; count++) {
      const packet = await answers.next();
      if (packet === null || packet.payload[0] === ERR_HEADER || packet.payload[0] === 0) break;
      await stream.write(encodePackets((packet.sequence + 1) & 0xff, EMPTY));
    }
    return greeting.serverVersion;
  } finally {
    for (const stream of streams) stream.close();
  }
}

function probeResponse(greeting: Greeting, tls: boolean): HandshakeResponse {
  return {
    capabilities: CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH | (tls ? CLIENT_SSL : 0),
    mariadbCapabilities: 0,
    maxPacketBytes: 0x1000000,
    collation: 45,
    user: PROBE_USER,
    authResponse: EMPTY,
    schema: EMPTY,
    authPlugin: greeting.authPlugin,
    attributes: [],
    trailer: EMPTY,
  };
}

async function readGreeting(packets: PacketSource): Promise<Greeting> {
  const packet = await packets.next();
  if (packet === null) throw new Error("closed before the greeting");
  if (packet.payload[0] === ERR_HEADER) {
    const { errno, message } = decodeErr(packet.payload);
    throw new Error(`the server answers with error ${errno}: ${message}`);
  }
  return decodeGreeting(packet.payload);
}

const EMPTY = new Uint8Array(0);
