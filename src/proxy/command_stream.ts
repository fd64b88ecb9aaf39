import { ProtocolError } from "../base/errors.ts";
import { CLIENT_LOCAL_FILES, CLIENT_QUERY_ATTRIBUTES, hasCapability } from "../protocol/capabilities.ts";
import {
  COM_CHANGE_USER,
  COM_INIT_DB,
  COM_QUERY,
  COM_QUIT,
  COM_SET_OPTION,
  COM_STMT_CLOSE,
  COM_STMT_PREPARE,
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
import { queryTextOffset } from "../protocol/packets/query.ts";
import { startChangeUser } from "./change_user.ts";
import { type CommandFacts, commandFacts } from "./command_table.ts";
import type { Decision, JudgedCommand } from "./decision.ts";
import type { Exchange } from "./exchange.ts";
import { FileRequests } from "./local_infile.ts";
import { errPacket, type RelayState } from "./relay_state.ts";
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

/** A command whose verdict is awaited, with the packets to pass on. */
interface Held {
  readonly decision: Extract<Decision, { action: "hold" }>;
  readonly command: Command;
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
  #dropping = false;
  /** The packet before was 16 MB long, so the next one continues its command. */
  #continued = false;
  #assembly: StatementAssembly | undefined;
  /** Facts of the command whose packets are assembled, dropped or passed. */
  #current: CommandFacts | undefined;
  /** The last COM_STMT_PREPARE was refused, so "the last statement" is not the client's. */
  #lastPrepareRefused = false;
  readonly #files = new FileRequests();
  /** A statement that may ask for a file: what follows it may be the file. */
  #fileExchange: Exchange | undefined;
  #held: Held | undefined;
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
        if (this.#dropping || this.#assembly !== undefined) from = at;
        if (this.#passing > 0) return stop("more");
      }
      if (!this.#continued && (this.#assembly !== undefined || this.#dropping)) {
        const why = this.#finishAssembled();
        if (why !== undefined) return stop(why);
      }
      if (end - at < HEADER_BYTES) return stop("more");
      const length = readPayloadLength(bytes, at);
      if (this.#continued) {
        this.#continued = length === MAX_PAYLOAD_BYTES;
        this.#passing = length;
        at += HEADER_BYTES;
        if (this.#assembly !== undefined || this.#dropping) {
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
        if (this.#state.authentication?.awaitsClient !== true) return stop("responses");
        if (end - at < HEADER_BYTES + length) return stop("more");
        const payload = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
        stop("more");
        this.#authenticate(payload, bytes[at + 3] as number);
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
        this.#answer(-1, ER_NET_PACKETS_OUT_OF_ORDER, "Got packets out of order");
        return stop("broken");
      }
      const command = length > 0 ? bytes[at + HEADER_BYTES] as number : 0;
      const facts = commandFacts(command);
      const whole = length < MAX_PAYLOAD_BYTES && at + HEADER_BYTES + length <= end;
      if (facts === undefined) {
        // A command we cannot follow would leave us guessing where its response ends.
        stop("more");
        this.#drop(undefined, length);
        at += HEADER_BYTES;
        from = at;
        continue;
      }
      if (facts.judged === undefined) {
        let asksForFile = false;
        if (facts.statementId === true && (this.#lastPrepareRefused || this.#files.any)) {
          if (!whole && end - at < HEADER_BYTES + 5) return stop("more");
          const id = statementId(bytes, at + HEADER_BYTES);
          asksForFile = facts.shape === "results" && this.#files.execute(id);
          if (command === COM_STMT_CLOSE) this.#files.close(id);
          if (this.#lastPrepareRefused && id === LAST_PREPARED_STATEMENT_ID) {
            stop("more");
            this.#drop(facts, length);
            at += HEADER_BYTES;
            from = at;
            continue;
          }
        }
        const exchange = this.#expect(command, facts, 0, ALLOW, asksForFile);
        if (asksForFile) this.#fileExchange = exchange;
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
        this.#held = {
          decision,
          command: { payload: kept.subarray(HEADER_BYTES), packets: [kept], facts, sequence },
        };
        return stop("held");
      }
      this.#settle({ payload, packets: [packet], facts, sequence }, decision);
    }
  }

  /** Leaves a command out to its last packet, and answers it then. */
  #drop(facts: CommandFacts | undefined, length: number): void {
    this.#current = facts;
    this.#passing = length;
    this.#continued = length === MAX_PAYLOAD_BYTES;
    this.#dropping = true;
  }

  /** Goes on with the held command as decided. */
  resume(decision: Exclude<Decision, { action: "hold" }>): void {
    const held = this.#held;
    if (held === undefined) return;
    this.#held = undefined;
    this.#state.holding = false;
    this.#settle(held.command, decision);
  }

  /** Whether the next command has to wait for responses. */
  #mustWait(): boolean {
    const { pipeline } = this.#state;
    if (this.#fileExchange !== undefined) {
      if (pipeline.length > 0) return true;
      this.#fileExchange = undefined;
    }
    return pipeline.length >= MAX_PIPELINED;
  }

  /** Judges the command whose packets have all come, or answers the one that was dropped. */
  #finishAssembled(): CommandStop | undefined {
    const { settings, pipeline } = this.#state;
    const assembly = this.#assembly;
    const facts = this.#current;
    if (assembly === undefined) {
      this.#dropping = false;
      if (facts === undefined) this.#answer(0, ER_UNKNOWN_COM_ERROR, "Unknown command");
      else if (facts.shape !== "none") {
        this.#answer(
          0,
          ER_UNKNOWN_STMT_HANDLER,
          "Unknown prepared statement handler: querycop refused the prepare",
        );
      }
      return undefined;
    }
    const { sequence } = assembly;
    if (facts === undefined || assembly.overflowed) {
      this.#assembly = undefined;
      const megabytes = settings.maxStatementBytes / 1024 ** 2;
      const message =
        `querycop: blocked, statement-too-large: the statement is longer than ${megabytes} MB ` +
        "(GATEKEEPER_MAX_STATEMENT_MB); split it or send the data as parameters";
      if (facts?.judged === "prepare") this.#lastPrepareRefused = true;
      this.#refuse(sequence, ER_SPECIFIC_ACCESS_DENIED_ERROR, message);
      return undefined;
    }
    const payload = assembly.payload();
    if (payload[0] === COM_CHANGE_USER && pipeline.length > 0) return "responses";
    this.#assembly = undefined;
    const decision = this.#judge(payload, facts);
    const command: Command = { payload, packets: [encodePackets(0, payload)], facts, sequence };
    if (decision.action === "hold") {
      this.#state.holding = true;
      this.#held = { decision, command };
      return "held";
    }
    this.#settle(command, decision);
    return undefined;
  }

  #judge(payload: Uint8Array, facts: CommandFacts): Decision {
    const { settings, session, capabilities } = this.#state;
    const judged = facts.judged as JudgedCommand;
    let text: Uint8Array;
    if (judged === "query" && hasCapability(capabilities, CLIENT_QUERY_ATTRIBUTES)) {
      try {
        text = payload.subarray(queryTextOffset(payload));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        return { action: "refuse", ...ER_MALFORMED_PACKET, message: "Malformed communication packet" };
      }
    } else {
      text = judgedText(judged, payload);
    }
    this.#state.statements++;
    return settings.decide({ command: judged, text }, session);
  }

  /** Passes on, or refuses, a command that does not lie in the bytes being fed. */
  #settle(command: Command, decision: Exclude<Decision, { action: "hold" }>): void {
    const { payload, facts, sequence } = command;
    if (decision.action === "refuse") {
      if (facts.judged === "prepare") this.#lastPrepareRefused = true;
      this.#refuse(sequence, decision, decision.message);
      return;
    }
    if (payload[0] === COM_CHANGE_USER) {
      startChangeUser(this.#state, payload);
      return;
    }
    this.#pass(payload, facts, sequence, decision);
    for (const packet of command.packets) this.#state.output.toBackend(packet);
  }

  /** Notes what an allowed command changes, and the response that it will have. */
  #pass(payload: Uint8Array, facts: CommandFacts, sequence: number, decision: AllowDecision): void {
    const { capabilities, session } = this.#state;
    const command = payload[0] as number;
    if (command === COM_STMT_PREPARE) this.#lastPrepareRefused = false;
    const takesFiles = hasCapability(capabilities, CLIENT_LOCAL_FILES);
    const asksForFile = takesFiles && command === COM_QUERY && this.#files.query(payload);
    let onOk: (() => void) | undefined;
    if (command === COM_INIT_DB) {
      const schema = decodeUtf8(payload.subarray(1));
      onOk = () => void (session.schema = schema);
    } else if (command === COM_SET_OPTION && payload.length >= 3) {
      const on = (payload[1] as number) + (payload[2] as number) * 256 === MYSQL_OPTION_MULTI_STATEMENTS_ON;
      onOk = () => void (session.multiStatements = on);
    }
    if (takesFiles && command === COM_STMT_PREPARE && this.#files.prepare(payload)) {
      const { tracker } = this.#state;
      onOk = () => this.#files.prepared(tracker.preparedId);
    }
    const exchange = this.#expect(command, facts, sequence, decision, asksForFile, onOk);
    if (asksForFile) this.#fileExchange = exchange;
  }

  /** Puts the response of a command that is passed on at the end of what the client is owed. */
  #expect(
    command: number,
    facts: CommandFacts,
    sequence: number,
    decision: AllowDecision,
    mayAskForFile: boolean,
    onOk?: () => void,
  ): Exchange | undefined {
    const { shape } = facts;
    if (shape === "none" || shape === "authentication") return undefined;
    const { pipeline, settings } = this.#state;
    const exchange: Exchange = {
      command,
      shape,
      sequence,
      startedMs: decision.done === undefined ? 0 : settings.now(),
      limits: decision.limits ?? settings.limits,
      done: decision.done,
      mayAskForFile,
      answer: undefined,
      onOk,
      discarding: false,
      closing: undefined,
    };
    pipeline.push(exchange);
    if (pipeline.length === 1) this.#state.beginResponse();
    return exchange;
  }

  #refuse(sequence: number, code: ErrorCode, message: string): void {
    this.#state.refused++;
    this.#answer(sequence, code, message);
  }

  /** Answers a command ourselves, in its turn; `sequence` is that of the command's last packet. */
  #answer(sequence: number, code: ErrorCode, message: string): void {
    const { pipeline, output, settings } = this.#state;
    const answer = errPacket(sequence + 1, code, message);
    if (pipeline.length === 0) return output.toClient(answer);
    pipeline.push({
      command: 0,
      shape: "single",
      sequence,
      startedMs: 0,
      limits: settings.limits,
      done: undefined,
      mayAskForFile: false,
      answer,
      onOk: undefined,
      discarding: false,
      closing: undefined,
    });
  }

  /** A packet of the client's in a new login. */
  #authenticate(payload: Uint8Array, sequence: number): void {
    const state = this.#state;
    const { authentication, authSequence, output } = state;
    if (authentication === undefined) throw new ProtocolError("Cannot read a packet: no login is under way");
    authSequence.client = (sequence + 1) & 0xff;
    for (const message of authentication.fromClient(payload)) {
      const leg = message.to;
      const packet = encodePackets(authSequence[leg], message.payload);
      authSequence[leg] = (authSequence[leg] + 1) & 0xff;
      if (leg === "client") output.toClient(packet);
      else output.toBackend(packet);
    }
    if (authentication.outcome !== undefined) state.ending = "login_refused";
  }
}

type AllowDecision = Extract<Decision, { action: "allow" }>;
const ALLOW: AllowDecision = { action: "allow" };
const EMPTY = new Uint8Array(0);
const encoder = new TextEncoder();

/** The bytes that are judged of a command other than a COM_QUERY with attributes. */
function judgedText(judged: JudgedCommand, payload: Uint8Array): Uint8Array {
  switch (judged) {
    case "binlog_dump":
    case "shutdown":
      return EMPTY;
    case "change_user":
    case "field_list": {
      const end = payload.indexOf(0, 1);
      return payload.subarray(1, end < 0 ? payload.length : end);
    }
    case "process_kill":
    case "set_option":
    case "refresh": {
      let value = 0;
      for (let index = Math.min(payload.length, 5) - 1; index >= 1; index--) {
        value = value * 256 + (payload[index] as number);
      }
      return encoder.encode(String(value));
    }
    default:
      return payload.subarray(1);
  }
}

function statementId(bytes: Uint8Array, payloadAt: number): number {
  return ((bytes[payloadAt + 1] as number) | ((bytes[payloadAt + 2] as number) << 8) |
    ((bytes[payloadAt + 3] as number) << 16) | ((bytes[payloadAt + 4] as number) << 24)) >>> 0;
}
