import type { RotatablePassword } from "./preflight.ts";
import { type BranchTarget, type RotationSettings, type RotationState, STATE_SCHEMA } from "./state.ts";

/** What a rotation begins from, once preflight has passed. */
export interface RotationStart {
  readonly runId: string;
  readonly tokenId: string;
  readonly apiUrl: string;
  readonly target: BranchTarget;
  readonly old: RotatablePassword;
  readonly settings: RotationSettings;
  /** Milliseconds since the Unix epoch. */
  readonly nowMs: number;
}

/** `querycop-<date>-<run id>`, by which a new password is known again. */
export function newPasswordName(runId: string, nowMs: number): string {
  return `querycop-${new Date(nowMs).toISOString().slice(0, 10)}-${runId}`;
}

/** The state of a rotation that has changed nothing yet. */
export function firstState(start: RotationStart): RotationState {
  const { runId, tokenId, apiUrl, target, old, settings, nowMs } = start;
  const at = new Date(nowMs).toISOString();
  return {
    schema: STATE_SCHEMA,
    runId,
    startedAt: at,
    updatedAt: at,
    tokenId,
    apiUrl,
    target,
    settings,
    old: {
      id: old.id,
      name: old.name ?? null,
      username: old.username,
      role: old.role,
      cidrs: [...old.cidrs],
      replica: old.replica,
      directVtgate: old.directVtgate,
      ttlSeconds: old.ttlSeconds,
      createdAt: old.createdAt?.toISOString() ?? null,
      host: old.accessHost ?? null,
    },
    name: newPasswordName(runId, nowMs),
    attempts: 0,
    step: "create",
    current: null,
    superseded: [],
    program: null,
    hooksDone: 0,
    quiet: null,
    deletion: null,
    stopped: null,
    outcome: "running",
    events: [{ at, step: "preflight", text: `Found the old password ${old.id}, username ${old.username}` }],
  };
}
