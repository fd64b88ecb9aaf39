import { ConnectError, ProtocolError, TlsError } from "../base/errors.ts";
import { formatDurationMs } from "../base/duration.ts";
import type { BackendStream, Stream } from "../net/mod.ts";
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
import { PacketSource, type SourcePacket } from "./packet_source.ts";

/** The user that a login is ended as, to be refused. */
const NOBODY = new TextEncoder().encode("querycop-nobody");

/** Packets that a server says at most until it refuses: a switch of the plugin, more data, the ERR. */
const MOST_ANSWERS = 4;
/** How long the end of a login that leads nowhere may take, in ms. */
const LEAVE_PATIENCE_MS = 5000;
const EMPTY = new Uint8Array(0);
const COM_QUIT = Uint8Array.of(1);

/** The backend said ERR in place of its greeting. */
export class BackendRefused extends Error {
  override readonly name = "BackendRefused";
  readonly errno: number;
  /** In the server's words. */
  readonly serverMessage: string;
  /** The ERR packet's payload. */
  readonly payload: Uint8Array;

  constructor(payload: Uint8Array) {
    const { errno, message } = decodeErr(payload);
    super(`the server answers with error ${errno}: ${message}`);
    this.errno = errno;
    this.serverMessage = message;
    this.payload = payload;
  }
}

/**
 * The backend's leg of a login.
 *
 * Once it is open it has to be brought to an end that the server takes for one, by {@link leave}: a server counts a
 * connection that breaks off in its login as an error of this host, and after `max_connect_errors` of them in a row lets
 * nobody in from here any more.
 */
export class BackendLeg {
  readonly greeting: Greeting;
  readonly #options: Pick<ProxyOptions, "connector">;
  readonly #plain: BackendStream;
  #stream: Stream;
  #packets: PacketSource;
  #sequence: number;
  /** What the server has been told: nothing, that TLS follows, or who logs in. */
  #told: "nothing" | "tls" | "login" = "nothing";

  private constructor(
    options: Pick<ProxyOptions, "connector">,
    plain: BackendStream,
    packets: PacketSource,
    greeted: { readonly greeting: Greeting; readonly sequence: number },
  ) {
    this.#options = options;
    this.#plain = plain;
    this.#stream = plain;
    this.#packets = packets;
    this.greeting = greeted.greeting;
    this.#sequence = (greeted.sequence + 1) & 0xff;
  }

  /**
   * Connects and reads the greeting, both within the connect time-out. Errors: `ConnectError`, {@link BackendRefused},
   * `ProtocolError` for a greeting that cannot be trusted.
   */
  static async open(
    options: Pick<ProxyOptions, "connector">,
    signal: AbortSignal,
    onConnected: () => void,
  ): Promise<BackendLeg> {
    const { connector } = options;
    const { connectTimeoutMs } = connector;
    const deadline = performance.now() + connectTimeoutMs;
    const plain = await connector.connect(signal);
    onConnected();
    try {
      const packets = new PacketSource(plain);
      const late = new ConnectError(
        "greeting",
        "timeout",
        connector.target,
        `connected, but no greeting came within ${formatDurationMs(connectTimeoutMs)}`,
        { hint: "Check that a MySQL server listens on that port, and that it is not overloaded" },
      );
      const packet = await within(readGreeting(packets, connector.target), {
        ms: deadline - performance.now(),
        late,
        signal,
      });
      if (packet.payload[0] === ERR_HEADER) throw new BackendRefused(packet.payload);
      const greeting = decodeGreeting(packet.payload);
      if (packets.takeRest().length > 0) {
        throw new ProtocolError("Cannot trust the backend: bytes came behind its greeting, before TLS");
      }
      return new BackendLeg(options, plain, packets, { greeting, sequence: packet.sequence });
    } catch (error) {
      plain.close();
      throw error;
    }
  }

  get stream(): Stream {
    return this.#stream;
  }

  get offersTls(): boolean {
    return hasCapability(this.greeting.capabilities, CLIENT_SSL);
  }

