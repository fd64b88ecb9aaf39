import type { Secret } from "../base/secret.ts";
import { begun, ended } from "./own_logins.ts";
import type { BranchPassword } from "./planetscale_api.ts";
import type { NewPassword, RotationSettings, RotationState, StepId } from "./state.ts";
import type { LoginTarget, RotationWorld } from "./world.ts";

/** What a step changes in the state. */
export type StateChange = Partial<Omit<RotationState, "schema" | "runId" | "events" | "updatedAt">>;

/** One of the rotation's steps. */
export interface Step {
  readonly id: StepId;
  /** What it does, for people, as a phrase. */
  readonly title: string;
  /** What must hold when it ends. */
  readonly holds: string;
  /** Resolves to the step that comes next, which is an earlier one where something has to be done again. */
  readonly run: (rotation: Rotation) => Promise<StepId>;
}

/** A rotation under way in this process: the saved state, and the one thing that is never saved. */
export class Rotation {
  readonly world: RotationWorld;
  #state: RotationState;
  #secret: Secret | undefined;
  /** The secret was read back from a sink, and may not be what PlanetScale gave. */
  recalled = false;
  /** Every sink got the pair in this process. */
  deliveredHere = false;
  /** Sinks that cannot be read got the pair a second time in this process, and confirmed it. */
  confirmedAgain = false;

  constructor(state: RotationState, world: RotationWorld) {
    this.#state = state;
    this.world = world;
  }

  get state(): RotationState {
    return this.#state;
  }

  /** Secret of `state.current`, while this process knows it. */
  get secret(): Secret | undefined {
    return this.#secret;
  }

  /** The new password. Throws where a step runs that has none yet, which is a defect. */
  get current(): NewPassword {
    if (this.#state.current === null) throw new Error(`no new password at step ${this.#state.step}`);
    return this.#state.current;
  }

  keepSecret(secret: Secret | undefined, recalled: boolean): void {
    this.#secret = secret;
    this.recalled = recalled;
  }

  /** Changes the state, with a word for the report, and resolves once that is on the disk. */
  async save(change: StateChange, text?: string): Promise<void> {
    const at = this.nowText();
    const events = text === undefined
      ? this.#state.events
      : [...this.#state.events, { at, step: this.#state.step, text }];
    const next = { ...this.#state, ...change, events, updatedAt: at };
    await this.world.save(next);
    this.#state = next;
    if (text !== undefined) this.world.narrator.detail(text);
  }

  nowText(): string {
    return new Date(this.world.timing.now()).toISOString();
  }

  /** The time by the API's clock, which stamps uses. */
  apiNowText(): string {
    return new Date(this.world.api.nowMs()).toISOString();
  }

  /** Logs in with the new pair at one place. The times are saved, so that nobody takes it for an application's use. */
  async logIn(login: LoginTarget, password: Secret): Promise<void> {
    const logins = begun(this.current.ownLogins, this.apiNowText());
    await this.save({ current: { ...this.current, ownLogins: logins } });
    try {
      await login.logIn(this.current.username, password, this.world.signal);
    } finally {
      const ownLogins = ended(logins, this.apiNowText());
      await this.save({ current: { ...this.current, ownLogins } });
    }
  }

  list(): Promise<readonly BranchPassword[]> {
    return this.world.api.listPasswords(this.#state.target);
  }

  /** Waits between two looks. */
  pause(): Promise<void> {
    return this.world.timing.delay(this.world.limits.pollMs, this.world.signal);
  }
}

/**
 * A state that goes on with other settings. Sinks that stay keep their confirmation; where one is new, the pair has to be
 * delivered and taken up again; other commands run again.
 */
export function withSettings(state: RotationState, settings: RotationSettings): RotationState {
  const { settings: before, current } = state;
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const placeOf = (sinks: RotationSettings, index: number) =>
    same(before.envNames, settings.envNames) ? sinks.sinks[index] : undefined;
  const kept = settings.sinks.flatMap((sink, index) => {
    const at = before.sinks.findIndex((each, place) => each === sink && placeOf(before, place) !== undefined);
    return current?.deliveredTo.includes(at) === true ? [index] : [];
  });
  const fresh = current !== null && kept.length < settings.sinks.length;
  const hooks = same(before.onRecycle, settings.onRecycle) ? {} : { hooksDone: 0, quiet: null };
  const quiet = settings.quietMs > before.quietMs || settings.querycops.length > before.querycops.length
    ? { quiet: null }
    : {};
  const again = (state.step === "verify" || state.step === "recycle" || state.step === "delete") && fresh
    ? { step: "deliver" as const, quiet: null, deletion: null, hooksDone: 0 }
    : {};
  return {
    ...state,
    settings,
    current: current === null ? null : { ...current, deliveredTo: kept },
    ...hooks,
    ...quiet,
    ...again,
  };
}

/** Names that this run gave to new passwords: one an attempt. */
export function attemptName(name: string, attempt: number): string {
  return attempt <= 1 ? name : `${name}-${attempt}`;
}

/** Passwords that this run may have made without learning their secret. */
export function leftovers(
  state: RotationState,
  listed: readonly BranchPassword[],
): readonly BranchPassword[] {
  const names = new Set(
    Array.from({ length: state.attempts }, (_, index) => attemptName(state.name, index + 1)),
  );
  const known = new Set([state.old.id, state.current?.id, ...state.superseded.map(({ id }) => id)]);
  return listed.filter(({ id, name }) => name !== undefined && names.has(name) && !known.has(id));
}

/** Old names that must fall silent before they are deleted: the old password's and those of replaced new ones. */
export function retiring(
  state: RotationState,
): readonly { readonly id: string; readonly username: string }[] {
  return [...state.superseded, state.old];
}
