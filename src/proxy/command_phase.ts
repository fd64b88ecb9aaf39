import type { ErrorCode } from "../protocol/error_codes.ts";
import type { JudgedFacts } from "./command_table.ts";
import type { FinalDecision, HoldDecision } from "./decision.ts";
import type { StatementAssembly } from "./statement_assembly.ts";

/** Where the client's direction stands between and within commands. */
export type CommandPhase =
  /** The next byte begins a command; `decided` is the decision that was awaited on it. */
  | { readonly kind: "idle"; readonly decided: FinalDecision | undefined }
  /** The rest of a command, or of a local file's packet, passes as it comes. */
  | { readonly kind: "passing" }
  /** A command that is judged whole is collected. */
  | { readonly kind: "assembling"; readonly assembly: StatementAssembly; readonly facts: JudgedFacts }
  /** A command is left out; it is answered when its last packet has come. */
  | { readonly kind: "dropping"; readonly dropped: Dropped }
  /** A command waits for its approval; without packets where it has not been taken and is looked at again. */
  | { readonly kind: "held"; readonly decision: HoldDecision; readonly command: Command | undefined };

/** One whole command as it is judged and passed on. */
export interface Command {
  readonly payload: Uint8Array;
  /** The packets as they are passed on. */
  readonly packets: readonly Uint8Array[];
  readonly facts: JudgedFacts;
  /** Sequence id of its last packet. */
  readonly sequence: number;
}

/** How a command that is left out is answered. */
export interface Dropped {
  readonly code: ErrorCode;
  /** Empty where the command has no response. */
  readonly message: string;
  readonly refused: boolean;
  /** The server has parameters for this statement that its next execute must not find. */
  readonly resetId: number | undefined;
}

/** Between commands, with nothing awaited. */
export const IDLE: CommandPhase = { kind: "idle", decided: undefined };
export const PASSING: CommandPhase = { kind: "passing" };
