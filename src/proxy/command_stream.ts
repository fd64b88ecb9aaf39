import { CLIENT_LOCAL_FILES, CLIENT_QUERY_ATTRIBUTES, hasCapability } from "../protocol/capabilities.ts";
import {
  COM_CHANGE_USER,
  COM_INIT_DB,
  COM_QUERY,
  COM_QUIT,
  COM_RESET_CONNECTION,
  COM_SET_OPTION,
  COM_STMT_CLOSE,
  COM_STMT_FETCH,
  COM_STMT_PREPARE,
  COM_STMT_RESET,
  COM_STMT_SEND_LONG_DATA,
  LAST_PREPARED_STATEMENT_ID,
  MYSQL_OPTION_MULTI_STATEMENTS_ON,
} from "../protocol/commands.ts";
import {
  ER_MALFORMED_PACKET,
  ER_NET_PACKETS_OUT_OF_ORDER,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ER_UNKNOWN_COM_ERROR,
  ER_UNKNOWN_STMT_HANDLER,
  type ErrorCode,
} from "../protocol/error_codes.ts";
import { encodePackets, HEADER_BYTES, MAX_PAYLOAD_BYTES, readPayloadLength } from "../protocol/framing.ts";
import { decodeUtf8 } from "../protocol/packet_reader.ts";
import { followChangeUser, startChangeUser } from "./change_user.ts";
import { type CommandFacts, commandFacts } from "./command_table.ts";
import type { Decision, JudgedCommand } from "./decision.ts";
import type { Exchange } from "./exchange.ts";
import { judgedText } from "./judged_text.ts";
import { FileRequests } from "./local_infile.ts";
import type { PreparedStatement } from "./prepared_statements.ts";
import { errPacket, type ExchangeMore, type RelayState } from "./relay_state.ts";
import { StatementAssembly } from "./statement_assembly.ts";

/** Why {@link CommandStream.feed} stopped. */
export type CommandStop =
  /** All that could be looked at has been; what is left is the start of a packet. */
  | "more"
  /** The next command has to wait until the responses before it have ended. */
  | "responses"
  /** A command waits for its approval: see `held`. */
  | "held"
  /** COM_QUIT was passed on; nothing after it counts. */
  | "quit"
  /** The client broke the protocol and was told; the session is to be closed. */
  | "broken";

/** A command whose verdict is awaited. */
interface Held {
  readonly decision: Extract<Decision, { action: "hold" }>;
  /** With the packets to pass on; missing for one that has not been taken yet and is looked at again. */
  readonly command: Command | undefined;
}

/** What is said of a command that is left out, once its last packet has come. */
interface Dropped {
  readonly code: ErrorCode;
  /** Empty where the command has no response. */
  readonly message: string;
  readonly refused: boolean;
  /** The server has parameters for this statement that its next execute must not find. */
  readonly resetId: number | undefined;
}

/** One whole command as it is judged and passed on. */
interface Command {
  readonly payload: Uint8Array;
  /** The packets as they are passed on. */
  readonly packets: readonly Uint8Array[];
  readonly facts: CommandFacts;
  /** Sequence id of its last packet. */
  readonly sequence: number;
}

/** Most responses a pipelining client is owed at a time; past that its commands wait. */
const MAX_PIPELINED = 1024;

/** The client's direction of the command phase: finds the commands, asks `decide`, and passes on what may pass. */
export class CommandStream {
  readonly #state: RelayState;
  /** Bytes of a packet's payload that pass, or are dropped, unread. */
  #passing = 0;
  #dropping: Dropped | undefined;
  /** Sequence id of the last packet of a command that is left out. */
  #droppedSequence = 0;
  /** The packet before was 16 MB long, so the next one continues its command. */
  #continued = false;
  #assembly: StatementAssembly | undefined;
  /** Facts of the command whose packets are assembled, dropped or passed. */
  #current: CommandFacts | undefined;
  readonly #files = new FileRequests();
  /** What follows waits for the responses: it may be a file, or be read otherwise. */
  #barrier = false;
  #held: Held | undefined;
  /** The verdict that was awaited on the command looked at next. */
  #decided: FinalDecision | undefined;
  /** Where the last feed stopped: what is before has been taken. */
  position = 0;

