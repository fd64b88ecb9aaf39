import type { CommandOutcome } from "../proxy/decision.ts";
import { analyse } from "../sql/analyser/analyse.ts";
import { tokenize } from "../sql/lexer/lexer.ts";
import type { SqlOptions } from "../sql/options.ts";
import { Effect, READING_EFFECTS } from "../sql/session/effects.ts";
import { followEffects } from "./follow_effects.ts";
import type { SessionState } from "./session_state.ts";
import type { Part } from "./statement_decision.ts";

/** Longest text kept of a statement that changes its session, in bytes; of longer ones the worst is assumed. */
const MAX_KEPT_BYTES = 8192;

/** A statement that the server has prepared: what was judged, and what each of its runs does to the session. */
export class PreparedText {
  readonly parts: readonly Part[];
  /** Its runs change how other texts are read. */
  readonly changes: boolean;
  /** Its runs may assign user variables unseen. */
  readonly forgets: boolean;
  readonly #effects: number;
  readonly #prepares: number;
  readonly #text: Uint8Array | undefined;
  readonly #options: SqlOptions;

  constructor({ parts, effects, prepares, text, options }: {
    readonly parts: readonly Part[];
    /** Bits of `Effect`. */
    readonly effects: number;
    /** Effects of the texts that it names by PREPARE. */
    readonly prepares: number;
    readonly text: Uint8Array;
    readonly options: SqlOptions;
  }) {
    this.parts = parts;
    this.changes = (effects & (READING_EFFECTS | Effect.runsText)) !== 0;
    this.forgets = (effects & Effect.forgets) !== 0;
    this.#effects = effects;
    this.#prepares = prepares;
    this.#options = options;
    this.#text = this.changes && text.length <= MAX_KEPT_BYTES ? text.slice() : undefined;
  }

  /** What is to be called with the end of a run that begins now. */
  follow(state: SessionState): (outcome: CommandOutcome) => void {
    const settings = state.settings.fork();
    if (this.#text === undefined) {
      settings.doubt(true);
      settings.forgetVariables();
    } else {
      const statement = analyse(this.#text, tokenize(this.#text, this.#options), this.#options);
      followEffects(statement, this.#effects, settings, this.#prepares | state.prepares);
    }
    const after = { settings, schema: state.currentSchema, others: [], uses: [] };
    return (outcome) =>
      state.settle({ after, prepares: this.#prepares, named: state.named, whole: false }, outcome);
  }
}
