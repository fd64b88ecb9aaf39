import { assertNever } from "../base/assert_never.ts";
import { CLIENT_QUERY_ATTRIBUTES, hasCapability } from "../protocol/capabilities.ts";
import { COM_CHANGE_USER, COM_QUIT, COM_STMT_RESET } from "../protocol/commands.ts";
import {
  ER_MALFORMED_PACKET,
  ER_NET_PACKETS_OUT_OF_ORDER,
  ER_SPECIFIC_ACCESS_DENIED_ERROR,
  ER_UNKNOWN_COM_ERROR,
} from "../protocol/error_codes.ts";
import { encodePackets, HEADER_BYTES, MAX_PAYLOAD_BYTES } from "../protocol/framing.ts";
import { followChangeUser, startChangeUser } from "./change_user.ts";
import { type Command, type CommandPhase, type Dropped, IDLE, PASSING } from "./command_phase.ts";
import { commandFacts, type JudgedFacts, type StreamedFacts } from "./command_table.ts";
import { ALLOW, type Decision, type FinalDecision, type HoldDecision } from "./decision.ts";
import { judgedText } from "./judged_text.ts";
import { OwedResponses } from "./owed_responses.ts";
import { PacketCursor } from "./packet_cursor.ts";
import { errPacket, type RelayState } from "./relay_state.ts";
import { StatementAssembly } from "./statement_assembly.ts";
import { StreamedCommands } from "./streamed_commands.ts";

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

/** The client's direction of the command phase: finds the commands, asks `decide`, and passes on what may pass. */
export class CommandStream {
  readonly #state: RelayState;
  readonly #cursor: PacketCursor;
  readonly #owed: OwedResponses;
  readonly #streamed: StreamedCommands;
  #phase: CommandPhase = IDLE;

  constructor(state: RelayState) {
    this.#state = state;
    this.#cursor = new PacketCursor((bytes) => state.output.toBackend(bytes));
    this.#owed = new OwedResponses(state);
    this.#streamed = new StreamedCommands(state, this.#owed);
  }

  /** Where the last feed stopped: what is before has been taken. */
  get position(): number {
    return this.#cursor.at;
  }

  /** Whether a packet has begun and its rest is still to come. */
  get midPacket(): boolean {
    const { kind } = this.#phase;
    return kind === "passing" || kind === "assembling" || kind === "dropping";
  }

  /** The decision that is awaited. */
  get held(): HoldDecision | undefined {
    return this.#phase.kind === "held" ? this.#phase.decision : undefined;
  }

  /** Looks at `bytes` from `start` up to `end`, passing on what may pass, and says why it stopped. */
  feed(bytes: Uint8Array, start: number, end: number): CommandStop {
    this.#cursor.load(bytes, start, end);
    let why: CommandStop | undefined;
    do {
      why = this.#step();
    } while (why === undefined);
    this.#cursor.flush();
    return why;
  }

