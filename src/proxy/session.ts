import { SERVER_STATUS_IN_TRANS } from "../protocol/status.ts";
import { ProtocolError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import { CLIENT_IGNORE_SPACE, hasCapability } from "../protocol/capabilities.ts";
import { ER_SERVER_SHUTDOWN } from "../protocol/error_codes.ts";
import { login } from "./login.ts";
import { LoginEnded } from "./login_failure.ts";
import { type ClientStream, type Endpoint, readProxyHeader, type Stream, type TlsInfo } from "../net/mod.ts";
import type { ProxyOptions } from "./options.ts";
import { Relay } from "./relay.ts";
import type { EndCause, SessionPhase } from "../contract/words.ts";
import { type ChangeUserEnd, errPacket, type RelaySession } from "./relay_state.ts";
import type { UserAdmission } from "./user_slots.ts";

/** What is told of a session that has ended. */
export interface SessionEnd {
  readonly cause: EndCause;
  readonly loggedIn: boolean;
}

/** A client's connection from its accept to its end. */
export class Session {
  readonly id: string;
  readonly startedMs: number;
  readonly #options: ProxyOptions;
  readonly #connection: ClientStream;
  readonly #coarseNow: () => number;
  readonly #streams: Stream[] = [];
  readonly #aborter = new AbortController();
  #phase: SessionPhase = "greeting";
  #relay: Relay | undefined;
  #endCause: EndCause | undefined;
  #user = "";
  /** The client has said who it is. */
  #named = false;
  #client: Endpoint;
  #backend: Stream | undefined;
  #clientTls: TlsInfo | undefined;

  constructor(id: string, options: ProxyOptions, connection: ClientStream, coarseNow: () => number) {
    this.id = id;
    this.startedMs = Date.now();
    this.#options = options;
    this.#connection = connection;
    this.#client = connection.remote;
    this.#coarseNow = coarseNow;
    this.#streams.push(connection);
  }

  get user(): string {
    return this.#relay?.state.session.user ?? this.#user;
  }

  get schema(): string {
    return this.#relay?.state.session.schema ?? "";
  }

  get client(): Endpoint {
    return this.#client;
  }

  get tls(): { readonly client: TlsInfo | undefined; readonly backend: TlsInfo | undefined } {
    return { client: this.#clientTls, backend: this.#backend?.tls };
  }

  get phase(): SessionPhase {
    if (this.#endCause !== undefined) return "closing";
    const state = this.#relay?.state;
    if (state === undefined) return this.#phase;
    if (state.mode === "file") return "local-infile";
    if (state.mode === "authentication") return "authentication";
    return state.pipeline.length > 0 || state.holding ? "response" : "command";
  }

  /** Whether a transaction was open when the backend last answered. */
  get inTransaction(): boolean {
    return ((this.#relay?.state.session.status ?? 0) & SERVER_STATUS_IN_TRANS) !== 0;
  }

  get bytes(): { readonly fromClient: number; readonly fromBackend: number } {
    return { fromClient: this.#relay?.bytesFromClient ?? 0, fromBackend: this.#relay?.bytesFromBackend ?? 0 };
  }

  get statements(): { readonly judged: number; readonly refused: number } {
    const state = this.#relay?.state;
    return { judged: state?.statements ?? 0, refused: state?.refused ?? 0 };
  }

  /** Whether ending it now would cut off a login, a response or a transaction. */
  get busy(): boolean {
    return this.#relay?.state.busy ?? true;
  }

  /** Milliseconds of the coarse clock when bytes last came; `Infinity` before the login has ended. */
  get lastActiveMs(): number {
    return this.#relay?.lastActiveMs ?? Infinity;
  }

  /** Carries the client to its end; never rejects. */
  async run(users: UserAdmission): Promise<SessionEnd> {
    const { logger, observer } = this.#options;
    let loggedIn = false;
    try {
      const relay = await this.#login(users);
      if (relay === undefined) return { cause: this.#endCause ?? "internal", loggedIn };
      loggedIn = true;
      const { clientRest, clientRead, backendRest } = relay.result;
      const cause = await relay.relay.run(clientRest, clientRead, backendRest);
      this.#endCause ??= cause;
      if (relay.relay.unsolicited) this.#log(logger, "backend spoke unasked", { cause: this.#endCause });
      if (relay.relay.error !== undefined) {
        this.#log(logger, "session failed", { error: relay.relay.error, cause: this.#endCause });
      }
      observer?.ended(relay.relay.state.session, {
        cause: this.#endCause,
        bytesFromClient: relay.relay.bytesFromClient,
        bytesFromBackend: relay.relay.bytesFromBackend,
        statements: relay.relay.state.statements,
        refused: relay.relay.state.refused,
        durationMs: Date.now() - this.startedMs,
      });
      return { cause: this.#endCause, loggedIn };
    } finally {
      for (const stream of this.#streams) stream.close();
    }
  }

  /** Ends the session now. With a login under way or a response half sent the client sees the connection close. */
  end(cause: EndCause, message: string): void {
    if (this.#endCause !== undefined) return;
    this.#endCause = cause;
    this.#aborter.abort();
    if (this.#relay === undefined) {
      for (const stream of this.#streams) stream.close();
      return;
    }
    const { pipeline, tracker } = this.#relay.state;
    const sequence = pipeline.length === 0 ? 0 : tracker.sequence + 1;
    void this.#relay.endWith(cause, errPacket(sequence, ER_SERVER_SHUTDOWN, message));
  }

  async #login(users: UserAdmission) {
    const options = this.#options;
    try {
      let alreadyRead: Uint8Array = new Uint8Array(0);
      if (options.proxyProtocol) {
        const proxied = await readProxyHeader(this.#connection, options.loginTimeoutMs);
        this.#client = proxied.client;
        alreadyRead = proxied.leftover;
      }
      const result = await login({
        options,
        client: this.#connection,
        clientEndpoint: this.#client,
        alreadyRead,
        signal: this.#aborter.signal,
        timeoutMs: options.loginTimeoutMs + options.connectTimeoutMs,
        users,
        onUser: (user) => {
          this.#user = user;
          this.#named = true;
        },
        onStream: (stream) => this.#streams.push(stream),
        onPhase: (phase) => void (this.#phase = phase),
      });
      this.#backend = result.backend;
      this.#clientTls = result.client.tls;
      const session: RelaySession = {
        id: this.id,
        user: result.user,
        schema: result.schema,
        client: this.#client,
        attributes: result.attributes,
        collation: result.collation,
        status: result.status,
        ignoreSpace: hasCapability(result.capabilities, CLIENT_IGNORE_SPACE),
        multiStatements: false,
        serverVersion: result.serverVersion,
      };
      const relay = new Relay(
        result.client,
        result.backend,
        {
          judge: options.openJudge(session),
          limits: options.limits,
          maxStatementBytes: options.maxStatementBytes,
          now: () => performance.now(),
          coarseNow: this.#coarseNow,
          authentication: result.authentication,
          backendCapabilities: result.backendCapabilities,
          ownAttributes: result.ownAttributes,
          users,
          onChangeUser: (end) => this.#changedUser(session, end),
        },
        session,
        result.capabilities,
      );
      this.#relay = relay;
      this.#log(options.logger, "session open", {
        user: result.user,
        plugin: result.authPlugin,
        server: result.serverVersion,
        client_tls: result.client.tls?.version ?? (result.client.tls === undefined ? "none" : "yes"),
        backend_tls: result.backend.tls?.version ?? (result.backend.tls === undefined ? "none" : "yes"),
      });
      this.#opened(session, result.authPlugin, undefined);
      return { relay, result };
    } catch (error) {
      this.#loginFailed(error);
      return undefined;
    }
  }

  #opened(session: RelaySession, authPlugin: string, changedFrom: string | undefined): void {
    this.#options.observer?.opened(session, {
      authPlugin,
      clientTls: this.#clientTls,
      backendTls: this.#backend?.tls,
      changedFrom,
    });
  }

  #changedUser(session: RelaySession, { from, user, authPlugin, failure }: ChangeUserEnd): void {
    const { logger } = this.#options;
    if (failure === undefined) {
      this.#log(logger, "user changed", { from, plugin: authPlugin });
      return this.#opened(session, authPlugin, from);
    }
    this.#log(logger, "change of user refused", { to: user, errno: failure.errno, reason: failure.message });
    this.#tellFailed(user, "login_refused", failure.errno, failure.message);
  }

  #tellFailed(user: string, cause: EndCause, errno: number, message: string): void {
    this.#options.observer?.loginFailed({ id: this.id, user, client: this.#client, cause, errno, message });
  }

  #loginFailed(error: unknown): void {
    const { logger } = this.#options;
    if (this.#endCause !== undefined) {
      this.#log(logger, "login ended", { cause: this.#endCause });
    } else if (error instanceof LoginEnded) {
      this.#endCause = error.endCause;
      const fields = { cause: error.endCause, errno: error.errno, reason: error.message };
      if (error.endCause.startsWith("backend_")) this.#warn(logger, "backend failed", fields);
      else this.#log(logger, "login refused", fields);
    } else {
      this.#endCause = error instanceof ProtocolError ? "client_protocol" : "client_lost";
      this.#log(logger, "login failed", { cause: this.#endCause, error });
    }
    if (!this.#named) return;
    const message = error instanceof Error ? error.message : String(error);
    this.#tellFailed(this.#user, this.#endCause, error instanceof LoginEnded ? error.errno : 0, message);
  }

  #log(logger: Logger, message: string, fields: Readonly<Record<string, unknown>>): void {
    logger.info(message, this.#described(fields));
  }

  #warn(logger: Logger, message: string, fields: Readonly<Record<string, unknown>>): void {
    logger.warn(message, this.#described(fields));
  }

  #described(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    return { session: this.id, client: this.#client.host, user: this.user || undefined, ...fields };
  }
}