  constructor(state: RelayState) {
    this.#state = state;
  }

  /** Whether a packet has begun and its rest is still to come. */
  get midPacket(): boolean {
    return this.#passing > 0 || this.#continued || this.#assembly !== undefined;
  }

  get held(): Held["decision"] | undefined {
    return this.#held?.decision;
  }

  /** Looks at `bytes` from `start` up to `end`, passing on what may pass, and says why it stopped. */
  feed(bytes: Uint8Array, start: number, end: number): CommandStop {
    const { output } = this.#state;
    /** Start of the bytes that may pass and have not been handed on. */
    let from = start;
    let at = start;
    const stop = (why: CommandStop, upTo = at): CommandStop => {
      if (upTo > from) output.toBackend(bytes.subarray(from, upTo));
      this.position = at;
      return why;
    };
    for (;;) {
      if (this.#passing > 0) {
        const taken = Math.min(this.#passing, end - at);
        if (this.#assembly !== undefined) this.#assembly.append(bytes.subarray(at, at + taken));
        this.#passing -= taken;
        at += taken;
        if (this.#dropping !== undefined || this.#assembly !== undefined) from = at;
        if (this.#passing > 0) return stop("more");
      }
      if (!this.#continued && (this.#assembly !== undefined || this.#dropping !== undefined)) {
        const why = this.#finishAssembled();
        if (why !== undefined) return stop(why);
      }
      if (end - at < HEADER_BYTES) return stop("more");
      const length = readPayloadLength(bytes, at);
      if (this.#continued) {
        this.#continued = length === MAX_PAYLOAD_BYTES;
        this.#passing = length;
        this.#droppedSequence = bytes[at + 3] as number;
        at += HEADER_BYTES;
        if (this.#assembly !== undefined || this.#dropping !== undefined) {
          this.#assembly?.countPacket();
          from = at;
        }
        continue;
      }
      const { mode } = this.#state;
      if (mode === "file") {
        this.#passing = length;
        this.#continued = length === MAX_PAYLOAD_BYTES;
        at += HEADER_BYTES;
        if (length === 0) this.#state.mode = "command";
        continue;
      }
      if (mode === "authentication") {
        if (this.#state.newLogin?.relay.awaitsClient !== true) return stop("responses");
        if (end - at < HEADER_BYTES + length) return stop("more");
        const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
        stop("more");
        followChangeUser(this.#state, "client", payload, bytes[at + 3] as number);
        at += HEADER_BYTES + length;
        from = at;
        continue;
      }
      if (length > 0 && end - at === HEADER_BYTES) return stop("more");
      if (this.#mustWait()) return stop("responses");
      const sequence = bytes[at + 3] as number;
      if (sequence !== 0) {
        stop("more");
        from = at;
        this.#state.answer(-1, ER_NET_PACKETS_OUT_OF_ORDER, "Got packets out of order");
        return stop("broken");
      }
      const command = length > 0 ? bytes[at + HEADER_BYTES] as number : 0;
      const facts = commandFacts(command);
      const whole = length < MAX_PAYLOAD_BYTES && at + HEADER_BYTES + length <= end;
      if (facts === undefined) {
        // A command we cannot follow would leave us guessing where its response ends.
        stop("more");
        this.#drop(length, { code: ER_UNKNOWN_COM_ERROR, message: "Unknown command" });
        at += HEADER_BYTES;
        from = at;
        continue;
      }
      if (facts.judged === undefined || facts.judged === "execute") {
        // Its packets pass as they come: nothing beyond its first bytes is looked at.
        const next = this.#stream(command, facts, bytes, at, end, length);
        if (next === "drop") {
          stop("more");
          at += HEADER_BYTES;
          from = at;
          continue;
        }
        if (next !== "pass") return stop(next);
        this.#passing = length;
        this.#continued = length === MAX_PAYLOAD_BYTES;
        at += HEADER_BYTES;
        if (command === COM_QUIT && whole) {
          at += length;
          this.#passing = 0;
          return stop("quit");
        }
        continue;
      }
      if (!whole) {
        stop("more");
        this.#current = facts;
        this.#assembly = new StatementAssembly(length, this.#state.settings.maxStatementBytes);
        this.#passing = length;
        this.#continued = length === MAX_PAYLOAD_BYTES;
        at += HEADER_BYTES;
        from = at;
        continue;
      }
      const packet = bytes.subarray(at, at + HEADER_BYTES + length);
      const payload = packet.subarray(HEADER_BYTES);
      if (command === COM_CHANGE_USER && this.#state.pipeline.length > 0) return stop("responses");
      const decision = this.#judge(payload, facts);
      if (decision.action === "allow" && command !== COM_CHANGE_USER) {
        this.#pass(payload, facts, 0, decision);
        at += packet.length;
        continue;
      }
      stop("more");
      at += packet.length;
      from = at;
      if (decision.action === "hold") {
        const kept = packet.slice();
        this.#hold(decision, { payload: kept.subarray(HEADER_BYTES), packets: [kept], facts, sequence });
        return stop("held");
      }
      this.#settle({ payload, packets: [packet], facts, sequence }, decision);
    }
  }

  /**
   * Looks at a command whose packets pass as they come, by its first bytes at `at`: judges it where it runs a
   * statement that is to be judged again, and notes what it does. Nothing has been noted unless it says `pass` or `drop`.
   */
  #stream(
    command: number,
    facts: CommandFacts,
    bytes: Uint8Array,
    at: number,
    end: number,
    length: number,
  ): "pass" | "drop" | "more" | "responses" | "held" {
    const { prepared, pipeline, tracker } = this.#state;
    const named = facts.statementId === true && length > STATEMENT_ID_BYTES;
    if (!named || !(prepared.followed || this.#files.any)) {
      this.#expect(command, facts, 0, ALLOW, NOTHING_MORE);
      return "pass";
    }
    if (end - at <= HEADER_BYTES + STATEMENT_ID_BYTES) return "more";
    const id = readStatementId(bytes, at + HEADER_BYTES + 1);
    if (id === LAST_PREPARED_STATEMENT_ID && prepared.lastRefused) {
      this.#drop(length, {
        code: ER_UNKNOWN_STMT_HANDLER,
        message: facts.shape === "none"
          ? ""
          : "Unknown prepared statement handler: querycop refused the prepare",
      });
      return "drop";
    }
    const statement = prepared.find(id);
    // An id that only a response under way can have brought is one that was guessed: its statement is told by then.
    if (statement === undefined && prepared.followed && pipeline.length > 0) return "responses";
    let decision = ALLOW;
    if (statement !== undefined && facts.judged === "execute") {
      const judged = this.#decided ?? this.#judgeExecute(statement);
      this.#decided = undefined;
      if (judged.action === "hold") {
        this.#hold(judged, undefined);
        return "held";
      }
      if (judged.action === "refuse") {
        const resetId = statement.longData ? id : undefined;
        statement.longData = false;
        this.#drop(length, { code: judged, message: judged.message, refused: true, resetId });
        return "drop";
      }
      decision = judged;
    }
    const mayAskForFile = facts.shape === "results" && this.#files.execute(id);
    let rowsBefore = 0;
    let onEnd: Exchange["onEnd"];
    if (command === COM_STMT_CLOSE) {
      this.#files.close(id);
      prepared.close(id);
    } else if (statement !== undefined) {
      if (facts.judged === "execute") {
        statement.longData = false;
        statement.limits = decision.limits;
        statement.fetchedRows = 0;
      } else if (command === COM_STMT_SEND_LONG_DATA) statement.longData = true;
      else if (command === COM_STMT_RESET) statement.longData = false;
      else if (command === COM_STMT_FETCH && statement.limits !== undefined) {
        decision = { action: "allow", limits: statement.limits, barrier: true };
        rowsBefore = statement.fetchedRows;
        onEnd = () => void (statement.fetchedRows += tracker.rows);
      }
    }
    this.#expect(command, facts, 0, decision, { onEnd, mayAskForFile, rowsBefore });
    return "pass";
  }

  /** Leaves a command out to its last packet, and answers it then. */
  #drop(length: number, dropped: Pick<Dropped, "code" | "message"> & Partial<Dropped>): void {
    this.#passing = length;
    this.#continued = length === MAX_PAYLOAD_BYTES;
    this.#dropping = { refused: false, resetId: undefined, ...dropped };
    this.#droppedSequence = 0;
  }

  #hold(decision: Held["decision"], command: Command | undefined): void {
    this.#state.holding = true;
    this.#held = { decision, command };
  }

  /** Goes on with the held command as decided. */
  resume(decision: FinalDecision): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    this.#state.holding = false;
    if (held.command === undefined) this.#decided = decision;
    else this.#settle(held.command, decision);
  }

  /** Whether the next command has to wait for responses. */
  #mustWait(): boolean {
    const { pipeline } = this.#state;
    if (this.#barrier) {
      if (pipeline.length > 0) return true;
      this.#barrier = false;
    }
    return pipeline.length >= MAX_PIPELINED;
  }

  /** Judges the command whose packets have all come, or answers the one that was dropped. */
  #finishAssembled(): CommandStop | undefined {
    const { settings, pipeline } = this.#state;
    const assembly = this.#assembly;
    const facts = this.#current;
    if (assembly === undefined) {
      if (this.#dropping !== undefined) this.#answerDropped(this.#dropping);
      this.#dropping = undefined;
      return undefined;
    }
    const { sequence } = assembly;
    if (facts === undefined || assembly.overflowed) {
      this.#assembly = undefined;
      const megabytes = settings.maxStatementBytes / 1024 ** 2;
      const message =
        `querycop: blocked, statement-too-large: the statement is longer than ${megabytes} MB ` +
        "(GATEKEEPER_MAX_STATEMENT_MB); split it or send the data as parameters";
      if (facts?.judged === "prepare") this.#state.prepared.refuse();
      this.#state.refuse(sequence, ER_SPECIFIC_ACCESS_DENIED_ERROR, message);
      return undefined;
    }
    const payload = assembly.payload();
    if (payload[0] === COM_CHANGE_USER && pipeline.length > 0) return "responses";
    this.#assembly = undefined;
    const decision = this.#judge(payload, facts);
    const command: Command = { payload, packets: [encodePackets(0, payload)], facts, sequence };
    if (decision.action === "hold") {
      this.#hold(decision, command);
      return "held";
    }
    this.#settle(command, decision);
    return undefined;
  }

  #judge(payload: Uint8Array, facts: CommandFacts): Decision {
    const { settings, session, capabilities } = this.#state;
    const command = facts.judged as JudgedCommand;
    const text = judgedText(command, payload, hasCapability(capabilities, CLIENT_QUERY_ATTRIBUTES));
    if (text === undefined) {
      return { action: "refuse", ...ER_MALFORMED_PACKET, message: "Malformed communication packet" };
    }
    this.#state.statements++;
    return settings.decide({ command, text }, session);
  }

  #judgeExecute({ carried }: PreparedStatement): Decision {
    const { settings, session } = this.#state;
    this.#state.statements++;
    return settings.decide({ command: "execute", text: EMPTY, prepared: carried }, session);
  }

