import { setImmediate } from "node:timers";
import { formatDurationMs } from "../base/duration.ts";
import { ConnectError, ProtocolError } from "../base/errors.ts";
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
import { decodeErr, encodeErr } from "../protocol/packets/err.ts";
import { encodeGreeting, type Greeting } from "../protocol/packets/greeting.ts";
import {
  decodeHandshakeResponse,
  type HandshakeResponse,
  SSL_REQUEST_BYTES,
} from "../protocol/packets/handshake_response.ts";
import { decodeOk } from "../protocol/packets/ok.ts";
import { AuthRelay } from "./auth_relay.ts";
import { tooManyOfUser, UNREADABLE_USER } from "./change_user.ts";
import { addOwnAttributes, attributeMap, ownAttributesOf } from "./connect_attributes.ts";
import type { ClientStream, Endpoint, Stream } from "../net/mod.ts";
import { BackendLeg, BackendRefused, wantsTls } from "./backend_leg.ts";
import type { ProxyOptions } from "./options.ts";
import type { LoggedIn } from "./logged_in.ts";
import { LoginEnded, noTlsOffered, tlsFailed, unreachable } from "./login_failure.ts";
import { PacketSource } from "./packet_source.ts";
import { codeFor, isClientErrno, ownGreeting } from "./refusal.ts";
import type { EndCause } from "../contract/words.ts";
import type { UserAdmission } from "./user_slots.ts";

/** What a login is made with. */
export interface LoginContext {
  readonly options: ProxyOptions;
  readonly client: ClientStream;
  /** Who the client is, behind a balancer too. */
  readonly clientEndpoint: Endpoint;
  /** Bytes of the client's that were read before the login. */
  readonly alreadyRead: Uint8Array;
  readonly signal: AbortSignal;
  /** Over everything. */
  readonly timeoutMs: number;
  readonly users: UserAdmission;
  /** Told as soon as the client has said who it is. */
  readonly onUser: (user: string) => void;
  /** Called with the streams that the session closes: the client's behind TLS, and the backend's once it is its own. */
  readonly onStream: (stream: Stream) => void;
  readonly onPhase: (phase: "greeting" | "tls" | "authentication") => void;
}

/**
 * Carries a client through the connection phase against the backend. Where that fails, the client's stream is closed
 * and the backend's leg brought to its end when this rejects.
 */
export async function login(context: LoginContext): Promise<LoggedIn> {
  return await new Login(context).run();
}

class Login {
  readonly #context: LoginContext;
  readonly #clientPackets: PacketSource;
  #client: Stream;
  /** Next sequence id. */
  #clientSequence = 0;
  /** A SQLSTATE may be sent: the client has told its capabilities. */
  #clientKnown = false;
  #greeted = false;
  /** `_client_name` of the connection attributes. */
  #clientName: string | undefined;
  #backend: BackendLeg | undefined;
  /** Whose turn it is. */
  #awaits: "client" | "backend" = "backend";
  readonly #expired = Promise.withResolvers<never>();

  constructor(context: LoginContext) {
    this.#context = context;
    this.#client = context.client;
    this.#clientPackets = new PacketSource(context.client, context.alreadyRead);
  }

  async run(): Promise<LoggedIn> {
    const { signal, timeoutMs } = this.#context;
    const timer = setTimeout(() => this.#expire(), timeoutMs);
    const end = (): void => this.#expired.reject(signal.reason);
    signal.addEventListener("abort", end);
    this.#expired.promise.catch(() => {});
    const loggingIn = this.#logIn();
    loggingIn.catch(() => {}); // Where the time is over first, nobody waits for it.
    try {
      return await Promise.race([loggingIn, this.#expired.promise]);
    } catch (error) {
      this.#client.close();
      await this.#backend?.leave();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
    }
  }

  /** The time is over: who is waited for is why. */
  #expire(): void {
    if (this.#awaits === "client") {
      return this.#expired.reject(new LoginEnded("login_timeout", "The client took too long to log in"));
    }
    const { options, timeoutMs } = this.#context;
    const error = new ConnectError(
      "login",
      "timeout",
      options.connector.target,
      `no answer to the login within ${formatDurationMs(timeoutMs)}`,
    );
    this.#refuse("backend_unreachable", CR_CONN_HOST_ERROR, unreachable(options, error))
      .then(this.#expired.reject, this.#expired.reject);
  }

  async #logIn(): Promise<LoggedIn> {
    const { options, signal, onPhase } = this.#context;
    await this.#stillThere();
    const leg = await this.#open();
    const { greeting } = leg;
    let backendTls: boolean;
    try {
      backendTls = wantsTls(leg, options.backendTls, options.connector.target);
    } catch {
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

    const ownAttributes = ownAttributesOf(this.#context.clientEndpoint, this.#client.tls);
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
    this.#awaits = "backend";
    if (backendTls) {
      onPhase("tls");
      try {
        await leg.startTls(forwarded, signal);
      } catch (error) {
        throw await this.#tlsFailed(error);
      }
    }
    onPhase("authentication");
    await leg.logIn(forwarded);
    authResponse.fill(0);
    const ok = await this.#authenticate(relay, leg, user);
    this.#context.onStream(leg.stream);
    const { rest, pendingRead } = this.#clientPackets.handOver();
    return {
      client: this.#client,
      backend: leg.stream,
      clientRest: rest,
      clientRead: pendingRead,
      backendRest: leg.takeRest(),
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

  /**
   * Leaves a client that has gone already, as a port check has, without a connection to the backend. What has come
   * until now is looked at, which is a turn of the event loop; a client waits for the greeting and says nothing.
   */
  async #stillThere(): Promise<void> {
    let gone = false;
    this.#clientPackets.peek().then((packet) => gone = packet === null, () => gone = true);
    await new Promise((resolve) => setImmediate(resolve));
    if (gone) await this.#fromClient();
  }

  /** Connects to the backend; an ERR in place of its greeting passes on untouched. */
  async #open(): Promise<BackendLeg> {
    const { options, signal, onPhase } = this.#context;
    try {
      return this.#backend = await BackendLeg.open(options, signal, () => onPhase("greeting"));
    } catch (error) {
      if (signal.aborted) throw error;
      if (error instanceof BackendRefused) {
        await this.#toClient(error.payload);
        throw new LoginEnded("login_refused", error.serverMessage, error.errno);
      }
      const cause = error instanceof ConnectError ? "backend_unreachable" : "backend_protocol";
      throw await this.#refuse(cause, CR_CONN_HOST_ERROR, unreachable(options, error));
    }
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
  async #authenticate(relay: AuthRelay, leg: BackendLeg, user: string): Promise<Uint8Array> {
    for (;;) {
      this.#awaits = relay.awaitsClient ? "client" : "backend";
      const answers = leg.peek().then((packet) => ["backend", packet] as const);
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
        await leg.take();
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
        else await leg.send(payload);
      }
      if (relay.outcome === "ok") return packet.payload;
      if (relay.outcome === "error") {
        const shown = messages.find(({ to }) => to === "client")?.payload;
        const { errno, message } = shown === undefined ? { errno: 0, message: "" } : decodeErr(shown);
        throw new LoginEnded("login_refused", message, errno);
      }
    }
  }

  async #fromClient(): Promise<Uint8Array> {
    this.#awaits = "client";
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
    if (error instanceof ConnectError && error.reason === "timeout") {
      return await this.#refuse("backend_unreachable", CR_CONN_HOST_ERROR, unreachable(options, error));
    }
    return await this.#refuse(
      "backend_tls",
      CR_SSL_CONNECTION_ERROR,
      tlsFailed(options, error),
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
