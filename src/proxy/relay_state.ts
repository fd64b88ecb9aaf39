import type { EndCause } from "../contract/words.ts";
import { CLIENT_MULTI_STATEMENTS, hasCapability } from "../protocol/capabilities.ts";
import type { ErrorCode } from "../protocol/error_codes.ts";
import { encodePackets } from "../protocol/framing.ts";
import { encodeErr } from "../protocol/packets/err.ts";
import { SERVER_STATUS_IN_TRANS, SERVER_STATUS_IN_TRANS_READONLY } from "../protocol/status.ts";
import type { AuthRelay, AuthRelayOptions } from "./auth_relay.ts";
import { ByteWindow } from "./byte_window.ts";
import type { AllowDecision, ResponseLimits, SessionJudge, SessionView } from "./decision.ts";
import { type Exchange, Pipeline } from "./exchange.ts";
import { PreparedStatements } from "./prepared_statements.ts";
import { type ResponseShape, ResponseTracker } from "./response_tracker.ts";
import type { UserAdmission } from "./user_slots.ts";

/** Where the two directions of a relay put their bytes. */
export interface RelayOutput {
  /** The bytes are valid until the buffer that was fed is read into again. */
  toBackend(bytes: Uint8Array): void;
  toClient(bytes: Uint8Array): void;
}

/** What a session's command phase is made with. */
export interface RelaySettings {
  readonly judge: SessionJudge;
  readonly limits: ResponseLimits;
  readonly maxStatementBytes: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** The same clock, read about once a second: costs nothing. */
  readonly coarseNow: () => number;
  readonly authentication: AuthRelayOptions;
  /** What the backend's leg has, which is more than the client's where only one of them has attributes. */
  readonly backendCapabilities: number;
  /** Attributes of our own that a new login (COM_CHANGE_USER) carries too. */
  readonly ownAttributes: readonly (readonly [string, string])[];
  readonly users: UserAdmission;
  /** Told how a COM_CHANGE_USER ended. */
  readonly onChangeUser: (end: ChangeUserEnd) => void;
}

/** What is special about a response. */
export type ExchangeMore = Partial<
  Pick<Exchange, "mayAskForFile" | "onEnd" | "rowsBefore" | "discarding" | "closing">
>;

/** How a COM_CHANGE_USER ended. */
export interface ChangeUserEnd {
  /** The user who was asked for. */
  readonly user: string;
  /** The user before. */
  readonly from: string;
  readonly authPlugin: string;
  /** Why it failed: what the client was told. */
  readonly failure: { readonly errno: number; readonly message: string } | undefined;
}

/** A session as `decide` sees it, and as the relay keeps it up to date. */
export interface RelaySession extends SessionView {
  user: string;
  schema: string;
  collation: number;
  status: number;
  multiStatements: boolean;
  attributes: ReadonlyMap<string, string>;
}

/** A login in a session that is open already, while it is under way. */
export interface NewLogin {
  readonly relay: AuthRelay;
  /** What the session is once the server has said OK. */
  readonly accepted: Pick<RelaySession, "user" | "schema" | "collation" | "attributes">;
  readonly done: AllowDecision["done"];
  /** Monotonic milliseconds. */
  readonly startedMs: number;
}

/** What both directions of a session's command phase share. */
export class RelayState {
  readonly settings: RelaySettings;
  readonly session: RelaySession;
  readonly output: RelayOutput;
  readonly capabilities: number;
  readonly pipeline = new Pipeline();
  readonly tracker: ResponseTracker;
  readonly window = new ByteWindow();
  /** What the client's bytes are now: commands, a local file, or packets of a new login. */
  mode: "command" | "file" | "authentication" = "command";
  newLogin: NewLogin | undefined;
  readonly prepared = new PreparedStatements();
  /** A command waits for its approval. */
  holding = false;
  /** Next sequence ids of the legs during a new login. */
  authSequence = { client: 0, backend: 0 };
  /** Set when the session is to be closed once its bytes are out: why. */
  ending: EndCause | undefined;
  /** Counts for metrics. */
  statements = 0;
  refused = 0;

