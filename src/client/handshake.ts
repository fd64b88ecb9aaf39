import { ServerError, TlsError } from "../base/errors.ts";
import type { BackendConnector, BackendStream, Stream, TlsInfo } from "../net/mod.ts";
import { CLIENT_SSL, hasCapability } from "../protocol/capabilities.ts";
import { decodeErr, ERR_HEADER } from "../protocol/packets/err.ts";
import { decodeGreeting, type Greeting } from "../protocol/packets/greeting.ts";
import { encodeSslRequest } from "../protocol/packets/handshake_response.ts";
import { CLIENT_CAPABILITIES, COLLATION, MAX_PACKET_BYTES } from "./capabilities.ts";
import { PacketChannel } from "./channel.ts";
import { type Credentials, logIn } from "./login.ts";
import { MysqlConnection } from "./mysql_connection.ts";

/**
 * A connection on its way to a session, step by step, so that each can be timed and reported: {@link open} reaches the
 * server and reads its greeting, {@link startTls} starts TLS, {@link logIn} logs in. Where a step fails the connection
 * is closed.
 */
export class MysqlHandshake {
  readonly greeting: Greeting;
  readonly #channel: PacketChannel;
  readonly #plain: BackendStream;

  private constructor(channel: PacketChannel, plain: BackendStream, greeting: Greeting) {
    this.#channel = channel;
    this.#plain = plain;
    this.greeting = greeting;
  }

  /**
   * Connects and reads the greeting. Errors: `ConnectError`; `ServerError` where the server answers with an ERR in its
   * place (too many connections, host blocked); `ProtocolError` where it is no MySQL server.
   */
  static async open(connector: BackendConnector, signal: AbortSignal): Promise<MysqlHandshake> {
    const plain = await connector.connect(signal);
    const channel = new PacketChannel(plain, connector.target);
    try {
      return new MysqlHandshake(channel, plain, await readGreeting(channel, signal));
    } catch (error) {
      plain.close();
      throw error;
    }
  }

  /** The stream as it is now; its `family` is that of the address that answered. */
  get stream(): Stream {
    return this.#channel.stream;
  }

  get family(): BackendStream["family"] {
    return this.#plain.family;
  }

  get offersTls(): boolean {
    return hasCapability(this.greeting.capabilities, CLIENT_SSL);
  }

  /** Starts TLS as the connector is configured. Errors: `TlsError` with the reason in words, `ConnectError`. */
  async startTls(signal: AbortSignal): Promise<TlsInfo> {
    const channel = this.#channel;
    try {
      if (!this.offersTls) throw notOffered(channel.target);
      channel.phase = "tls";
      await channel.write(sslRequest(this.greeting), signal);
      const secure = await this.#plain.upgrade(signal);
      channel.replaceStream(secure);
      return secure.tls ?? { version: undefined, cipher: undefined };
    } catch (error) {
      channel.close();
      throw error;
    }
  }

  /** Logs in. Errors: `ServerError` where the server refuses, `ConnectError`, `ProtocolError`. */
  async logIn(credentials: Credentials, signal: AbortSignal): Promise<MysqlConnection> {
    try {
      this.#channel.phase = "login";
      const session = await logIn(this.#channel, this.greeting, credentials, signal);
      this.#channel.phase = "command";
      return new MysqlConnection(this.#channel, this.greeting, session);
    } catch (error) {
      this.#channel.close();
      throw error;
    }
  }

  /** Gives the connection up. */
  close(): void {
    this.#channel.close();
  }
}

/**
 * What MySQL wants said on a fresh connection before TLS starts: the `requestTls` of a backend connector. Errors: as
 * {@link MysqlHandshake.open}, and `TlsError` where the server offers no TLS.
 */
export async function requestMysqlTls(stream: Stream, signal: AbortSignal): Promise<void> {
  const channel = new PacketChannel(stream, stream.remote.host);
  const greeting = await readGreeting(channel, signal);
  if (!hasCapability(greeting.capabilities, CLIENT_SSL)) throw notOffered(channel.target);
  await channel.write(sslRequest(greeting), signal);
}

async function readGreeting(channel: PacketChannel, signal: AbortSignal): Promise<Greeting> {
  const payload = await channel.read(signal);
  if (payload[0] !== ERR_HEADER) return decodeGreeting(payload);
  const { errno, sqlState, message } = decodeErr(payload);
  throw new ServerError(errno, sqlState, message);
}

/** Payload of the SSLRequest that answers a greeting. */
export function sslRequest(greeting: Greeting): Uint8Array {
  return encodeSslRequest({
    capabilities: (CLIENT_CAPABILITIES & greeting.capabilities | CLIENT_SSL) >>> 0,
    mariadbCapabilities: 0,
    maxPacketBytes: MAX_PACKET_BYTES,
    collation: COLLATION,
  });
}

function notOffered(target: string): TlsError {
  return new TlsError("not_offered", `${target} does not offer TLS`, {
    hint: "Turn TLS on in the server, or set the TLS mode to disable",
  });
}