  /** Asks for TLS and starts it, within the connect time-out. Errors: those of the upgrade; the leg is closed then. */
  async startTls(response: HandshakeResponse, signal: AbortSignal): Promise<void> {
    this.#told = "tls";
    const late = AbortSignal.timeout(this.#options.connector.connectTimeoutMs);
    await this.#write(encodeSslRequest(response));
    this.#stream = await this.#plain.upgrade(AbortSignal.any([signal, late]));
    this.#packets = new PacketSource(this.#stream);
    this.#told = "nothing";
  }

  /** Says who logs in. */
  logIn(response: HandshakeResponse): Promise<void> {
    this.#told = "login";
    return this.#write(encodeHandshakeResponse(response));
  }

  /** Sends the next packet of the login. */
  send(payload: Uint8Array): Promise<void> {
    return this.#write(payload);
  }

  /** The next packet, or `null` where the server closed; the same until it is taken. */
  peek(): Promise<SourcePacket | null> {
    return this.#packets.peek();
  }

  /** Takes the packet that `peek` resolved to. */
  async take(): Promise<SourcePacket | null> {
    const packet = await this.#packets.next();
    if (packet !== null) this.#sequence = (packet.sequence + 1) & 0xff;
    return packet;
  }

  /** Bytes that came behind the last packet, taken away. */
  takeRest(): Uint8Array {
    return this.#packets.takeRest();
  }

  /** Ends a login that leads nowhere so that the server refuses it, and closes. Never rejects. */
  async leave(): Promise<void> {
    const timer = setTimeout(() => this.close(), LEAVE_PATIENCE_MS);
    try {
      if (this.#told === "tls") return;
      if (this.#told === "nothing") await this.logIn(nobody(this.greeting, this.#stream.tls !== undefined));
      for (let count = 0; count < MOST_ANSWERS; count++) {
        const packet = await this.take();
        if (packet === null || packet.payload[0] === ERR_HEADER) return;
        if (packet.payload[0] === 0) return await this.#stream.write(encodePackets(0, COM_QUIT));
        await this.#write(EMPTY);
      }
    } catch {
      // The server has closed it, or the time is over: either way it is at its end.
    } finally {
      clearTimeout(timer);
      this.close();
    }
  }

  close(): void {
    this.#stream.close();
    this.#plain.close();
  }

  async #write(payload: Uint8Array): Promise<void> {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xff;
    await this.#stream.write(encodePackets(sequence, payload));
  }
}

async function readGreeting(packets: PacketSource, target: string): Promise<SourcePacket> {
  let packet: SourcePacket | null;
  try {
    packet = await packets.next();
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    packet = null;
  }
  if (packet === null) throw new ConnectError("greeting", "closed", target, "closed before the greeting");
  return packet;
}

/** The promise, or the error where it takes too long, or the signal's reason. */
async function within<T>(
  promise: Promise<T>,
  { ms, late, signal }: { readonly ms: number; readonly late: Error; readonly signal: AbortSignal },
): Promise<T> {
  promise.catch(() => {}); // It may end long after nobody waits any more.
  signal.throwIfAborted();
  const ended = Promise.withResolvers<never>();
  const abort = (): void => ended.reject(signal.reason);
  const timer = setTimeout(() => ended.reject(late), Math.max(0, ms));
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([promise, ended.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** A login without a password as a user that no server has. */
export function nobody(greeting: Greeting, tls: boolean): HandshakeResponse {
  return {
    capabilities: CLIENT_PROTOCOL_41 | CLIENT_SECURE_CONNECTION | CLIENT_PLUGIN_AUTH | (tls ? CLIENT_SSL : 0),
    mariadbCapabilities: 0,
    maxPacketBytes: 0x1000000,
    collation: 45,
    user: NOBODY,
    authResponse: EMPTY,
    schema: EMPTY,
    authPlugin: greeting.authPlugin,
    attributes: [],
    trailer: EMPTY,
  };
}

/** TLS as the mode wants it: whether to start it. Errors: `TlsError` where it has to be and is not offered. */
export function wantsTls(leg: BackendLeg, mode: ProxyOptions["backendTls"], target: string): boolean {
  if (mode === "disable" || leg.offersTls) return mode !== "disable";
  if (mode === "prefer") return false;
  throw new TlsError("not_offered", `${target} does not offer TLS`);
}
