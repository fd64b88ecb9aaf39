import { assertNever } from "../base/assert_never.ts";
import {
  ALLOW,
  type CommandOutcome,
  type Decision,
  type SessionJudge,
  type SessionView,
  type StatementInput,
} from "../proxy/decision.ts";
import { Effect } from "../sql/session/effects.ts";
import { commandText } from "./command_text.ts";
import { notJudged } from "./messages.ts";
import { PreparedText } from "./prepared_text.ts";
import { readPrepared, readRun, type ReadText, readText } from "./read_text.ts";
import type { SessionState } from "./session_state.ts";
import type { GateParts, TextDecider } from "./text_decider.ts";

/** The gate as one session meets it. */
export class SessionGate implements SessionJudge {
  readonly state: SessionState;
  readonly #session: SessionView;
  readonly #parts: GateParts;
  readonly #texts: TextDecider;

  constructor(session: SessionView, parts: GateParts, texts: TextDecider) {
    this.#session = session;
    this.#parts = parts;
    this.#texts = texts;
    this.state = parts.decider.open(session);
  }

  decide(input: StatementInput): Decision {
    return this.#answer(input);
  }

  userChanged(): void {
    this.state.changeUser(this.#session);
  }

  /** The decision on a command, or on a run of a prepared statement, and how long it took. */
  #answer(asked: StatementInput | PreparedText): Decision {
    const { clock, counting, decider } = this.#parts;
    const started = clock.monotonic();
    let decision: Decision;
    try {
      decider.refresh(this.state, this.#session);
      decision = this.#unrecorded(asked, started) ??
        (asked instanceof PreparedText ? this.#run(asked, started) : this.#decide(asked, started));
    } catch (error) {
      decision = this.#failed(error);
    }
    counting.own((clock.monotonic() - started) * 1000);
    return decision;
  }

  /** The refusal of everything while the audit cannot be written, where nothing may go unseen. */
  #unrecorded(asked: StatementInput | PreparedText, nowMs: number): Decision | undefined {
    const { audit, counting } = this.#parts;
    const refusal = audit.refusal(nowMs);
    if (refusal === undefined) return undefined;
    if (!(asked instanceof PreparedText) && asked.command === "reset_connection") return undefined;
    counting.decided("refuse", 0);
    return refusal;
  }

  #failed(error: unknown): Decision {
    const { logger } = this.#parts.options;
    logger.error("statement could not be judged", { session: this.#session.id, error });
    return notJudged();
  }

  #decide({ command, text }: StatementInput, nowMs: number): Decision {
    switch (command) {
      case "query":
        return this.#query(text, nowMs);
      case "prepare":
        return this.#prepare(text, nowMs);
      case "reset_connection":
        return { action: "allow", barrier: true, done: (outcome) => this.#reset(outcome) };
      case "change_user":
      case "set_option":
        return ALLOW;
      case "init_db":
      case "create_db":
      case "drop_db":
      case "field_list":
      case "process_kill":
      case "refresh":
      case "shutdown":
      case "binlog_dump": {
        const sql = commandText(command, text);
        return this.#text(command, () => readText(sql, this.#session, this.state), sql, nowMs);
      }
      default:
        return assertNever(command);
    }
  }

  #query(text: Uint8Array, nowMs: number): Decision {
    const session = this.#session;
    const state = this.state;
    const { settings } = state;
    settings.applyStatus(session.status);
    if (!settings.uncertain) {
      // The way of nearly all: one statement of a known shape, that changes nothing of how others are read.
      const judged = state.judge.next(text, 0, state.sqlOptions(session), false);
      if (judged === undefined) return ALLOW;
      if (state.judge.resumeAt >= text.length && (judged.shape.effects & ~Effect.forgets) === 0) {
        if (settings.remembers && judged.shape.effects !== 0) settings.forgetVariables();
        const decision = this.#parts.decider.decide(judged, { session, state }, state.place(session));
        if (state.otherSchemas.length === 0 && this.#texts.isPlain(decision)) {
          return this.#texts.passPlain(decision, state);
        }
      }
    }
    return this.#text("query", () => readText(text, session, state), text, nowMs);
  }

  /** A prepare does nothing yet: what is decided is whether it may be prepared, and what its runs are asked about. */
  #prepare(text: Uint8Array, nowMs: number): Decision {
    this.state.settings.applyStatus(this.#session.status);
    const { read, prepared } = readPrepared(text, this.#session, this.state);
    const decideRun = () => this.#answer(prepared);
    if (!this.#parts.options.scorePrepared) {
      // Not judged; what it changes is followed all the same, for that decides how other texts are read.
      return read.barrier ? { action: "allow", decideRun } : ALLOW;
    }
    const decision = this.#text("prepare", () => read, text, nowMs);
    return decision.action === "allow" && read.parts.length > 0 ? { action: "allow", decideRun } : decision;
  }

  #run(prepared: PreparedText, nowMs: number): Decision {
    const read = () => readRun(prepared, this.#session, this.state);
    if (!this.#parts.options.scorePrepared) {
      const { settle } = read();
      return settle === undefined ? ALLOW : { action: "allow", barrier: true, done: settle };
    }
    return this.#text("execute", read, undefined, nowMs);
  }

  #text(command: string, readAgain: () => ReadText, text: Uint8Array | undefined, nowMs: number): Decision {
    const read = readAgain();
    return this.#texts.decide({
      session: this.#session,
      state: this.state,
      command,
      read,
      readAgain,
      text,
      nowMs,
    });
  }

  #reset(outcome: CommandOutcome): void {
    if (outcome.result === "ok") this.state.reset();
    this.state.heard(outcome);
  }
}
