import type { AuditEvent } from "../contract/audit.ts";
import type { AppliedAction } from "../contract/words.ts";
import type { Clock } from "../base/clock.ts";
import { assertNever } from "../base/assert_never.ts";
import {
  ALLOW,
  type AllowDecision,
  type CommandOutcome,
  type Decision,
  type FinalDecision,
  type RefuseDecision,
  type SessionView,
} from "../proxy/decision.ts";
import { SERVER_STATUS_IN_TRANS } from "../protocol/status.ts";
import type { AuditTrail } from "./audit_trail.ts";
import type { Counting } from "./counting.ts";
import type { Decider } from "./decider.ts";
import { approvalRow, heldText, statementEvent } from "./events.ts";
import type { GateOptions } from "./gate_options.ts";
import type { Holds } from "./holds.ts";
import * as messages from "./messages.ts";
import { type ReadText, readText } from "./read_text.ts";
import type { Repeats } from "./repeats.ts";
import type { RoleLimits } from "./role_limits.ts";
import type { SessionState } from "./session_state.ts";
import type { ShadowLog } from "./shadow_log.ts";
import { coveringApproval, type StatementDecision, strictest } from "./statement_decision.ts";
import { TOO_AMBIGUOUS } from "./text_reading.ts";

/** Statements held at a time where nothing else is said. */
const MOST_HELD = 1000;

/** What the sessions of a gate share. */
export interface GateParts {
  readonly options: GateOptions;
  readonly clock: Clock;
  readonly nextId: () => string;
  readonly decider: Decider;
  readonly counting: Counting;
  readonly audit: AuditTrail;
  readonly holds: Holds;
  readonly limits: RoleLimits;
  readonly shadowLog: ShadowLog;
  readonly repeats: Repeats;
}

/** A text that a session sent, or a prepared statement that it runs. */
export interface SentText {
  readonly session: SessionView;
  readonly state: SessionState;
  /** As the audit names it. */
  readonly command: string;
  readonly read: ReadText;
  /** Reads it anew, by the judge that the session has by then; nothing of the session may have run in between. */
  readonly readAgain: () => ReadText;
  /** The bytes; undefined for a run of a prepared statement. */
  readonly text: Uint8Array | undefined;
  /** Monotonic milliseconds. */
  readonly nowMs: number;
}

/** A text with the decisions on its statements. */
interface DecidedText extends SentText {
  /** The one that counts for the whole text. */
  readonly decisive: StatementDecision;
  /** Those of its statements, each once, however many ways there are to read it. */
  readonly counted: readonly StatementDecision[];
}

