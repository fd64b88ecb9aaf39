import type { Approval, HeldStatement, Resolution } from "../contract/approval.ts";
import type { AuditEvent } from "../contract/audit.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import { NO_OVERRIDES, type Overrides } from "../contract/override.ts";
import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import type { AppliedAction } from "../contract/words.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import {
  ALLOW,
  type CommandOutcome,
  type Decision,
  type FinalDecision,
  type SessionView,
  type StatementInput,
} from "../proxy/decision.ts";
import { createIdMaker } from "../base/ids.ts";
import type { SessionObserver } from "../proxy/session_observer.ts";
import { SERVER_STATUS_IN_TRANS } from "../protocol/status.ts";
import type { JudgedStatement } from "../risk/judged_statement.ts";
import type { Role } from "../risk/policy/policy.ts";
import { Effect } from "../sql/session/effects.ts";
import { AuditTrail } from "./audit_trail.ts";
import { commandText } from "./command_text.ts";
import { Counting } from "./counting.ts";
import { DigestCounts } from "./digest_counts.ts";
import { approvalRow, heldText, statementEvent } from "./events.ts";
import type { Gate, ShadowDifference } from "./gate.ts";
import type { GateOptions, GatePolicy } from "./gate_options.ts";
import type { GateCounts } from "./gate_view.ts";
import { Holds } from "./holds.ts";
import { JudgePool } from "./judge_pool.ts";
import * as messages from "./messages.ts";
import { OverrideIndex } from "./override_index.ts";
import { PreparedText } from "./prepared_text.ts";
import { RoleLimits } from "./role_limits.ts";
import { type Reading, readRun, readText } from "./read_text.ts";
import { coverage, rule, type Ruling, worst } from "./ruling.ts";
import { score } from "./score.ts";
import { SessionState } from "./session_state.ts";
import { SessionTrail } from "./session_trail.ts";
import { ShadowLog } from "./shadow_log.ts";
import { TOO_AMBIGUOUS } from "./text_reading.ts";

/** Statements held at a time where nothing else is said. */
const MOST_HELD = 1000;

/** The gate of one process. */
export class ProcessGate implements Gate {
  readonly decide = (input: StatementInput, session: SessionView): Decision => this.#timed(input, session);
  readonly observer: SessionObserver = new SessionTrail(
    (make) => this.#record(make(this.#nextId(), this.#clock.now())),
    (session) => this.#state(session).changeUser(session),
  );

  readonly #options: GateOptions;
  readonly #clock: Clock;
  readonly #monitor: boolean;
  readonly #all: boolean;
  readonly #nextId: () => string;
  readonly #counting = new Counting();
  readonly #digests: DigestCounts;
  readonly #judges = new JudgePool();
  readonly #audit: AuditTrail;
  readonly #holds: Holds;
  readonly #shadowLog = new ShadowLog();
  readonly #limits: RoleLimits;
  readonly #listeners = new Set<(event: LiveEvent) => void>();
  #policy: GatePolicy;
  #overrides: OverrideIndex;
  /** Rulings of another epoch do not count. */
  #epoch = 1;
  /** The epoch in which judges were last changed. */
  #judgesEpoch = 1;
  #lastVersion = "8.0.40";