  /** Goes on with the held command as decided. */
  resume(decision: FinalDecision): void {
    if (this.#phase.kind !== "held") return;
    const { command } = this.#phase;
    this.#state.holding = false;
    this.#phase = command === undefined ? { kind: "idle", decided: decision } : IDLE;
    if (command !== undefined) this.#settle(command, decision);
  }

  /** Goes on by one command, or one piece of one; says why that cannot be, if so. */
  #step(): CommandStop | undefined {
    const phase = this.#phase;
    switch (phase.kind) {
      case "idle":
        return this.#begin(phase.decided);
      case "passing":
        if (!this.#cursor.through()) return "more";
        this.#phase = IDLE;
        return undefined;
      case "assembling":
        if (!this.#cursor.through(phase.assembly)) return "more";
        return this.#assembled(phase.assembly, phase.facts);
      case "dropping":
        if (!this.#cursor.through()) return "more";
        this.#phase = IDLE;
        this.#answerDropped(phase.dropped);
        return undefined;
      case "held":
        return "held";
      default:
        return assertNever(phase);
    }
  }

  /** Looks at the packet that begins at the cursor, as far as it is there. */
  #begin(decided: FinalDecision | undefined): CommandStop | undefined {
    const cursor = this.#cursor;
    if (!cursor.has(0)) return "more";
    switch (this.#state.mode) {
      case "command":
        return this.#beginCommand(decided);
      case "file":
        // An empty packet ends the file.
        if (cursor.length === 0) this.#state.mode = "command";
        return this.#passRest();
      case "authentication":
        return this.#authenticate();
      default:
        return assertNever(this.#state.mode);
    }
  }

  /** Takes one of the client's packets in a new login. */
  #authenticate(): CommandStop | undefined {
    const cursor = this.#cursor;
    if (this.#state.newLogin?.relay.awaitsClient !== true) return "responses";
    if (!cursor.has(cursor.length)) return "more";
    const { sequence } = cursor;
    followChangeUser(this.#state, "client", cursor.take().subarray(HEADER_BYTES), sequence);
    return undefined;
  }

  #beginCommand(decided: FinalDecision | undefined): CommandStop | undefined {
    const cursor = this.#cursor;
    const { length, sequence } = cursor;
    if (length > 0 && !cursor.has(1)) return "more";
    if (this.#owed.mustBeAwaited()) return "responses";
    if (sequence !== 0) {
      cursor.flush();
      this.#state.answer(-1, ER_NET_PACKETS_OUT_OF_ORDER, "Got packets out of order");
      return "broken";
    }
    const command = length > 0 ? cursor.byte(0) : 0;
    const facts = commandFacts(command);
    if (facts === undefined) {
      // A command we cannot follow would leave us guessing where its response ends.
      return this.#drop({
        code: ER_UNKNOWN_COM_ERROR,
        message: "Unknown command",
        refused: false,
        resetId: undefined,
      });
    }
    const whole = length < MAX_PAYLOAD_BYTES && cursor.has(length);
    if (facts.judged === undefined) {
      return this.#stream(command, facts, whole, decided);
    }
    return whole ? this.#judgeWhole(command, facts) : this.#assemble(facts);
  }

  /** Begins a command whose packets pass as they come. */
  #stream(
    command: number,
    facts: StreamedFacts,
    whole: boolean,
    decided: FinalDecision | undefined,
  ): CommandStop | undefined {
    const next = this.#streamed.look(command, facts, this.#cursor, decided);
    switch (next.action) {
      case "pass":
        if (command === COM_QUIT && whole) {
          this.#cursor.pass();
          return "quit";
        }
        return this.#passRest();
      case "drop":
        return this.#drop(next.dropped);
      case "wait":
        return next.until;
      case "hold":
        return this.#hold(next.decision, undefined);
      default:
        return assertNever(next);
    }
  }

  /** Judges a command that lies whole in the bytes at hand: the way of nearly all, which pass where they lie. */
  #judgeWhole(command: number, facts: JudgedFacts): CommandStop | undefined {
    const cursor = this.#cursor;
    const packet = cursor.packet();
    const payload = packet.subarray(HEADER_BYTES);
    if (command === COM_CHANGE_USER && this.#state.pipeline.length > 0) return "responses";
    const decision = this.#judge(payload, facts);
    if (decision.action === "allow" && command !== COM_CHANGE_USER) {
      this.#owed.addJudged(payload, facts, 0, decision);
      cursor.pass();
      return undefined;
    }
    cursor.take();
    if (decision.action === "hold") {
      const kept = packet.slice();
      return this.#hold(decision, {
        payload: kept.subarray(HEADER_BYTES),
        packets: [kept],
        facts,
        sequence: 0,
      });
    }
    this.#settle({ payload, packets: [packet], facts, sequence: 0 }, decision);
    return undefined;
  }

  /** Begins to collect a command that is judged whole. */
  #assemble(facts: JudgedFacts): undefined {
    const assembly = new StatementAssembly(this.#cursor.length, this.#state.settings.maxStatementBytes);
    this.#phase = { kind: "assembling", assembly, facts };
    this.#cursor.enter(false);
  }

  /** Judges the command whose packets have all come. */
  #assembled(assembly: StatementAssembly, facts: JudgedFacts): CommandStop | undefined {
    const state = this.#state;
    const sequence = this.#cursor.enteredSequence;
    if (assembly.overflowed) {
      this.#phase = IDLE;
      const megabytes = state.settings.maxStatementBytes / 1024 ** 2;
      const message =
        `querycop: blocked, statement-too-large: the statement is longer than ${megabytes} MB ` +
        "(GATEKEEPER_MAX_STATEMENT_MB); split it or send the data as parameters";
      if (facts.judged === "prepare") state.prepared.refuse();
      state.refuse(sequence, ER_SPECIFIC_ACCESS_DENIED_ERROR, message);
      return undefined;
    }
    const payload = assembly.payload();
    if (payload[0] === COM_CHANGE_USER && state.pipeline.length > 0) return "responses";
    this.#phase = IDLE;
    const decision = this.#judge(payload, facts);
    const command: Command = { payload, packets: [encodePackets(0, payload)], facts, sequence };
    if (decision.action === "hold") return this.#hold(decision, command);
    this.#settle(command, decision);
    return undefined;
  }

  /** Lets the rest of the command pass as it comes. */
  #passRest(): undefined {
    this.#phase = PASSING;
    this.#cursor.enter(true);
  }

  /** Leaves a command out to its last packet, and answers it then. */
  #drop(dropped: Dropped): undefined {
    this.#phase = { kind: "dropping", dropped };
    this.#cursor.enter(false);
  }

  #hold(decision: HoldDecision, command: Command | undefined): "held" {
    this.#state.holding = true;
    this.#phase = { kind: "held", decision, command };
    return "held";
  }

  #judge(payload: Uint8Array, facts: JudgedFacts): Decision {
    const { settings, capabilities } = this.#state;
    const command = facts.judged;
    const text = judgedText(command, payload, hasCapability(capabilities, CLIENT_QUERY_ATTRIBUTES));
    if (text === undefined) {
      return { action: "refuse", ...ER_MALFORMED_PACKET, message: "Malformed communication packet" };
    }
    this.#state.statements++;
    return settings.judge.decide({ command, text });
  }

  /** Passes on, or refuses, a command that has been taken out of the bytes at hand. */
  #settle(command: Command, decision: FinalDecision): void {
    const { payload, facts, sequence } = command;
    const state = this.#state;
    switch (decision.action) {
      case "refuse":
        if (facts.judged === "prepare") state.prepared.refuse();
        return state.refuse(sequence, decision, decision.message);
      case "allow": {
        if (payload[0] === COM_CHANGE_USER) {
          const refusal = startChangeUser(state, payload, decision.done);
          if (refusal !== undefined) state.refuse(sequence, refusal.code, refusal.message);
          return;
        }
        this.#owed.addJudged(payload, facts, sequence, decision);
        for (const packet of command.packets) state.output.toBackend(packet);
        return;
      }
      default:
        return assertNever(decision);
    }
  }

  #answerDropped({ code, message, refused, resetId }: Dropped): void {
    const state = this.#state;
    const sequence = this.#cursor.enteredSequence;
    if (refused) state.refused++;
    if (message === "") return;
    if (resetId === undefined) return state.answer(sequence, code, message);
    // The client sends its parameters again with its next execute; what it sent ahead of this one would be before them.
    state.output.toBackend(encodePackets(0, encodeStatementReset(resetId)));
    state.expect({ command: COM_STMT_RESET, shape: "single", sequence: 0, decision: ALLOW }, {
      discarding: true,
      closing: errPacket(sequence + 1, code, message),
    });
  }
}

function encodeStatementReset(id: number): Uint8Array {
  return Uint8Array.of(COM_STMT_RESET, id & 0xff, (id >>> 8) & 0xff, (id >>> 16) & 0xff, id >>> 24);
}