  /** Passes on, or refuses, a command that does not lie in the bytes being fed. */
  #settle(command: Command, decision: FinalDecision): void {
    const { payload, facts, sequence } = command;
    if (decision.action === "refuse") {
      if (facts.judged === "prepare") this.#state.prepared.refuse();
      this.#state.refuse(sequence, decision, decision.message);
      return;
    }
    if (payload[0] === COM_CHANGE_USER) {
      const refusal = startChangeUser(this.#state, payload, decision.done);
      if (refusal !== undefined) this.#state.refuse(sequence, refusal.code, refusal.message);
      return;
    }
    this.#pass(payload, facts, sequence, decision);
    for (const packet of command.packets) this.#state.output.toBackend(packet);
  }

  /** Notes what an allowed command changes, and the response that it will have. */
  #pass(payload: Uint8Array, facts: CommandFacts, sequence: number, decision: AllowDecision): void {
    const { capabilities } = this.#state;
    const command = payload[0] as number;
    if (command === COM_QUERY) {
      const mayAskForFile = hasCapability(capabilities, CLIENT_LOCAL_FILES) && this.#files.query(payload);
      this.#expect(command, facts, sequence, decision, mayAskForFile ? FILE_REQUEST : NOTHING_MORE);
    } else {
      this.#expect(command, facts, sequence, decision, { onEnd: this.#onEnd(command, payload, decision) });
      if (CHANGING_COMMANDS.has(command)) this.#barrier = true;
    }
  }

  /** Notes that the client is owed a response, unless the command has none. */
  #expect(
    command: number,
    { shape }: CommandFacts,
    sequence: number,
    decision: AllowDecision,
    more: ExchangeMore,
  ): void {
    if (shape === "none" || shape === "authentication") return;
    if (more.mayAskForFile === true || decision.barrier === true) this.#barrier = true;
    this.#state.expect(command, shape, sequence, decision, more);
  }

  /** What is to be done when the response of a command other than a COM_QUERY has ended. */
  #onEnd(command: number, payload: Uint8Array, decision: AllowDecision): Exchange["onEnd"] {
    const { capabilities, session, prepared, tracker } = this.#state;
    switch (command) {
      case COM_INIT_DB: {
        const schema = decodeUtf8(payload.subarray(1));
        return (ok) => void (ok && (session.schema = schema));
      }
      case COM_SET_OPTION: {
        if (payload.length < 3) return undefined;
        const on = (payload[1] as number) + (payload[2] as number) * 256 === MYSQL_OPTION_MULTI_STATEMENTS_ON;
        return (ok) => void (ok && (session.multiStatements = on));
      }
      case COM_RESET_CONNECTION:
        return (ok) => void (ok && prepared.clear());
      case COM_STMT_PREPARE: {
        const statement = prepared.pass(decision.prepared);
        const file = hasCapability(capabilities, CLIENT_LOCAL_FILES) && this.#files.prepare(payload);
        if (statement === undefined && !file) return undefined;
        return (ok) => {
          if (ok && statement !== undefined) prepared.named(tracker.preparedId, statement);
          if (ok && file) this.#files.prepared(tracker.preparedId);
        };
      }
      default:
        return undefined;
    }
  }

  #answerDropped({ code, message, refused, resetId }: Dropped): void {
    const state = this.#state;
    if (refused) state.refused++;
    if (message === "") return;
    if (resetId === undefined) return state.answer(this.#droppedSequence, code, message);
    // The client sends its parameters again with its next execute; what it sent ahead of this one would be before them.
    state.output.toBackend(encodePackets(0, encodeStatementReset(resetId)));
    state.expect(COM_STMT_RESET, "single", 0, ALLOW, {
      discarding: true,
      closing: errPacket(this.#droppedSequence + 1, code, message),
    });
  }
}

type FinalDecision = Exclude<Decision, { readonly action: "hold" }>;
/** What they change decides how the commands behind them are judged. */
const CHANGING_COMMANDS: ReadonlySet<number> = new Set([COM_INIT_DB, COM_SET_OPTION, COM_RESET_CONNECTION]);
type AllowDecision = Extract<Decision, { action: "allow" }>;
const ALLOW: AllowDecision = { action: "allow" };
const NOTHING_MORE: ExchangeMore = {};
const FILE_REQUEST: ExchangeMore = { mayAskForFile: true };
const EMPTY = new Uint8Array(0);
/** Bytes of a statement id, behind the command's own. */
const STATEMENT_ID_BYTES = 4;

function readStatementId(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) | ((bytes[at + 1] as number) << 8) |
    ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
}

function encodeStatementReset(id: number): Uint8Array {
  return Uint8Array.of(COM_STMT_RESET, id & 0xff, (id >>> 8) & 0xff, (id >>> 16) & 0xff, id >>> 24);
}
