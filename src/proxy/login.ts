import { ConnectError, ProtocolError, TlsError } from "../base/errors.ts";
import { accountName } from "../protocol/account_name.ts";
import {
  CLIENT_CONNECT_ATTRS,
  CLIENT_PROTOCOL_41,
  CLIENT_SSL,
  hasCapability,
  RELAYED_CAPABILITIES,
  RELAYED_MARIADB_CAPABILITIES,
} from "../protocol/capabilities.ts";
import {
  CR_CONN_HOST_ERROR,
  CR_SSL_CONNECTION_ERROR,
  ER_ACCESS_DENIED_ERROR,
  ER_CON_COUNT_ERROR,
  ER_HANDSHAKE_ERROR,
  ER_SECURE_TRANSPORT_REQUIRED,
  type ErrorCode,
} from "../protocol/error_codes.ts";
import { encodePackets } from "../protocol/framing.ts";
import { decodeUtf8 } from "../protocol/packet_reader.ts";
import { decodeErr, encodeErr, ERR_HEADER } from "../protocol/packets/err.ts";
import { decodeGreeting, encodeGreeting, type Greeting } from "../protocol/packets/greeting.ts";
import {
  decodeHandshakeResponse,
  encodeHandshakeResponse,
  encodeSslRequest,
  type HandshakeResponse,
  SSL_REQUEST_BYTES,
} from "../protocol/packets/handshake_response.ts";
import { decodeOk } from "../protocol/packets/ok.ts";
import { AuthRelay, type AuthRelayOptions } from "./auth_relay.ts";
import { tooManyOfUser, UNREADABLE_USER } from "./change_user.ts";
import { addOwnAttributes, attributeMap } from "./connect_attributes.ts";
import type { BackendStream, ClientStream, Endpoint, Stream } from "../net/mod.ts";
import type { ProxyOptions } from "./options.ts";
import { PacketSource, type PendingRead } from "./packet_source.ts";
import { codeFor, isClientErrno, ownGreeting } from "./refusal.ts";
import type { EndCause } from "../contract/words.ts";
import type { UserAdmission } from "./user_slots.ts";

/** A session that may now send commands. */
export interface LoggedIn {
  readonly client: Stream;
  readonly backend: Stream;
  /** Bytes that came behind the login's last packet. */
  readonly clientRest: Uint8Array;
  /** A read from the client that is under way. */
  readonly clientRead: PendingRead | undefined;
  readonly backendRest: Uint8Array;
  /** Of the client's leg. */
  readonly capabilities: number;
  readonly backendCapabilities: number;
  readonly serverVersion: string;
  readonly user: string;
  readonly schema: string;
  readonly collation: number;
  readonly status: number;
  readonly attributes: ReadonlyMap<string, string>;
  readonly ownAttributes: readonly (readonly [string, string])[];
  readonly authentication: AuthRelayOptions;
  readonly authPlugin: string;
}

/** What a login is made with. */
export interface LoginContext {
  readonly options: ProxyOptions;
  readonly client: ClientStream;
  /** Who the client is, behind a balancer too. */
  readonly clientEndpoint: Endpoint;
  /** Bytes of the client's that were read before the login. */
  readonly alreadyRead: Uint8Array;
  readonly signal: AbortSignal;
  readonly users: UserAdmission;
  /** Told as soon as the client has said who it is. */
  readonly onUser: (user: string) => void;
  /** Told of every stream the login opens, so that the session can close it. */
  readonly onStream: (stream: Stream) => void;
  readonly onPhase: (phase: "greeting" | "tls" | "authentication") => void;
}

/** Why a login did not lead to a session; the client has been told. */
export class LoginEnded extends Error {
  override readonly name = "LoginEnded";
  readonly endCause: EndCause;
  /** Error number the client was given, 0 for none. */
  readonly errno: number;
  constructor(endCause: EndCause, message: string, errno = 0) {
    super(message);
    this.endCause = endCause;
    this.errno = errno;
  }
}

/** Carries a client through the connection phase against the backend. */
export async function login(context: LoginContext): Promise<LoggedIn> {
  const login = new Login(context);
  return await login.run();
}

class Login {
  readonly #context: LoginContext;
  readonly #clientPackets: PacketSource;
  #client: Stream;
  /** Next sequence id on each leg. */
  #clientSequence = 0;
  #backendSequence = 0;
  /** A SQLSTATE may be sent: the client has told its capabilities. */
  #clientKnown = false;
  #greeted = false;
  /** `_client_name` of the connection attributes. */
  #clientName: string | undefined;

