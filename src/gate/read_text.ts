import type { CommandOutcome, SessionView } from "../proxy/decision.ts";
import { Effect, READING_EFFECTS } from "../sql/session/effects.ts";
import { PreparedText } from "./prepared_text.ts";
import type { SessionState } from "./session_state.ts";
import { type Part, TextReading } from "./text_reading.ts";

/** A text as far as it was read: what is decided on, and what it does to its session. */
export interface Reading {
  readonly parts: readonly Part[];
  readonly statements: number;
  /** Takes over what the text does, once it is known how it ended; undefined where it does nothing that is followed. */
  readonly settle: ((outcome: CommandOutcome) => void) | undefined;
  readonly prepared: unknown;
  readonly barrier: boolean;
  /** Not every way to read it was gone through. */
  readonly tooAmbiguous: boolean;
}

/** Reads a text in a session. `prepared`: it is being prepared, and does nothing yet. */
export function readText(
  text: Uint8Array,
  session: SessionView,
  state: SessionState,
  prepared: boolean,
): Reading {
  const reading = new TextReading(state.judge, state.prepares, prepared);
  const { settings } = state;
  const after = reading.read(text, settings, state.schema(session));
  for (const schema of state.otherSchemas) reading.read(text, settings, schema, true);
  const { parts, effects, statements, prepares, tooAmbiguous } = reading;
  if (prepared) {
    const carried = new PreparedText(parts, effects, prepares, text, settings.options);
    const changes = (effects & READING_EFFECTS) !== 0;
    return { parts, statements, settle: undefined, prepared: carried, barrier: changes, tooAmbiguous };
  }
  if ((effects & Effect.forgets) !== 0) settings.forgetVariables();
  const changes = (effects & (READING_EFFECTS | Effect.runsText)) !== 0;
  const whole = statements === 1 && (effects & (Effect.variables | Effect.opaque)) === 0;
  return {
    parts,
    statements,
    settle: changes ? (outcome) => state.settle(after, prepares, outcome, whole) : undefined,
    prepared: undefined,
    barrier: changes,
    tooAmbiguous,
  };
}

/** A run of a prepared statement. */
export function readRun(carried: PreparedText, session: SessionView, state: SessionState): Reading {
  state.settings.applyStatus(session.status);
  const settle = carried.changes ? carried.follow(state) : undefined;
  if (carried.forgets) state.settings.forgetVariables();
  return {
    parts: carried.parts,
    statements: 1,
    settle,
    prepared: undefined,
    barrier: settle !== undefined,
    tooAmbiguous: false,
  };
}