  constructor(settings: RelaySettings, session: RelaySession, capabilities: number, output: RelayOutput) {
    this.settings = settings;
    this.session = session;
    this.capabilities = capabilities;
    this.output = output;
    this.tracker = new ResponseTracker(capabilities);
    this.tracker.status = session.status;
    session.multiStatements = hasCapability(capabilities, CLIENT_MULTI_STATEMENTS);
  }

  /** Whether ending the session now would cut off a response, a transaction or a statement on its way. */
  get busy(): boolean {
    return this.pipeline.length > 0 || this.holding || this.mode !== "command" ||
      (this.session.status & (SERVER_STATUS_IN_TRANS | SERVER_STATUS_IN_TRANS_READONLY)) !== 0;
  }

  /** Starts to follow the response at the pipeline's head. */
  beginResponse(): void {
    const { head } = this.pipeline;
    if (head === undefined || head.answer !== undefined) return;
    const { limits } = head;
    let { responseBytes } = limits;
    if (limits.windowBytes !== Infinity) {
      const left = limits.windowBytes - this.window.total(this.settings.coarseNow());
      if (left < responseBytes) responseBytes = Math.max(left, 0);
    }
    this.tracker.begin(
      head.shape as Exclude<typeof head.shape, "none">,
      head.sequence,
      responseBytes,
      Math.max(0, limits.rows - head.rowsBefore),
    );
  }

  /** Puts the response of a command that is passed on at the end of what the client is owed. */
  expect(
    { command, shape, sequence, decision }: {
      readonly command: number;
      readonly shape: ResponseShape;
      /** Of the command's last packet. */
      readonly sequence: number;
      readonly decision: AllowDecision;
    },
    more: ExchangeMore,
  ): void {
    const { pipeline, settings } = this;
    pipeline.push({
      command,
      shape,
      sequence,
      startedMs: decision.done === undefined ? 0 : settings.now(),
      limits: decision.limits ?? settings.limits,
      rowsBefore: more.rowsBefore ?? 0,
      done: decision.done,
      mayAskForFile: more.mayAskForFile ?? false,
      answer: undefined,
      onEnd: more.onEnd,
      discarding: more.discarding ?? false,
      closing: more.closing,
    });
    if (pipeline.length === 1) this.beginResponse();
  }

  refuse(sequence: number, code: ErrorCode, message: string): void {
    this.refused++;
    this.answer(sequence, code, message);
  }

  /** Answers a command ourselves, in its turn; `sequence` is that of the command's last packet. */
  answer(sequence: number, code: ErrorCode, message: string): void {
    const { pipeline, output, settings } = this;
    const answer = errPacket(sequence + 1, code, message);
    if (pipeline.length === 0) return output.toClient(answer);
    pipeline.push({
      command: 0,
      shape: "single",
      sequence,
      startedMs: 0,
      limits: settings.limits,
      rowsBefore: 0,
      done: undefined,
      mayAskForFile: false,
      answer,
      onEnd: undefined,
      discarding: false,
      closing: undefined,
    });
  }

  /** Tells of the commands whose responses will not come to their end. */
  abandon(): void {
    const { settings, tracker, newLogin, pipeline } = this;
    const tell = (done: Exchange["done"], startedMs: number, begun: boolean) =>
      done?.({
        result: "lost",
        errno: 0,
        durationMs: settings.now() - startedMs,
        bytes: begun ? tracker.bytes : 0,
        rows: begun ? tracker.rows : 0,
        affectedRows: 0,
        status: tracker.status,
        tracked: [],
      });
    for (const exchange of pipeline) tell(exchange.done, exchange.startedMs, exchange === pipeline.head);
    if (newLogin !== undefined) tell(newLogin.done, newLogin.startedMs, false);
    this.newLogin = undefined;
  }

  /** Answers, in their turn, the refused commands that have come to the head. */
  answerRefused(): void {
    for (let { head } = this.pipeline; head?.answer !== undefined; { head } = this.pipeline) {
      this.output.toClient(head.answer);
      this.pipeline.shift();
    }
  }
}

/** An ERR packet, header included. */
export function errPacket(
  sequence: number,
  code: ErrorCode,
  message: string,
): Uint8Array {
  return encodePackets(sequence & 0xff, encodeErr(code.errno, code.sqlState, message));
}
