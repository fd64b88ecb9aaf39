import type { CommandOutcome, SessionView } from "../proxy/decision.ts";
import { Effect, READING_EFFECTS } from "../sql/session/effects.ts";
import { PreparedText } from "./prepared_text.ts";
import type { SessionState } from "./session_state.ts";
import type { Part } from "./statement_decision.ts";
import { TextReading } from "./text_reading.ts";

/** A text as far as it was read: what is decided on, and what it does to its session. */
export interface ReadText {
  readonly parts: readonly Part[];
  readonly statements: number;
  /** Takes over what the text does, once it is known how it ended; undefined where it does nothing that is followed. */
  readonly settle: ((outcome: CommandOutcome) => void) | undefined;
  readonly barrier: boolean;
  /** Not every way to read it was gone through. */
  readonly tooAmbiguous: boolean;
}

/** Reads a text that a session runs. */
export function readText(text: Uint8Array, session: SessionView, state: SessionState): ReadText {
  const reading = new TextReading(state.judge, state, false);
  const { settings } = state;
  const after = reading.read(text, settings, state.schema(session));
  for (const schema of state.otherSchemas) reading.read(text, settings, schema, true);
  const { parts, effects, statements, prepares, named, tooAmbiguous } = reading;
  if ((effects & Effect.forgets) !== 0) settings.forgetVariables();
  const changes = (effects & (READING_EFFECTS | Effect.runsText)) !== 0;
  const whole = statements === 1 && (effects & (Effect.variables | Effect.opaque)) === 0;
  return {
    parts,
    statements,
    settle: changes ? (outcome) => state.settle({ after, prepares, named, whole }, outcome) : undefined,
    barrier: changes,
    tooAmbiguous,
  };
}

/** Reads a text that is being prepared, and does nothing yet. */
export function readPrepared(
  text: Uint8Array,
  session: SessionView,
  state: SessionState,
): { readonly read: ReadText; readonly prepared: PreparedText } {
  const { settings } = state;
  const reading = new TextReading(state.judge, state, true);
  reading.read(text, settings, state.schema(session));
  for (const schema of state.otherSchemas) reading.read(text, settings, schema, true);
  const { parts, effects, statements, prepares, tooAmbiguous } = reading;
  const barrier = (effects & READING_EFFECTS) !== 0;
  return {
    read: { parts, statements, settle: undefined, barrier, tooAmbiguous },
    prepared: new PreparedText({ parts, effects, prepares, text, options: settings.options }),
  };
}

/** A run of a prepared statement. */
export function readRun(prepared: PreparedText, session: SessionView, state: SessionState): ReadText {
  state.settings.applyStatus(session.status);
  const settle = prepared.changes ? prepared.follow(state) : undefined;
  if (prepared.forgets) state.settings.forgetVariables();
  const { workload } = state.settings;
  // A statement that changes the workload has its own in its part.
  const parts = prepared.changes || prepared.parts.every((part) => part.workload === workload)
    ? prepared.parts
    : prepared.parts.map((part) => ({ ...part, workload }));
  return { parts, statements: 1, settle, barrier: settle !== undefined, tooAmbiguous: false };
}