  constructor(context: LoginContext) {
    this.#context = context;
    this.#client = context.client;
    this.#clientPackets = new PacketSource(context.client, context.alreadyRead);
  }

  async run(): Promise<LoggedIn> {
    const { options, signal } = this.#context;
    const plain = await this.#connect();
    const greetingPackets = new PacketSource(plain);
    const greeting = await this.#greet(greetingPackets);
    const backendTls = options.backendTls !== "disable" && hasCapability(greeting.capabilities, CLIENT_SSL);
    if (!backendTls && options.backendTls !== "disable" && options.backendTls !== "prefer") {
      throw await this.#refuse("backend_tls", CR_SSL_CONNECTION_ERROR, noTlsOffered(options));
    }
    const offered = (greeting.capabilities & RELAYED_CAPABILITIES) |
      (options.clientTls === "off" ? 0 : CLIENT_SSL);
    const offeredMariadb = greeting.mariadbCapabilities & RELAYED_MARIADB_CAPABILITIES;
    const response = await this.#introduce({
      ...greeting,
      capabilities: offered >>> 0,
      mariadbCapabilities: offeredMariadb,
    });
    const capabilities = (response.capabilities & offered & ~CLIENT_SSL) >>> 0;
    const user = accountName(response.user, response.collation, "login");
    if (user === undefined) {
      throw await this.#refuse("client_protocol", ER_ACCESS_DENIED_ERROR, UNREADABLE_USER);
    }
    this.#context.onUser(user);
    if (!this.#context.users.mayEnter(user)) {
      throw await this.#refuse("limit", ER_CON_COUNT_ERROR, tooManyOfUser(user));
    }

    const clientSecure = this.#client.tls !== undefined;
    const attributes = attributeMap(response.attributes);
    const authentication = {
      clientSecure,
      backendSecure: backendTls,
      clientIsLibmysql: attributes.get("_client_name") === "libmysql",
      sealer: await options.sealer,
    };
    const relay = new AuthRelay(response.authPlugin || greeting.authPlugin, greeting.nonce, authentication);
    const authResponse = await this.#initialResponse(relay, response);

    const ownAttributes = this.#ownAttributes();
    const withAttributes = hasCapability(greeting.capabilities, CLIENT_CONNECT_ATTRS);
    const forwarded: HandshakeResponse = {
      ...response,
      authResponse,
      capabilities:
        (capabilities | (withAttributes ? CLIENT_CONNECT_ATTRS : 0) | (backendTls ? CLIENT_SSL : 0)) >>> 0,
      mariadbCapabilities: response.mariadbCapabilities & offeredMariadb,
      attributes: addOwnAttributes(response.attributes, ownAttributes),
      trailer: EMPTY,
    };
    let backend: Stream = plain;
    if (backendTls) {
      this.#context.onPhase("tls");
      await plain.write(encodePackets(this.#backendSequence++, encodeSslRequest(forwarded)));
      try {
        backend = await plain.upgrade(signal);
      } catch (error) {
        throw await this.#tlsFailed(error);
      }
      this.#context.onStream(backend);
    }
    this.#context.onPhase("authentication");
    await backend.write(encodePackets(this.#backendSequence++, encodeHandshakeResponse(forwarded)));
    authResponse.fill(0);
    const backendPackets = new PacketSource(backend);
    const ok = await this.#authenticate(relay, backend, backendPackets, user);
    const { rest, pendingRead } = this.#clientPackets.handOver();
    return {
      client: this.#client,
      backend,
      clientRest: rest,
      clientRead: pendingRead,
      backendRest: backendPackets.takeRest(),
      capabilities,
      backendCapabilities: forwarded.capabilities,
      serverVersion: greeting.serverVersion,
      user,
      schema: decodeUtf8(response.schema),
      collation: response.collation,
      status: decodeOk(ok, 0).status,
      attributes,
      ownAttributes,
      authentication,
      authPlugin: relay.plugin,
    };
  }

  async #connect(): Promise<BackendStream> {
    const { options, signal, onStream } = this.#context;
    try {
      const stream = await options.connector.connect(signal);
      onStream(stream);
      return stream;
    } catch (error) {
      if (signal.aborted) throw error;
      throw await this.#refuse("backend_unreachable", CR_CONN_HOST_ERROR, unreachable(options, error));
    }
  }

  /** The backend's greeting; an ERR in its place passes on untouched. */
  async #greet(packets: PacketSource): Promise<Greeting> {
    this.#context.onPhase("greeting");
    const { options, signal } = this.#context;
    let packet;
    try {
      packet = await packets.next();
    } catch (error) {
      if (signal.aborted || error instanceof ProtocolError) throw error;
      packet = null;
    }
    if (packet === null) {
      const error = new ConnectError(
        "greeting",
        "closed",
        options.connector.target,
        "closed before the greeting",
      );
      throw await this.#refuse("backend_unreachable", CR_CONN_HOST_ERROR, unreachable(options, error));
    }
    if (packet.payload[0] === ERR_HEADER) {
      await this.#toClient(packet.payload);
      const { errno, message } = decodeErr(packet.payload);
      throw new LoginEnded("login_refused", message, errno);
    }
    let greeting: Greeting;
    try {
      greeting = decodeGreeting(packet.payload);
      if (packets.takeRest().length > 0) {
        throw new ProtocolError("Cannot trust the backend: bytes came behind its greeting, before TLS");
      }
    } catch (error) {
      throw await this.#refuse(
        "backend_protocol",
        CR_CONN_HOST_ERROR,
        unreachable(options, error),
      );
    }
    this.#backendSequence = (packet.sequence + 1) & 0xff;
    return greeting;
  }

  /** Greets the client and reads who it is. */
  async #introduce(greeting: Greeting): Promise<HandshakeResponse> {
    this.#greeted = true;
    await this.#toClient(encodeGreeting(greeting));
    const response = await this.#clientResponse();
    this.#clientName = attributeMap(response.attributes).get("_client_name");
    return response;
  }

  /** The client's handshake response, behind its TLS where it asked for that. */
  async #clientResponse(): Promise<HandshakeResponse> {
    const { options, onStream } = this.#context;
    let payload = await this.#fromClient();
    const flags = payload.length >= 4
      ? new DataView(payload.buffer, payload.byteOffset).getUint32(0, true)
      : 0;
    if (hasCapability(flags, CLIENT_PROTOCOL_41)) this.#clientKnown = true;
    if (
      payload.length === SSL_REQUEST_BYTES && hasCapability(flags, CLIENT_SSL) && options.clientTls !== "off"
    ) {
      try {
        this.#client = await this.#context.client.upgrade(this.#clientPackets.takeRest());
      } catch (error) {
        throw new LoginEnded("client_lost", `TLS with the client failed: ${(error as Error).message}`);
      }
      onStream(this.#client);
      this.#clientPackets.replace(this.#client);
      payload = await this.#fromClient();
    } else if (options.clientTls === "require") {
      throw await this.#refuse(
        "login_refused",
        ER_SECURE_TRANSPORT_REQUIRED,
        "querycop: connections without TLS are refused (GATEKEEPER_PROXY_TLS_MODE=require)",
      );
    }
    try {
      return decodeHandshakeResponse(payload);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      throw await this.#refuse("client_protocol", ER_HANDSHAKE_ERROR, "Bad handshake");
    }
  }

  /** The auth response that opens the login at the backend. */
  async #initialResponse(relay: AuthRelay, response: HandshakeResponse): Promise<Uint8Array> {
    const first = relay.initial(response.authResponse);
    if (first.authResponse !== undefined) return first.authResponse.slice();
    for (const { payload } of first.messages) await this.#toClient(payload);
    if (relay.outcome === undefined) {
      const opened = relay.openInitial(await this.#fromClient());
      if (opened.authResponse !== undefined) return opened.authResponse;
      for (const { payload } of opened.messages) await this.#toClient(payload);
    }
    throw new LoginEnded("login_refused", "The password could not be passed on");
  }

  /** Relays until the backend has said OK, whose payload is given back; the client has it. */
  async #authenticate(
    relay: AuthRelay,
    backend: Stream,
    backendPackets: PacketSource,
    user: string,
  ): Promise<Uint8Array> {
    for (;;) {
      const answers = backendPackets.peek().then((packet) => ["backend", packet] as const);
      const [from, packet] = await (relay.awaitsClient
        ? Promise.race([
          answers,
          this.#clientPackets.peek().then((packet) => ["client", packet] as const),
        ])
        : answers);
      if (packet === null) {
        throw new LoginEnded(
          from === "client" ? "client_closed" : "backend_closed",
          `The ${from} closed the connection in the middle of the login`,
        );
      }
      if (from === "client") {
        await this.#clientPackets.next();
        this.#clientSequence = (packet.sequence + 1) & 0xff;
      } else {
        await backendPackets.next();
        this.#backendSequence = (packet.sequence + 1) & 0xff;
      }
      const messages = from === "client"
        ? relay.fromClient(packet.payload)
        : relay.fromBackend(packet.payload);
      // Only who has proved to be the user takes one of its places; others may have taken the last meanwhile.
      if (relay.outcome === "ok" && !this.#context.users.enter(user)) {
        throw await this.#refuse("limit", ER_CON_COUNT_ERROR, tooManyOfUser(user));
      }
      for (const { to, payload } of messages) {
        if (to === "client") await this.#toClient(payload);
        else await backend.write(encodePackets(this.#backendSequence++ & 0xff, payload));
      }
      if (relay.outcome === "ok") return packet.payload;
      if (relay.outcome === "error") {
        const shown = messages.find(({ to }) => to === "client")?.payload;
        const { errno, message } = shown === undefined ? { errno: 0, message: "" } : decodeErr(shown);
        throw new LoginEnded("login_refused", message, errno);
      }
    }
  }

  #ownAttributes(): readonly (readonly [string, string])[] {
    const { clientEndpoint } = this.#context;
    const { tls } = this.#client;
    const attributes: [string, string][] = [
      ["_client_ip", clientEndpoint.host],
      ["_client_port", String(clientEndpoint.port)],
    ];
    if (tls?.version !== undefined) attributes.push(["_client_tls_version", tls.version]);
    if (tls?.cipher !== undefined) attributes.push(["_client_tls_cipher", tls.cipher]);
    return attributes;
  }

  async #fromClient(): Promise<Uint8Array> {
    const packet = await this.#clientPackets.next();
    if (packet === null) {
      throw new LoginEnded("client_closed", "The client closed the connection before its login");
    }
    this.#clientSequence = (packet.sequence + 1) & 0xff;
    return packet.payload;
  }

  async #toClient(payload: Uint8Array): Promise<void> {
    await this.#client.write(encodePackets(this.#clientSequence, payload));
    this.#clientSequence = (this.#clientSequence + 1) & 0xff;
  }

  async #tlsFailed(error: unknown): Promise<Error> {
    const { options, signal } = this.#context;
    if (signal.aborted) return error as Error;
    const reason = error instanceof TlsError
      ? error.message
      : `the TLS handshake failed: ${(error as Error).message}`;
    return await this.#refuse(
      "backend_tls",
      CR_SSL_CONNECTION_ERROR,
      `SSL connection error: ${
        error instanceof TlsError ? "certificate verify failed" : "handshake failed"
      } ` +
        `(querycop: ${options.connector.target}: ${reason})`,
    );
  }

  /** Tells the client why its login ends here, and gives the error to throw. */
  async #refuse(cause: EndCause, code: ErrorCode, message: string): Promise<LoginEnded> {
    if (!this.#greeted && isClientErrno(code.errno)) {
      try {
        await this.#introduce(ownGreeting(this.#context.options.clientTls !== "off"));
      } catch (error) {
        // One that leaves at the greeting, such as a health check, ended for the same cause.
        if (error instanceof LoginEnded) return new LoginEnded(cause, message);
        throw error;
      }
    }
    const { errno, sqlState } = codeFor(code, this.#clientName);
    await this.#toClient(encodeErr(errno, this.#clientKnown ? sqlState : undefined, message));
    return new LoginEnded(cause, message, errno);
  }
}

const EMPTY = new Uint8Array(0);

function unreachable(options: ProxyOptions, error: unknown): string {
  const detail = error instanceof Error ? error.message : String(error);
  return `Can't connect to MySQL server on '${options.connector.target}' (querycop: ${detail})`;
}

function noTlsOffered(options: ProxyOptions): string {
  return `SSL connection error: querycop: ${options.connector.target} does not offer TLS, which ` +
    `GATEKEEPER_BACKEND_TLS_MODE=${options.backendTls} asks for`;
}
