import type { Secret } from "../base/secret.ts";
import type { BranchPassword } from "./planetscale_api.ts";
import type { NewPassword, RotationState, StepId } from "./state.ts";
import type { RotationWorld } from "./world.ts";

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

  list(): Promise<readonly BranchPassword[]> {
    return this.world.api.listPasswords(this.#state.target);
  }

  /** Waits between two looks. */
  pause(): Promise<void> {
    return this.world.timing.delay(this.world.limits.pollMs, this.world.signal);
  }
}

/** Names that this run gave to new passwords: one an attempt. */
export function attemptName(name: string, attempt: number): string {
  return attempt <= 1 ? name : `${name}-${attempt}`;
}

/** Passwords that this run may have made without learning their secret: nobody can be using them. */
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
