import type { SessionRow } from "../contract/session.ts";
import type { Secret } from "../base/secret.ts";
import type { PlanetScaleApi, Timing } from "./planetscale_api.ts";
import type { Sink } from "./sinks/sink.ts";
import type { RotationState, StepId } from "./state.ts";

/** Somewhere to log in with a pair: the database, or a querycop before it. */
export interface LoginTarget {
  /** For people: `the database, db.example:3306`. */
  readonly name: string;
  /** Reaches it, TLS included, without logging in. Errors: as those of {@link logIn}, `ServerError` for a refusal aside. */
  probe(signal: AbortSignal): Promise<void>;
  /** Logs in and asks `select 1`. Errors: `ServerError`, `ConnectError`, `TlsError`, `ProtocolError`. */
  logIn(username: string, password: Secret, signal: AbortSignal): Promise<void>;
}

/** A connection of an application, as a querycop shows it. */
export type ApplicationSession = Pick<SessionRow, "id" | "user" | "client" | "age_seconds">;

/** A running querycop whose sessions are watched. */
export interface SessionSource {
  /** Its admin API's URL. */
  readonly name: string;
  /** Errors: `QuerycopError` `api.*` where it refuses, `connect.*` where it does not answer. */
  list(signal: AbortSignal): Promise<readonly ApplicationSession[]>;
}

/** A command that is told that applications may be recycled now. */
export interface RecycleHook {
  readonly name: string;
  /** `secrets` are masked in what it writes. */
  run(state: RotationState, secrets: readonly Secret[], signal: AbortSignal): Promise<void>;
}

/** How long things may take, in ms. */
export interface RotationLimits {
  /** For a new password to become known everywhere. */
  readonly verifyMs: number;
  /** For applications to move over. */
  readonly waitMs: number;
  /** For an operator's command to end. */
  readonly commandMs: number;
  /** For a deleted password to be refused. */
  readonly refusalMs: number;
  /** Between two looks. */
  readonly pollMs: number;
}

/** Says what happens, to whoever looks on. */
export interface Narrator {
  /** A step begins. */
  step(id: StepId): void;
  /** Something was done or found. */
  detail(text: string): void;
  warning(text: string, hint?: string): void;
  /** What is being waited for, over and over. */
  waiting(text: string): void;
}

/** Everything outside that the steps act on. */
export interface RotationWorld {
  readonly api: Pick<PlanetScaleApi, "listPasswords" | "createPassword" | "deletePassword" | "nowMs">;
  readonly save: (state: RotationState) => Promise<void>;
  /** In the order of `settings.sinks`. */
  readonly sinks: readonly Sink[];
  /** The first is the database itself. */
  readonly logins: readonly [LoginTarget, ...LoginTarget[]];
  readonly sessions: readonly SessionSource[];
  readonly hooks: readonly RecycleHook[];
  /** The old password, where it is known, to see that it is refused in the end. */
  readonly oldPassword: Secret | undefined;
  /** Deletes though no login tells that a sink which nothing can be read from has the pair: a person vouches for it. */
  readonly trustsSinks: boolean;
  /** Asks the person whether to delete; true with `--yes`. */
  readonly confirmDelete: (state: RotationState, signal: AbortSignal) => Promise<boolean>;
  /** Asks the person whether to try again after a failure; false where nobody can be asked. */
  readonly tryAgain: (failure: string, signal: AbortSignal) => Promise<boolean>;
  /** Whether a process of this machine is there. */
  readonly isRunning: (pid: number) => boolean;
  readonly narrator: Narrator;
  readonly limits: RotationLimits;
  readonly timing: Timing;
  readonly signal: AbortSignal;
}
