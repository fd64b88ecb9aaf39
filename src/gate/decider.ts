import { NO_OVERRIDES, type Overrides } from "../contract/override.ts";
import type { Clock } from "../base/clock.ts";
import type { ResponseLimits, SessionView } from "../proxy/decision.ts";
import type { Role } from "../risk/policy/policy.ts";
import type { DigestCounts } from "./digest_counts.ts";
import type { GatePolicy } from "./gate_options.ts";
import { JudgePool } from "./judge_pool.ts";
import { OverrideIndex } from "./override_index.ts";
import { type Place, SessionState } from "./session_state.ts";
import type { ServerDefaults } from "../sql/session/settings.ts";
import {
  decideStatement,
  type GateJudge,
  type GateStatement,
  type StatementDecision,
} from "./statement_decision.ts";

/** What a {@link Decider} is made with. */
export interface DeciderOptions {
  readonly policy: GatePolicy;
  readonly monitor: boolean;
  /** The configuration's limits, which a role's replace one by one. */
  readonly limits: ResponseLimits;
  readonly clock: Clock;
  readonly digests: DigestCounts;
}

/** The policy and the overrides in force. Decides on statements by them, and keeps each decision until they change. */
export class Decider {
  readonly #options: DeciderOptions;
  readonly #judges = new JudgePool();
  #policy: GatePolicy;
  #overrides: OverrideIndex;
  /** Decisions of another epoch do not count. */
  readonly #defaults: ServerDefaults = { changed: false };
  #epoch = 1;
  /** The epoch in which judges were last changed. */
  #judgesEpoch = 1;

  constructor(options: DeciderOptions) {
    this.#options = options;
    this.#policy = options.policy;
    this.#overrides = new OverrideIndex(NO_OVERRIDES, options.clock.now());
  }

  get policy(): GatePolicy {
    return this.#policy;
  }

  /** Verdicts from the cache, and judged anew. */
  get cache(): { readonly hits: number; readonly misses: number } {
    return this.#judges.counters();
  }

  setPolicy(policy: GatePolicy): void {
    this.#policy = policy;
    this.#judges.clear();
    this.#judgesEpoch = ++this.#epoch;
  }

  setOverrides(overrides: Overrides): void {
    this.#overrides = new OverrideIndex(overrides, this.#options.clock.now());
    this.#epoch++;
  }

  /** The state of a session that begins. */
  open(session: SessionView): SessionState {
    return new SessionState(session, this.#judge(session), {
      epoch: this.#judgesEpoch,
      defaults: this.#defaults,
    });
  }

  /** Gives a session's state the judge of the policy in force. */
  refresh(state: SessionState, session: SessionView): void {
    if (state.epoch === this.#judgesEpoch) return;
    state.judge = this.#judge(session);
    state.epoch = this.#judgesEpoch;
  }

  /** The decision on a statement that a session sends from a place. */
  decide(
    judged: GateStatement,
    { session, state }: { readonly session: SessionView; readonly state: SessionState },
    place: Place,
  ): StatementDecision {
    const { schema, workload } = place;
    if (this.#options.clock.now() >= this.#overrides.nextExpiry) this.setOverrides(this.#overrides.source);
    const { policy, shadow } = this.#policy;
    const role = state.role(policy, session, place);
    const known = judged.memo;
    if (
      known !== undefined && known.epoch === this.#epoch && known.role === role && known.schema === schema
    ) {
      return known;
    }
    const subject = {
      user: session.user,
      schema,
      client: session.client.host,
      server: session.serverVersion,
      workload,
    };
    const counter = known?.role === role ? known.counter : this.#options.digests.counter(judged, role.name);
    return judged.memo = decideStatement({ judged, role, schema, counter }, {
      epoch: this.#epoch,
      monitor: this.#options.monitor,
      overrides: this.#overrides,
      shadowRole: shadow?.roleFor(subject),
      limits: this.#options.limits,
    });
  }

  /** Whether a role's refusals are lifted now. */
  isLifted(role: Role): boolean {
    return this.#options.monitor || this.#overrides.breakGlass(role.name) !== undefined;
  }

  #judge(session: SessionView): GateJudge {
    return this.#judges.get(this.#policy.policy.riskOptions(session.serverVersion));
  }
}