  constructor(options: GateOptions) {
    const clock = options.clock ?? systemClock;
    this.#options = options;
    this.#clock = clock;
    this.#monitor = options.mode === "monitor";
    this.#all = options.auditStatements === "all";
    this.#nextId = createIdMaker(() => clock.now());
    this.#digests = new DigestCounts(options.onDigests);
    this.#limits = new RoleLimits(options.workers);
    this.#audit = new AuditTrail(options.recorder, options.logger, () => clock.monotonic());
    this.#policy = options.policy;
    this.#overrides = new OverrideIndex(NO_OVERRIDES, clock.now());
    this.#holds = new Holds(options.holdTimeoutMs, clock, (row, end) => {
      this.#counting.holdEnded(end.state);
      const written = this.#audit.record({
        id: this.#nextId(),
        time: clock.now(),
        type: "approval",
        action: end.state,
        about: row.id,
        session: row.session,
        user: row.user,
        role: row.role,
        ...(row.digest === "" ? {} : { digest: row.digest }),
        ...(end.by === undefined ? {} : { by: end.by }),
        ...(end.reason === undefined ? {} : { reason: end.reason }),
      });
      this.#tell({ type: "approval", approval: row });
      return this.#unwritten(written, clock.monotonic());
    });
  }

  counts(): GateCounts {
    return this.#counting.snapshot(this.#holds.size, this.#judges.counters());
  }

  held(): readonly HeldStatement[] {
    return this.#holds.list();
  }

  resolve(id: string, resolution: Resolution): Approval | undefined {
    return this.#holds.resolve(id, resolution);
  }

  setPolicy(policy: GatePolicy): void {
    this.#policy = policy;
    this.#judges.clear();
    this.#limits.clear();
    this.#shadowLog.clear();
    this.#judgesEpoch = ++this.#epoch;
  }

  setOverrides(overrides: Overrides): void {
    this.#overrides = new OverrideIndex(overrides, this.#clock.now());
    this.#epoch++;
    // An approval of a digest holds for those of it that wait, too.
    this.#holds.resolveCovered();
  }

  shadowDifferences(): readonly ShadowDifference[] {
    return this.#shadowLog.list();
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  score(request: ScoreRequest): ScoreAnswer {
    return score(request, this.#policy.policy, this.#lastVersion);
  }

  close(): void {
    this.#holds.close();
    this.#digests.close();
  }

  #timed(input: StatementInput, session: SessionView): Decision {
    const clock = this.#clock;
    const started = clock.monotonic();
    let decision: Decision;
    try {
      decision = this.#decide(input, session, started);
    } catch (error) {
      this.#options.logger.error("statement could not be judged", { session: session.id, error });
      decision = messages.notJudged();
    }
    this.#counting.own((clock.monotonic() - started) * 1000);
    return decision;
  }

  #decide(input: StatementInput, session: SessionView, nowMs: number): Decision {
    const { command } = input;
    const state = this.#state(session);
    if (this.#options.auditOnFailure === "refuse") {
      const problem = this.#audit.problem(nowMs);
      if (problem !== undefined && command !== "reset_connection") {
        this.#counting.decided("refuse", 0);
        return messages.auditFailed(problem);
      }
    }
    switch (command) {
      case "query":
        return this.#query(input.text, session, state, nowMs);
      case "execute":
        return this.#execute(input.prepared, session, state, nowMs);
      case "prepare":
        return this.#prepare(input.text, session, state, nowMs);
      case "reset_connection":
        return { action: "allow", barrier: true, done: (outcome) => this.#reset(outcome, state) };
      case "change_user":
      case "set_option":
        return ALLOW;
      default: {
        const text = commandText(command, input.text);
        if (text === undefined) return ALLOW;
        return this.#settle(command, readText(text, session, state, false), session, state, text, nowMs);
      }
    }
  }

  #query(text: Uint8Array, session: SessionView, state: SessionState, nowMs: number): Decision {
    const { settings } = state;
    settings.applyStatus(session.status);
    if (!settings.uncertain) {
      // The way of nearly all: one statement of a known shape, that changes nothing of how others are read.
      const judged = state.judge.next(text, 0, state.sqlOptions(session), false);
      if (judged === undefined) return ALLOW;
      if (state.judge.resumeAt >= text.length && (judged.shape.effects & ~Effect.forgets) === 0) {
        if (settings.remembers && judged.shape.effects !== 0) settings.forgetVariables();
        const ruling = this.#rule(judged, session, state, state.schema(session));
        const sure = state.otherSchemas.length === 0;
        if (sure && ruling.outcome === "allow" && this.#isPlain(ruling)) {
          return this.#passPlain(ruling, state);
        }
      }
    }
    return this.#settle("query", readText(text, session, state, false), session, state, text, nowMs);
  }

  #prepare(text: Uint8Array, session: SessionView, state: SessionState, nowMs: number): Decision {
    state.settings.applyStatus(session.status);
    const reading = readText(text, session, state, true);
    if (!this.#options.scorePrepared) {
      // Not judged; what it changes is followed all the same, for that decides how other texts are read.
      return reading.barrier ? { action: "allow", prepared: reading.prepared } : ALLOW;
    }
    return this.#settle("prepare", reading, session, state, text, nowMs);
  }

  #execute(carried: unknown, session: SessionView, state: SessionState, nowMs: number): Decision {
    if (!(carried instanceof PreparedText)) return ALLOW;
    const reading = readRun(carried, session, state);
    if (!this.#options.scorePrepared) {
      const { settle } = reading;
      return settle === undefined ? ALLOW : { action: "allow", barrier: true, done: settle };
    }
    return this.#settle("execute", reading, session, state, undefined, nowMs);
  }

  #reset(outcome: CommandOutcome, state: SessionState): void {
    if (outcome.result === "ok") state.reset();
    state.heard(outcome);
  }

  /** What becomes of a text that is not simply let pass. */
  #settle(
    command: string,
    reading: Reading,
    session: SessionView,
    state: SessionState,
    text: Uint8Array | undefined,
    nowMs: number,
  ): Decision {
    const rulings = reading.parts.map(({ judged, schema }) => this.#rule(judged, session, state, schema));
    const [first] = rulings;
    if (first === undefined) return ALLOW;
    const decisive = rulings.length === 1 ? first : rulings.reduce(worst);
    const { outcome } = decisive;
    const counted = reading.parts.flatMap((part, index) => part.alternative ? [] : [rulings[index]!]);
    const pass = () => this.#pass(decisive, counted, state, reading);
    const note = (action: AppliedAction, id: string, reason: string) =>
      statementEvent({
        id,
        time: this.#clock.now(),
        action,
        command,
        session,
        ruling: decisive,
        reason,
        statements: reading.statements,
        text: this.#options.auditLiterals ? text : undefined,
      });
    if (reading.tooAmbiguous) {
      const id = this.#nextId();
      if (!this.#monitor) {
        this.#refused(counted, note("refuse", id, TOO_AMBIGUOUS), decisive);
        return messages.blocked(id, { score: 100, reason: TOO_AMBIGUOUS });
      }
      this.#record(note("would_refuse", id, TOO_AMBIGUOUS));
    }
    // Nothing runs yet, and each of its runs is asked about again.
    if (command === "prepare" && outcome !== "refuse") return pass();
    if (outcome !== "refuse" && outcome !== "hold") {
      const limited = this.#limited(decisive.role, note, nowMs);
      if (limited !== undefined) return limited;
    }
    for (const ruling of counted) if (ruling.shadow !== undefined) this.#noteShadow(ruling);
    this.#counting.decided(outcome, decisive.score);
    switch (outcome) {
      case "refuse": {
        const id = this.#nextId();
        this.#refused(counted, note("refuse", id, decisive.reason), decisive);
        const { block } = decisive;
        return block === undefined
          ? messages.blocked(id, decisive)
          : messages.blockedDigest(id, block.by, block.reason);
      }
      case "hold":
        return this.#hold(counted, decisive, reading, text, note, session, state, pass);
      case "allow":
        if (!this.#all && decisive.approved === undefined) return pass();
        break;
      default:
        this.#counting.complained(decisive.findings);
    }
    const event = note(outcome, this.#nextId(), decisive.reason);
    const written = outcome === "allow" ? this.#audit.record(event) : this.#record(event);
    return this.#unwritten(written, nowMs) ?? pass();
  }

  #hold(
    counted: readonly Ruling[],
    ruling: Ruling,
    reading: Reading,
    text: Uint8Array | undefined,
    note: (action: AppliedAction, id: string, reason: string) => AuditEvent,
    session: SessionView,
    state: SessionState,
    pass: () => FinalDecision,
  ): Decision {
    const id = this.#nextId();
    const most = this.#options.maxHeld ?? MOST_HELD;
    if (this.#holds.size >= most) {
      this.#refused(counted, note("refuse", id, `${most} statements are held already`), ruling);
      return messages.tooManyHeld(id, most);
    }
    const { holdTimeoutMs } = this.#options;
    const inTransaction = {
      ms: ruling.role.holdInTransactionMs,
      applies: () => (session.status & SERVER_STATUS_IN_TRANS) !== 0,
    };
    const inside = inTransaction.applies();
    if (inside && inTransaction.ms === 0) {
      this.#refused(counted, note("refuse", id, "held inside a transaction, where nothing waits"), ruling);
      return messages.noHoldInTransaction(id);
    }
    this.#counting.complained(ruling.findings);
    const until = this.#clock.now() + (inside ? Math.min(inTransaction.ms, holdTimeoutMs) : holdTimeoutMs);
    const event = {
      ...note("hold", id, ruling.reason),
      sql: heldText(this.#options.auditLiterals ? text : undefined, reading.parts, ruling.judged),
    };
    const row = approvalRow(event, until, session);
    const written = this.#audit.record({ ...event, detail: { ...event.detail, until } });
    const unwritten = this.#unwritten(written, this.#clock.monotonic());
    if (unwritten !== undefined) return unwritten;
    const decision = this.#holds.hold(row, {
      pass,
      covered: () =>
        coverage(reading.parts.map(({ judged, schema }) => this.#rule(judged, session, state, schema))),
      inTransaction,
    });
    this.#tell({ type: "decision", event });
    this.#tell({ type: "hold", approval: row });
    return decision;
  }

  #refused(counted: readonly Ruling[], event: AuditEvent, decisive: Ruling): void {
    const now = this.#clock.now();
    for (const { counter } of counted) counter.refused(now);
    this.#counting.complained(decisive.findings);
    this.#record(event);
  }

  /** Refuses what is past a role's statements a second. Recorded once a second, so that a flood is not one there too. */
  #limited(
    role: Role,
    note: (action: AppliedAction, id: string, reason: string) => AuditEvent,
    nowMs: number,
  ): Decision | undefined {
    const perSecond = role.limits.statementsPerSecond ?? Infinity;
    if (perSecond === Infinity) return undefined;
    const past = this.#limits.take(role.name, perSecond, nowMs);
    if (past === undefined) return undefined;
    this.#counting.limited("statements_per_second");
    const lifted = this.#monitor || this.#overrides.breakGlass(role.name) !== undefined;
    const outcome = lifted ? "would_refuse" : "refuse";
    if (past.unrecorded !== undefined) {
      const event = note(outcome, this.#nextId(), `past ${perSecond} statements a second`);
      const detail = { ...event.detail, limit: "statements_per_second", unrecorded: past.unrecorded };
      this.#record({ ...event, detail });
    }
    if (lifted) return undefined;
    this.#counting.decided("refuse", 0);
    return messages.rateLimited(role.name, perSecond);
  }

  #pass(decisive: Ruling, counted: readonly Ruling[], state: SessionState, reading: Reading): FinalDecision {
    const { limits } = decisive;
    const { settle } = reading;
    if (reading.prepared !== undefined) return { action: "allow", prepared: reading.prepared };
    return {
      action: "allow",
      ...(limits === undefined ? {} : { limits }),
      ...(reading.barrier ? { barrier: true } : {}),
      done: (outcome) => {
        const now = this.#clock.now();
        this.#counting.backend(outcome.durationMs);
        for (const [index, { counter }] of counted.entries()) {
          counter.ran(now, index === 0 ? outcome : undefined);
        }
        settle?.(outcome);
        state.heard(outcome);
      },
    };
  }

  #passPlain(ruling: Ruling, state: SessionState): Decision {
    this.#counting.decided("allow", ruling.score);
    const done = (outcome: CommandOutcome) => {
      this.#counting.backend(outcome.durationMs);
      ruling.counter.ran(this.#clock.now(), outcome);
      if (outcome.tracked.length > 0) state.heard(outcome);
    };
    const { limits } = ruling;
    return limits === undefined ? { action: "allow", done } : { action: "allow", limits, done };
  }

  /** Whether a statement that is allowed needs nothing but being counted. */
  #isPlain({ role, shadow, approved }: Ruling): boolean {
    return !this.#all && shadow === undefined && approved === undefined &&
      role.limits.statementsPerSecond === undefined;
  }

  #rule(judged: JudgedStatement, session: SessionView, state: SessionState, schema: string): Ruling {
    if (this.#clock.now() >= this.#overrides.nextExpiry) this.setOverrides(this.#overrides.source);
    const { policy, shadow } = this.#policy;
    const role = state.role(policy, session, schema);
    const known = judged.memo as Ruling | undefined;
    if (
      known !== undefined && known.epoch === this.#epoch && known.role === role && known.schema === schema
    ) {
      return known;
    }
    const subject = { user: session.user, schema, client: session.client.host };
    const context = {
      epoch: this.#epoch,
      monitor: this.#monitor,
      overrides: this.#overrides,
      shadowRole: shadow?.roleFor(subject),
      limits: this.#options.limits,
    };
    const counter = known?.role === role ? known.counter : this.#digests.counter(judged, role.name);
    const ruling = rule(judged, role, schema, context, counter);
    judged.memo = ruling;
    return ruling;
  }

  #state(session: SessionView): SessionState {
    const known = session.judge;
    if (known instanceof SessionState) {
      if (known.epoch !== this.#judgesEpoch) {
        known.judge = this.#judge(session);
        known.epoch = this.#judgesEpoch;
      }
      return known;
    }
    const state = new SessionState(session, this.#judge(session), this.#judgesEpoch);
    session.judge = state;
    this.#lastVersion = session.serverVersion;
    return state;
  }

  #judge(session: SessionView) {
    return this.#judges.get(this.#policy.policy.riskOptions(session.serverVersion));
  }

  #noteShadow(ruling: Ruling): void {
    if (ruling.shadow === undefined) return;
    this.#counting.shadow(ruling.shadow.key);
    this.#shadowLog.add(ruling, this.#clock.now());
  }

  #record(event: AuditEvent): boolean {
    const written = this.#audit.record(event);
    this.#tell({ type: "decision", event });
    return written;
  }

  /** The refusal of what was to pass or to wait and could not be recorded, where nothing may go unseen. */
  #unwritten(written: boolean, nowMs: number): FinalDecision | undefined {
    if (written || this.#options.auditOnFailure === "continue") return undefined;
    return messages.auditFailed(this.#audit.problem(nowMs) ?? "write failed");
  }

  #tell(event: LiveEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
