import {
  COM_STMT_CLOSE,
  COM_STMT_FETCH,
  COM_STMT_RESET,
  COM_STMT_SEND_LONG_DATA,
  LAST_PREPARED_STATEMENT_ID,
} from "../protocol/commands.ts";
import { ER_UNKNOWN_STMT_HANDLER } from "../protocol/error_codes.ts";
import type { Dropped } from "./command_phase.ts";
import type { StreamedFacts } from "./command_table.ts";
import {
  ALLOW,
  type AllowDecision,
  type Decision,
  type FinalDecision,
  type HoldDecision,
} from "./decision.ts";
import type { Exchange } from "./exchange.ts";
import type { OwedResponses } from "./owed_responses.ts";
import type { PacketCursor } from "./packet_cursor.ts";
import type { PreparedStatement } from "./prepared_statements.ts";
import type { RelayState } from "./relay_state.ts";

/** What becomes of a command that is looked at by its first bytes. */
export type StreamedCommand =
  /** It passes, and its response has been noted. */
  | { readonly action: "pass" }
  /** It is left out to its last packet, and answered then. */
  | { readonly action: "drop"; readonly dropped: Dropped }
  /** It is looked at again with more of its bytes, or once the responses before it have ended. */
  | { readonly action: "wait"; readonly until: "more" | "responses" }
  /** It is looked at again with the decision. */
  | { readonly action: "hold"; readonly decision: HoldDecision };

const PASS: StreamedCommand = { action: "pass" };
/** Bytes of a statement id, behind the command's own. */
const STATEMENT_ID_BYTES = 4;

/**
 * Commands whose packets pass as they come: nothing beyond the first bytes is looked at. Those of prepared statements are
 * found there by id, since a statement whose prepare left something to be asked is judged anew each time it runs.
 */
export class StreamedCommands {
  readonly #state: RelayState;
  readonly #owed: OwedResponses;

  constructor(state: RelayState, owed: OwedResponses) {
    this.#state = state;
    this.#owed = owed;
  }

  /** Looks at the command at the cursor; `decided` is the decision that was awaited on it. */
  look(
    command: number,
    facts: StreamedFacts,
    cursor: PacketCursor,
    decided: FinalDecision | undefined,
  ): StreamedCommand {
    const { prepared, pipeline } = this.#state;
    const named = facts.statement !== undefined && cursor.length > STATEMENT_ID_BYTES;
    if (!named || !(prepared.followed || this.#owed.files.any)) {
      this.#owed.add({ command, facts, sequence: 0, decision: ALLOW });
      return PASS;
    }
    if (!cursor.has(STATEMENT_ID_BYTES + 1)) return { action: "wait", until: "more" };
    const id = readStatementId(cursor);
    if (id === LAST_PREPARED_STATEMENT_ID && prepared.lastRefused) {
      return { action: "drop", dropped: unknownStatement(facts) };
    }
    const statement = prepared.find(id);
    // An id that only a response under way can have brought is one that was guessed: its statement is told by then.
    if (statement === undefined && prepared.followed && pipeline.length > 0) {
      return { action: "wait", until: "responses" };
    }
    if (statement === undefined || facts.statement !== "run") {
      return this.#pass(command, facts, { id, statement, decision: ALLOW });
    }
    const decision: Decision = decided ?? this.#judge(statement);
    if (decision.action === "hold") return { action: "hold", decision };
    const hadLongData = statement.longData;
    statement.longData = false;
    if (decision.action === "refuse") {
      const resetId = hadLongData ? id : undefined;
      return {
        action: "drop",
        dropped: { code: decision, message: decision.message, refused: true, resetId },
      };
    }
    statement.limits = decision.limits;
    statement.fetchedRows = 0;
    return this.#pass(command, facts, { id, statement, decision });
  }

  #judge({ decideRun }: PreparedStatement): Decision {
    this.#state.statements++;
    return decideRun();
  }

  /** Notes what a passing command does to its statement, and its response. */
  #pass(
    command: number,
    facts: StreamedFacts,
    { id, statement, decision }: {
      readonly id: number;
      readonly statement: PreparedStatement | undefined;
      readonly decision: AllowDecision;
    },
  ): StreamedCommand {
    const { prepared, tracker } = this.#state;
    const { files } = this.#owed;
    const mayAskForFile = facts.shape === "results" && files.execute(id);
    if (command === COM_STMT_CLOSE) {
      files.close(id);
      prepared.close(id);
    } else if (command === COM_STMT_SEND_LONG_DATA && statement !== undefined) statement.longData = true;
    else if (command === COM_STMT_RESET && statement !== undefined) statement.longData = false;
    else if (command === COM_STMT_FETCH && statement?.limits !== undefined) {
      const { limits, fetchedRows: rowsBefore } = statement;
      const onEnd: Exchange["onEnd"] = () => void (statement.fetchedRows += tracker.rows);
      const limited: AllowDecision = { action: "allow", limits, barrier: true };
      this.#owed.add({ command, facts, sequence: 0, decision: limited }, { onEnd, rowsBefore });
      return PASS;
    }
    this.#owed.add({ command, facts, sequence: 0, decision }, { mayAskForFile });
    return PASS;
  }
}

function unknownStatement({ shape }: StreamedFacts): Dropped {
  return {
    code: ER_UNKNOWN_STMT_HANDLER,
    message: shape === "none" ? "" : "Unknown prepared statement handler: querycop refused the prepare",
    refused: false,
    resetId: undefined,
  };
}

function readStatementId(cursor: PacketCursor): number {
  return (cursor.byte(1) | (cursor.byte(2) << 8) | (cursor.byte(3) << 16) | (cursor.byte(4) << 24)) >>> 0;
}