/** Turns the decisions on a text's statements into the proxy's answer: records, counts, holds. */
export class TextDecider {
  readonly #parts: GateParts;
  readonly #monitor: boolean;
  readonly #all: boolean;

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#monitor = parts.options.mode === "monitor";
    this.#all = parts.options.auditStatements === "all";
  }

  /** Whether a statement that is allowed needs nothing but being counted. */
  isPlain({ action, role, shadow, approved }: StatementDecision): boolean {
    return action === "allow" && !this.#all && shadow === undefined && approved === undefined &&
      role.limits.statementsPerSecond === undefined;
  }

  /** Lets a text of one statement pass that is plain and changes nothing of its session. */
  passPlain({ score, counter, limits }: StatementDecision, state: SessionState): AllowDecision {
    const { counting, clock } = this.#parts;
    counting.decided("allow", score);
    const done = (outcome: CommandOutcome) => {
      counting.backend(outcome.durationMs);
      counter.ran(clock.now(), outcome);
      if (outcome.tracked.length > 0) state.heard(outcome);
    };
    return limits === undefined ? { action: "allow", done } : { action: "allow", limits, done };
  }

  /** What becomes of a text. */
  decide(sent: SentText): Decision {
    const { counting, audit } = this.#parts;
    const text = this.#decideStatements(sent);
    if (text === undefined) return ALLOW;
    const { decisive, counted } = text;
    const { action } = decisive;
    if (sent.read.tooAmbiguous) {
      const refusal = this.#tooAmbiguous(text);
      if (refusal !== undefined) return refusal;
    }
    // Nothing runs yet, and each of its runs is decided on.
    if (sent.command === "prepare" && action !== "refuse") return this.#pass(text);
    if (action !== "refuse" && action !== "hold") {
      const limited = this.#limited(text);
      if (limited !== undefined) return limited;
    }
    for (const each of counted) this.#noteShadow(each);
    counting.decided(action, decisive.score);
    switch (action) {
      case "refuse":
        return this.#refuse(text);
      case "hold":
        return this.#hold(text);
      case "allow": {
        if (!this.#all && decisive.approved === undefined) return this.#pass(text);
        const written = audit.record(this.#event(text, action));
        return audit.refusalUnless(written) ?? this.#pass(text);
      }
      case "warn":
      case "would_hold":
      case "would_refuse": {
        counting.complained(decisive.findings);
        const { written } = this.#announce(this.#event(text, action));
        return audit.refusalUnless(written) ?? this.#pass(text);
      }
      default:
        return assertNever(action);
    }
  }

  #decideStatements(sent: SentText): DecidedText | undefined {
    const { parts } = sent.read;
    const decisions = parts.map((part) => this.#parts.decider.decide(part.judged, sent, part));
    const [first] = decisions;
    if (first === undefined) return undefined;
    const decisive = decisions.length === 1 ? first : decisions.reduce(strictest);
    const counted = decisions.filter((_, index) => parts[index]?.alternative === false);
    return { ...sent, decisive, counted };
  }

  /** The refusal of a text of which not every way to read it was gone through. */
  #tooAmbiguous(text: DecidedText): RefuseDecision | undefined {
    const action = this.#monitor ? "would_refuse" : "refuse";
    const event = this.#event(text, action, TOO_AMBIGUOUS);
    if (this.#monitor) {
      this.#announce(event);
      return undefined;
    }
    return messages.blocked(this.#refused(text, event), { score: 100, reason: TOO_AMBIGUOUS });
  }

  #refuse(text: DecidedText): RefuseDecision {
    const { decisive } = text;
    const id = this.#refused(text, this.#event(text, "refuse"));
    return decisive.block === undefined
      ? messages.blocked(id, decisive)
      : messages.blockedDigest(id, decisive.block.by, decisive.block.reason);
  }

  #hold(text: DecidedText): Decision {
    const { options, clock, counting, audit, holds, decider } = this.#parts;
    const { decisive, counted, session, state, read } = text;
    const most = options.maxHeld ?? MOST_HELD;
    if (holds.size >= most) {
      const event = this.#event(text, "refuse", `${most} statements are held already`);
      return messages.tooManyHeld(this.#refused(text, event), most);
    }
    const { holdTimeoutMs } = options;
    const inTransaction = {
      ms: decisive.role.holdInTransactionMs,
      applies: () => (session.status & SERVER_STATUS_IN_TRANS) !== 0,
    };
    const inside = inTransaction.applies();
    if (inside && inTransaction.ms === 0) {
      const event = this.#event(text, "refuse", "held inside a transaction, where nothing waits");
      return messages.noHoldInTransaction(this.#refused(text, event));
    }
    counting.complained(decisive.findings);
    const until = clock.now() + (inside ? Math.min(inTransaction.ms, holdTimeoutMs) : holdTimeoutMs);
    const written = options.auditLiterals ? text.text : undefined;
    const event = { ...this.#event(text, "hold"), sql: heldText(written, read.parts, decisive.judged) };
    const unwritten = audit.refusalUnless(audit.record({ ...event, detail: { ...event.detail, until } }));
    if (unwritten !== undefined) return unwritten;
    const row = approvalRow(event, { until, session, decisions: counted, count: read.statements });
    // What was given is valid only until the next read.
    const bytes = text.text?.slice();
    const held = bytes === undefined
      ? text
      : { ...text, text: bytes, readAgain: () => readText(bytes, session, state) };
    const decision = holds.hold(row, {
      text: bytes,
      pass: () => this.#release(held),
      covered: () => coveringApproval(read.parts.map((part) => decider.decide(part.judged, text, part))),
      inTransaction,
    });
    audit.tell({ type: "decision", event });
    audit.tell({ type: "hold", approval: row });
    return decision;
  }

  /** What becomes of a text that was approved: it is judged again, by what is in force now. */
  #release(text: DecidedText): FinalDecision {
    const { decider } = this.#parts;
    decider.refresh(text.state, text.session);
    const now = this.#decideStatements({ ...text, read: text.readAgain() });
    if (now === undefined) return this.#pass(text);
    const refusal = now.read.tooAmbiguous ? this.#tooAmbiguous(now) : undefined;
    return refusal ?? (now.decisive.action === "refuse" ? this.#refuse(now) : this.#pass(now));
  }

  /** Refuses what is past a role's statements a second. Recorded once a second, so that a flood is not one there too. */
  #limited(text: DecidedText): Decision | undefined {
    const { limits, counting, decider, audit } = this.#parts;
    const { role } = text.decisive;
    const perSecond = role.limits.statementsPerSecond ?? Infinity;
    if (perSecond === Infinity) return undefined;
    const past = limits.take(role.name, perSecond, text.nowMs);
    if (past === undefined) return undefined;
    counting.limited("statements_per_second");
    const lifted = decider.isLifted(role);
    if (past.unrecorded !== undefined) {
      const action = lifted ? "would_refuse" : "refuse";
      const event = this.#event(text, action, `past ${perSecond} statements a second`);
      const detail = { ...event.detail, limit: "statements_per_second", unrecorded: past.unrecorded };
      audit.announce({ ...event, detail });
    }
    if (lifted) return undefined;
    counting.decided("refuse", 0);
    return messages.rateLimited(role.name, perSecond);
  }

  #pass({ decisive, counted, state, read }: DecidedText): AllowDecision {
    const { clock, counting } = this.#parts;
    const { limits } = decisive;
    const { settle } = read;
    return {
      action: "allow",
      ...(limits === undefined ? {} : { limits }),
      ...(read.barrier ? { barrier: true } : {}),
      done: (outcome) => {
        const now = clock.now();
        counting.backend(outcome.durationMs);
        for (const [index, { counter }] of counted.entries()) {
          counter.ran(now, index === 0 ? outcome : undefined);
        }
        settle?.(outcome);
        state.heard(outcome);
      },
    };
  }

  /** Counts and records a refusal; the id under which it is on record. */
  #refused({ counted, decisive }: DecidedText, event: AuditEvent): string {
    const { clock, counting } = this.#parts;
    const now = clock.now();
    for (const { counter } of counted) counter.refused(now);
    counting.complained(decisive.findings);
    return this.#announce(event).id;
  }

  /** Records and tells of an event, or counts it with the one on record that it repeats. */
  #announce(event: AuditEvent): { readonly id: string; readonly written: boolean } {
    const { audit, repeats } = this.#parts;
    const taken = this.#all ? { record: event } : repeats.take(event);
    if ("record" in taken) return { id: event.id, written: audit.announce(taken.record) };
    audit.tell({ type: "decision", event: { ...event, id: taken.repeats } });
    return { id: taken.repeats, written: true };
  }

  #noteShadow(decision: StatementDecision): void {
    if (decision.shadow === undefined) return;
    this.#parts.counting.shadow(decision.shadow.key);
    this.#parts.shadowLog.add(decision, this.#parts.clock.now());
  }

  /** The audit's event about the text, under an id of its own. */
  #event(text: DecidedText, action: AppliedAction, reason = text.decisive.reason): AuditEvent {
    const { options, clock, nextId } = this.#parts;
    return statementEvent({
      id: nextId(),
      time: clock.now(),
      action,
      command: text.command,
      session: text.session,
      decision: text.decisive,
      decisions: text.counted,
      reason,
      statements: text.read.statements,
      text: options.auditLiterals ? text.text : undefined,
    });
  }
}
