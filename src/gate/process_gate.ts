import type { JudgingTotals } from "../contract/counts.ts";
import type { Approval, HeldStatement, HeldText, Resolution } from "../contract/approval.ts";
import type { LiveEvent } from "../contract/live_event.ts";
import type { Overrides } from "../contract/override.ts";
import type { ScoreAnswer, ScoreRequest } from "../contract/score.ts";
import { systemClock } from "../base/clock.ts";
import { createIdMaker } from "../base/ids.ts";
import type { RefuseDecision, SessionView } from "../proxy/decision.ts";
import type { SessionObserver } from "../proxy/session_observer.ts";
import { AuditTrail } from "./audit_trail.ts";
import { Counting } from "./counting.ts";
import { Decider } from "./decider.ts";
import { DigestCounts } from "./digest_counts.ts";
import { approvalEvent } from "./events.ts";
import type { Gate, ShadowDifference } from "./gate.ts";
import type { GateOptions, GatePolicy } from "./gate_options.ts";
import { type HoldEnd, Holds } from "./holds.ts";
import { Repeats } from "./repeats.ts";
import { RoleLimits } from "./role_limits.ts";
import { score } from "./score.ts";
import { SessionGate } from "./session_gate.ts";
import { SessionTrail } from "./session_trail.ts";
import { ShadowLog } from "./shadow_log.ts";
import { type GateParts, TextDecider } from "./text_decider.ts";

/** The gate of one process. */
export class ProcessGate implements Gate {
  readonly observer: SessionObserver;
  readonly #digests: DigestCounts;
  readonly #parts: GateParts;
  readonly #texts: TextDecider;
  #lastVersion = "8.0.40";

  constructor(options: GateOptions) {
    const clock = options.clock ?? systemClock;
    const digests = new DigestCounts(options.onDigests);
    const audit = new AuditTrail({
      recorder: options.recorder,
      onFailure: options.auditOnFailure,
      logger: options.logger,
      now: () => clock.monotonic(),
    });
    this.#digests = digests;
    this.#parts = {
      options,
      clock,
      nextId: createIdMaker(() => clock.now()),
      decider: new Decider({
        policy: options.policy,
        monitor: options.mode === "monitor",
        limits: options.limits,
        clock,
        digests,
      }),
      counting: new Counting(),
      audit,
      holds: new Holds(options.holdTimeoutMs, clock, (row, end) => this.#holdEnded(row, end)),
      limits: new RoleLimits(options.workers),
      shadowLog: new ShadowLog(),
      repeats: new Repeats((event) =>
        void audit.record({ ...event, id: this.#parts.nextId(), time: clock.now(), about: event.id })
      ),
    };
    this.#texts = new TextDecider(this.#parts);
    const { repeats } = this.#parts;
    this.observer = new SessionTrail(
      (make) => audit.announce(make({ id: this.#parts.nextId(), time: clock.now() })),
      (session) => repeats.end(session),
    );
  }

  readonly openJudge = (session: SessionView): SessionGate => {
    this.#lastVersion = session.serverVersion;
    return new SessionGate(session, this.#parts, this.#texts);
  };

  counts(): JudgingTotals {
    const { counting, decider } = this.#parts;
    return counting.snapshot(decider.cache);
  }

  held(): readonly HeldStatement[] {
    return this.#parts.holds.list();
  }

  resolve(id: string, resolution: Resolution): Approval | undefined {
    return this.#parts.holds.resolve(id, resolution);
  }

  heldText(id: string): HeldText | undefined {
    return this.#parts.holds.text(id);
  }

  setPolicy(policy: GatePolicy): void {
    const { decider, limits, shadowLog } = this.#parts;
    decider.setPolicy(policy);
    limits.clear();
    shadowLog.clear();
  }

  setOverrides(overrides: Overrides): void {
    this.#parts.decider.setOverrides(overrides);
    // An approval of a digest holds for those of it that wait, too.
    this.#parts.holds.resolveCovered();
  }

  shadowDifferences(): readonly ShadowDifference[] {
    return this.#parts.shadowLog.list();
  }

  subscribe(listener: (event: LiveEvent) => void): () => void {
    return this.#parts.audit.subscribe(listener);
  }

  score(request: ScoreRequest): ScoreAnswer {
    return score(request, this.#parts.decider.policy.policy, this.#lastVersion);
  }

  close(): void {
    this.#parts.holds.close();
    this.#digests.close();
  }

  /** Records a hold's end, and may refuse what was approved. */
  #holdEnded(row: Approval, end: HoldEnd): RefuseDecision | undefined {
    const { audit, clock, counting, nextId } = this.#parts;
    counting.holdEnded(end.state);
    const written = audit.record(approvalEvent(row, end, { id: nextId(), time: clock.now() }));
    audit.tell({ type: "approval", approval: row });
    return audit.refusalUnless(written);
  }
}
