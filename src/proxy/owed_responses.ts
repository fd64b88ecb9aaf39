import { CLIENT_LOCAL_FILES, hasCapability } from "../protocol/capabilities.ts";
import {
  COM_INIT_DB,
  COM_QUERY,
  COM_RESET_CONNECTION,
  COM_SET_OPTION,
  COM_STMT_PREPARE,
  MYSQL_OPTION_MULTI_STATEMENTS_ON,
} from "../protocol/commands.ts";
import { decodeUtf8 } from "../protocol/packet_reader.ts";
import type { CommandFacts, JudgedFacts } from "./command_table.ts";
import type { AllowDecision } from "./decision.ts";
import type { Exchange } from "./exchange.ts";
import { FileRequests } from "./local_infile.ts";
import type { ExchangeMore, RelayState } from "./relay_state.ts";

/** Most responses a pipelining client is owed at a time; past that its commands wait. */
const MAX_PIPELINED = 1024;
/** What they change decides how the commands behind them are judged. */
const CHANGING_COMMANDS: ReadonlySet<number> = new Set([COM_INIT_DB, COM_SET_OPTION, COM_RESET_CONNECTION]);
const NOTHING_MORE: ExchangeMore = {};
const FILE_REQUEST: ExchangeMore = { mayAskForFile: true };

/** Notes the responses that passed commands are owed, and what the session is once each has ended. */
export class OwedResponses {
  readonly files = new FileRequests();
  readonly #state: RelayState;
  /** What follows waits for the responses: it may be a file, or be read otherwise. */
  #barrier = false;

  constructor(state: RelayState) {
    this.#state = state;
  }

  /** Whether the next command has to wait for responses. */
  mustBeAwaited(): boolean {
    const { pipeline } = this.#state;
    if (this.#barrier) {
      if (pipeline.length > 0) return true;
      this.#barrier = false;
    }
    return pipeline.length >= MAX_PIPELINED;
  }

  /** Adds that of a command that was judged by its payload; `sequence` is its last packet's. */
  addJudged(payload: Uint8Array, facts: JudgedFacts, sequence: number, decision: AllowDecision): void {
    const { capabilities } = this.#state;
    const command = payload[0] as number;
    if (command === COM_QUERY) {
      const mayAskForFile = hasCapability(capabilities, CLIENT_LOCAL_FILES) && this.files.query(payload);
      this.add({ command, facts, sequence, decision }, mayAskForFile ? FILE_REQUEST : NOTHING_MORE);
    } else {
      this.add({ command, facts, sequence, decision }, { onEnd: this.#onEnd(command, payload, decision) });
      if (CHANGING_COMMANDS.has(command)) this.#barrier = true;
    }
  }

  /** Adds a command's, unless it has none. */
  add(
    { command, facts: { shape }, sequence, decision }: {
      readonly command: number;
      readonly facts: CommandFacts;
      readonly sequence: number;
      readonly decision: AllowDecision;
    },
    more: ExchangeMore = NOTHING_MORE,
  ): void {
    if (shape === "none" || shape === "authentication") return;
    if (more.mayAskForFile === true || decision.barrier === true) this.#barrier = true;
    this.#state.expect({ command, shape, sequence, decision }, more);
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
        const statement = prepared.pass(decision.decideRun);
        const file = hasCapability(capabilities, CLIENT_LOCAL_FILES) && this.files.prepare(payload);
        if (statement === undefined && !file) return undefined;
        return (ok) => {
          if (ok && statement !== undefined) prepared.named(tracker.preparedId, statement);
          if (ok && file) this.files.prepared(tracker.preparedId);
        };
      }
      default:
        return undefined;
    }
  }
}
